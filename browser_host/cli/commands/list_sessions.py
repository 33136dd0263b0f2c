"""`watchdeck list`: the sessions as they are now."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from browser_host.cli.host_client import ask_all, ask_for_json
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.matching import matcher
from browser_host.cli.output import say, table, tell
from browser_host.config.clients.host_address import HostAddress
from browser_host.sessions.json_codec import SCHEMA, from_json, to_json

if TYPE_CHECKING:
    from browser_host.sessions.views import SessionView

HEADER = ("ID", "LABEL", "HOSTING", "STATUS", "SINCE", "COLOR", "MODE", "INSTRUCTION", "NOTE")


@click.command("list")
@click.option(
    "--filter",
    "expression",
    metavar="EXPR",
    help="Sessions that match EXPR, such as 'status:active age>10m'.",
)
@click.option("--stale", is_flag=True, help="Stale sessions.")
@with_hosts
def list_sessions(invocation: Invocation, expression: str | None, *, stale: bool) -> None:
    """List sessions with hosting, status and last instruction."""
    matches = matcher(expression)
    body = _document(invocation.hosts)
    if invocation.json and expression is None and not stale:
        tell({"schema": SCHEMA, **body})
        return
    from browser_host.sessions.views import SessionView  # noqa: PLC0415 - all in JSON is shown as it came

    now = time.time()
    shown = []
    for session in body["sessions"]:
        view = from_json(SessionView, session)
        if matches(view, now) and (view.stale is not None or not stale):
            shown.append((session, view))
    if invocation.json:
        tell({"schema": SCHEMA, **body, "sessions": [session for session, _ in shown]})
        return
    if shown:
        table(HEADER, [row_of(view, now) for _, view in shown])
    say(f"{len(shown)} of {len(body['sessions'])} sessions")


def row_of(view: "SessionView", now: float) -> tuple[str, ...]:
    """The cells of a session's line.

    Args:
        now: epoch seconds.
    """
    since = "-" if view.status_since is None else _age(now - view.status_since)
    instruction = f"{view.instruction.action} {view.instruction.state}" if view.instruction else "-"
    notes = [
        f"ended: {view.ended.reason}" if view.ended else "",
        view.error.text if view.error else "",
        f"stale: {view.stale.text}" if view.stale else "",
    ]
    note = "; ".join(filter(None, notes)) or "-"
    color = view.color or view.color_raw or "-"
    status = view.status or "-"
    return (view.id, view.label, view.hosting, status, since, color, view.mode or "-", instruction, note)


def _age(seconds: float) -> str:
    from browser_host.sessions.durations import format_duration  # noqa: PLC0415 - as above

    return format_duration(float(max(0, int(seconds))))


def _document(hosts: Sequence[HostAddress]) -> dict[str, Any]:
    """The sessions, and `host` as it describes itself; `hosts` with their names where there are several."""
    if len(hosts) == 1:
        body = ask_for_json(hosts[0], "/v1/snapshot")
        return {"host": body["host"], "sessions": body["sessions"]}
    snapshots = ask_all(hosts, lambda client: client.snapshots())
    return {
        "hosts": [{"name": name, **to_json(one.host)} for name, one in snapshots.items()],
        "sessions": [
            {**to_json(view), "host": name} for name, one in snapshots.items() for view in one.sessions
        ],
    }
