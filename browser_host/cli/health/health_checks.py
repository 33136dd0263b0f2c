"""The checks that `doctor` runs, each with advice on what to do."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial

from browser_host.api.socket_access import has_access_lists, obstacles
from browser_host.browsers.install.sandbox import Sandbox, decide
from browser_host.browsers.settings import PoolSettings, SandboxSetting
from browser_host.cli.commands.host_commands import IGNORED, NEEDS_INIT
from browser_host.cli.health.browser_check import (
    NoBrowser,
    connect_once,
    start_once,
    suspects,
    temporary_folder_problem,
)
from browser_host.cli.health.configured_hosts import examine_hosts
from browser_host.cli.health.finding import Finding, State
from browser_host.cli.host_client import ask_one
from browser_host.cli.invocation import Invocation
from browser_host.config import Settings
from browser_host.config.clients.host_address import HostAddress
from browser_host.config.models import BrowserSection, EndpointSection
from browser_host.errors import BrowserUnavailable, NoHost, UsageError, WatchdeckError
from browser_host.scrubbing import scrubbed
from browser_host.supervisor.process.from_settings import endpoint_settings
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import ServiceError
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings, from_config

SMALLEST = (80, 24)

PATIENCE = Patience(total_s=6.0, attempts=2)
"""Short, because somebody waits for the result."""


def examine(invocation: Invocation, withheld: Sequence[str]) -> Sequence[Finding]:
    """Run all checks; one that fails does not stop the others.

    Args:
        withheld: variables of the environment that were removed, as the host removes them.

    Raises:
        UsageError: the chosen host is not configured.
    """
    findings = [*environment(withheld), *terminal()]
    try:
        configuration = invocation.configuration()
    except WatchdeckError as error:
        problems = [Finding("configuration", State.BROKEN, line) for line in str(error).splitlines()]
        return [*problems, *findings]
    where = (
        str(configuration.path) if configuration.found else f"no file at {configuration.path}; using defaults"
    )
    settings = configuration.settings
    named = [one for one in invocation.hosts if one.name]
    looks: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
        ("temporary", temporary_folder),
        *((("browser", browser), ("sandbox", sandbox)) if settings.browser.is_local else ()),
        *(
            (f"browser {one.name}", partial(endpoint, one))
            for one in settings.browser.endpoints
            if one.address
        ),
        ("socket", socket),
        *(() if named else (("host", host),)),
        ("rest key", rest_key),
    )
    if settings.host.allow_uids:
        looks += (("other users", other_users),)
    return [
        Finding("configuration", State.OK, where),
        *(Finding("configuration", State.NOTE, warning) for warning in configuration.warnings),
        *(_look(check, look, settings) for check, look in looks),
        *examine_hosts(named),
        *findings,
    ]


def _look(check: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except WatchdeckError as error:
        return Finding(check, State.BROKEN, str(error))
    except Exception as error:  # noqa: BLE001 - one check that fails must not stop the others
        return Finding(check, State.BROKEN, scrubbed(f"{type(error).__name__}: {error}"))


def _wanted(browser: BrowserSection) -> PoolSettings:
    return PoolSettings(
        executable=browser.executable,
        allow_private_network=browser.allow_private_network,
        ca_file=browser.ca_file,
        images=browser.images,
    )


def browser(settings: Settings) -> Finding:
    """Check that there is a browser and that it starts."""
    try:
        found = start_once(_wanted(settings.browser), _sandbox(settings))
    except NoBrowser as error:
        return Finding("browser", State.BROKEN, str(error), "watchdeck browser install")
    except BrowserUnavailable as error:
        return Finding("browser", State.BROKEN, str(error), suspects(os.environ))
    return Finding("browser", State.OK, found)


def endpoint(section: EndpointSection, _: Settings) -> Finding:
    """Check that an endpoint's browser can be reached and isolates sessions."""
    check = f"browser {section.name}"
    try:
        return Finding(check, State.OK, connect_once(endpoint_settings(section)))
    except BrowserUnavailable as error:
        return Finding(check, State.BROKEN, str(error), "see docs/running.md, browsers on other machines")


