"""What `doctor` looks at, each finding with what to do about it."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from browser_host.browsers.find import find
from browser_host.browsers.sandbox import decide
from browser_host.browsers.settings import SandboxSetting
from browser_host.cli.asking import ask
from browser_host.cli.invocation import Invocation
from browser_host.config import Settings
from browser_host.errors import NoHost, UsageError, WatchdeckError
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import ServiceError
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings, from_config

SMALLEST = (80, 24)

PATIENCE = Patience(total_s=6.0, attempts=2)
"""A doctor is waited for."""


class State(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"
    """Works, and could be better, or is not needed now."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        advice: what to do; empty where nothing is to be done.
    """

    check: str
    state: State
    found: str
    advice: str = ""


def examine(invocation: Invocation) -> Sequence[Finding]:
    """Looks at everything; one thing that is broken keeps none of the others from being looked at."""
    findings = [*terminal()]
    try:
        configuration = invocation.configuration()
    except WatchdeckError as error:
        problems = [Finding("configuration", State.BROKEN, line) for line in str(error).splitlines()]
        return [*problems, *findings]
    where = str(configuration.path) if configuration.found else f"none at {configuration.path}; defaults hold"
    settings = configuration.settings
    looks: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
        ("browser", browser),
        ("sandbox", sandbox),
        ("socket", socket),
        ("host", host),
        ("rest key", rest_key),
    )
    return [
        Finding("configuration", State.OK, where),
        *(_look(check, look, settings) for check, look in looks),
        *findings,
    ]


def _look(check: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except WatchdeckError as error:
        return Finding(check, State.BROKEN, str(error))


def browser(settings: Settings) -> Finding:
    """Whether there is a browser to run."""
    found = asyncio.run(find(settings.browser.executable))
    if found is None:
        return Finding("browser", State.BROKEN, "none found", "watchdeck browser install")
    return Finding("browser", State.OK, f"{found.executable} ({found.origin.value})")


def sandbox(settings: Settings) -> Finding:
    """Whether Chromium's sandbox will be on."""
    decision = decide(SandboxSetting(settings.browser.sandbox.value), os.geteuid())
    if decision.on:
        return Finding("sandbox", State.OK, f"on: {decision.why}")
    return Finding("sandbox", State.NOTE, f"off: {decision.why}", "host watch pages as an ordinary user")


def socket(settings: Settings) -> Finding:
    """Whether a socket can be made where it is to be."""
    place = settings.host.socket
    around = next(parent for parent in place.parents if parent.exists())
    if not os.access(around, os.W_OK | os.X_OK):
        advice = "name a folder of yours with host.socket or --socket"
        return Finding("socket", State.BROKEN, f"{place}: {around} can't be written to", advice)
    return Finding("socket", State.OK, str(place))


def host(settings: Settings) -> Finding:
    """Whether a host serves the socket."""
    try:
        return Finding("host", State.OK, asyncio.run(_host(settings.host.socket)))
    except NoHost:
        return Finding("host", State.NOTE, "none runs", "watchdeck (starts one), or watchdeck host")


async def _host(place: Path) -> str:
    async with ask(place) as client:
        snapshot = await client.snapshot()
    return f"version {snapshot.host.version}, pid {snapshot.host.pid}, {len(snapshot.sessions)} sessions"


def rest_key(settings: Settings) -> Finding:
    """Whether there is a key, whether one is needed, and whether the service takes it; opens no link."""
    upscope = settings.upscope
    needed = upscope.discover.enabled or any(session.visitor for session in settings.sessions)
    advice = f"set {upscope.api_key_env}, or name a file with upscope.api_key_file"
    try:
        service = from_config(upscope, os.environ)
    except UsageError as error:
        return Finding("rest key", State.BROKEN, str(error), advice)
    if service is not None:
        try:
            return Finding("rest key", State.OK, asyncio.run(_usage(service)))
        except ServiceError as error:
            state = State.BROKEN if needed else State.NOTE
            return Finding("rest key", state, str(error))
    if needed:
        return Finding("rest key", State.BROKEN, "none, and the configuration needs one", advice)
    return Finding("rest key", State.NOTE, "none; only discovery and sessions by visitor need one")


async def _usage(service: ServiceSettings) -> str:
    async with UpscopeClient(service, patience=PATIENCE) as client:
        usage = await client.usage()
    counts = (
        f"{count} {what}"
        for count, what in (
            (usage.agents, "agents"),
            (usage.sessions_now, "sessions now"),
            (usage.visitors_online, "visitors online"),
        )
        if count is not None
    )
    known = ", ".join(counts) or "the service says nothing of its usage"
    return f"{service.host} takes it (fingerprint {service.key.fingerprint}): {known}"


def terminal() -> Sequence[Finding]:
    """Whether the dashboard can be drawn here."""
    if not sys.stdout.isatty():
        return [
            Finding("terminal", State.NOTE, "stdout is none; the dashboard needs one, the commands don't")
        ]
    return [_kind(), _size(), _encoding()]


def _kind() -> Finding:
    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        return Finding(
            "terminal", State.BROKEN, f"TERM is {term or 'not set'}", "set TERM, such as xterm-256color"
        )
    if os.environ.get("NO_COLOR"):
        return Finding("terminal", State.OK, f"{term}, without colours (NO_COLOR)")
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Finding("terminal", State.OK, f"{term}, 16 million colours")
    colors = "256" if "256" in term else "16"
    return Finding(
        "terminal", State.NOTE, f"{term}, {colors} colours", "COLORTERM=truecolor, where it has them"
    )


def _size() -> Finding:
    size = shutil.get_terminal_size()
    found = f"{size.columns}x{size.lines}"
    if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        return Finding("size", State.NOTE, found, f"{SMALLEST[0]}x{SMALLEST[1]} or more shows every column")
    return Finding("size", State.OK, found)


def _encoding() -> Finding:
    encoding = sys.stdout.encoding.lower()
    if encoding.replace("-", "") == "utf8":
        return Finding("encoding", State.OK, "UTF-8")
    return Finding("encoding", State.NOTE, encoding, "a UTF-8 locale, such as LANG=C.UTF-8, for the glyphs")
