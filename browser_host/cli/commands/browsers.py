"""`watchdeck browsers`: the endpoints, how each stands, draining them; `watchdeck browser install`."""

import os
import time

import click

from browser_host.api.replies import Drain
from browser_host.api.schema import SCHEMA, BrowserView
from browser_host.browsers.launch.driver_environment import withhold
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, common, with_hosts, with_invocation
from browser_host.cli.output import line, say, table, tell
from browser_host.sessions.durations import format_duration
from browser_host.sessions.json_codec import to_json

HEADER = ("NAME", "KIND", "STATE", "SESSIONS", "ISOLATED", "VERSION", "SINCE", "REASON")
_ISOLATION = {True: "yes", False: "no", None: "-"}


@click.group(invoke_without_command=True)
@with_hosts
def browsers(invocation: Invocation) -> None:
    """Show the browsers that host the sessions, and how each stands."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    found = ask(invocation.hosts, lambda client: client.browsers())
    if invocation.json:
        tell({"schema": SCHEMA, **to_json(found)})
        return
    now = time.time()
    table(HEADER, [_row(one, now) for one in found.browsers])


@browsers.command()
@click.argument("name")
@with_hosts
def drain(invocation: Invocation, name: str) -> None:
    """Move the sessions of endpoint NAME elsewhere; it takes no more."""
    _tell(ask(invocation.hosts, lambda client: client.drain(name)), as_json=invocation.json)


@browsers.command()
@click.argument("name")
@with_hosts
def undrain(invocation: Invocation, name: str) -> None:
    """Give endpoint NAME sessions again."""
    _tell(ask(invocation.hosts, lambda client: client.undrain(name)), as_json=invocation.json)


def _tell(drained: Drain, *, as_json: bool) -> None:
    if as_json:
        tell({"schema": SCHEMA, **to_json(drained)})
    else:
        say(f"{drained.name} {drained.text}")


def _row(one: BrowserView, now: float) -> tuple[str, ...]:
    since = "-" if one.since is None else format_duration(float(max(0, int(now - one.since))))
    room = f"{one.sessions} of {one.max_sessions}"
    isolation = _ISOLATION[one.isolated]
    return (one.name, one.kind, one.state, room, isolation, one.version or "-", since, one.reason or "-")


@click.group()
@common
def browser() -> None:
    """Manage the browser that hosts the watch pages."""


@browser.command()
@with_invocation
def install(invocation: Invocation) -> None:
    """Find a browser, or download one, and print its path."""
    withhold(os.environ)
    from browser_host.browsers.install.download import ensure_browser  # noqa: PLC0415 - it loads Playwright

    found = ensure_browser(invocation.configuration().settings.browser.executable, say)
    if invocation.json:
        tell({"schema": SCHEMA, "executable": str(found.executable), "origin": found.origin.value})
    else:
        line(str(found.executable))