def environment(withheld: Sequence[str]) -> Sequence[Finding]:
    """Name the variables that would steer the browser's driver."""
    if not withheld:
        return []
    return [Finding("environment", State.NOTE, IGNORED.format(", ".join(withheld)))]


def temporary_folder(_: Settings) -> Finding:
    """Check that the browser has a place for its profile."""
    problem = temporary_folder_problem(os.environ)
    if problem:
        return Finding("temporary", State.BROKEN, "the folder for temporary files is not usable", problem)
    return Finding("temporary", State.OK, tempfile.gettempdir())


def sandbox(settings: Settings) -> Finding:
    """Report whether Chromium's sandbox will be on."""
    decision = _sandbox(settings)
    if decision.on:
        return Finding("sandbox", State.OK, f"on: {decision.why}")
    return Finding("sandbox", State.NOTE, f"off: {decision.why}", "run the host as an ordinary user")


def _sandbox(settings: Settings) -> Sandbox:
    return decide(SandboxSetting(settings.browser.sandbox.value), os.geteuid())


def socket(settings: Settings) -> Finding:
    """Check that the socket can be created."""
    place = settings.host.socket
    around = next(parent for parent in place.parents if parent.exists())
    if not os.access(around, os.W_OK | os.X_OK):
        advice = "choose a folder of your own with host.socket or --socket"
        return Finding("socket", State.BROKEN, f"{place}: {around} is not writable", advice)
    return Finding("socket", State.OK, str(place))


def other_users(settings: Settings) -> Finding:
    """Check that the users of `host.allow_uids` can reach the folder that the host opens for them."""
    place, uids = settings.host.socket, settings.host.allow_uids
    if not has_access_lists(place):
        advice = "name a host.socket on a file system that has them"
        return Finding("other users", State.BROKEN, f"{place.parent} is on one without access lists", advice)
    if found := list(obstacles(place, uids)):
        texts = "; ".join(one.text for one in found)
        return Finding("other users", State.NOTE, texts, "; ".join(one.advice for one in found))
    return Finding("other users", State.OK, f"{', '.join(map(str, uids))} can reach the socket")


def host(settings: Settings) -> Finding:
    """Report whether a host serves the socket, and whether it needs an init."""
    try:
        snapshot = ask_one(HostAddress("", settings.host.socket), lambda client: client.snapshot())
    except NoHost:
        return Finding("host", State.NOTE, "not running", "run watchdeck (it starts one) or watchdeck host")
    pid = snapshot.host.pid
    found = f"version {snapshot.host.version}, pid {pid}, {len(snapshot.sessions)} sessions"
    return Finding("host", State.NOTE if pid == 1 else State.OK, found, NEEDS_INIT if pid == 1 else "")


def rest_key(settings: Settings) -> Finding:
    """Check that there is a key if one is needed, and that the service accepts it; opens no link."""
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
        return Finding("rest key", State.BROKEN, "missing, and the configuration needs one", advice)
    return Finding("rest key", State.NOTE, "not set; only discovery and sessions by visitor need it")


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
    known = ", ".join(counts) or "the service reports no usage"
    return f"{service.host} accepts it (fingerprint {service.key.fingerprint}): {known}"


def terminal() -> Sequence[Finding]:
    """Check that this terminal can show the dashboard."""
    if not sys.stdout.isatty():
        return [Finding("terminal", State.NOTE, "stdout is not a terminal; only the dashboard needs one")]
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
        "terminal", State.NOTE, f"{term}, {colors} colours", "set COLORTERM=truecolor if it supports more"
    )


def _size() -> Finding:
    size = shutil.get_terminal_size()
    found = f"{size.columns}x{size.lines}"
    if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        return Finding("size", State.NOTE, found, f"{SMALLEST[0]}x{SMALLEST[1]} or larger shows every column")
    return Finding("size", State.OK, found)


def _encoding() -> Finding:
    encoding = sys.stdout.encoding.lower()
    if encoding.replace("-", "") == "utf8":
        return Finding("encoding", State.OK, "UTF-8")
    return Finding("encoding", State.NOTE, encoding, "use a UTF-8 locale, such as LANG=C.UTF-8")
