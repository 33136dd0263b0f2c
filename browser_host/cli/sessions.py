"""`watchdeck list`: the sessions as they are now."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli.asking import ask
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.output import columns, line, say, tell
from browser_host.sessions import views
from browser_host.sessions.durations import format_duration
from browser_host.sessions.views import SessionView

HEADER = ("ID", "LABEL", "HOSTING", "STATUS", "SINCE", "COLOR", "MODE", "INSTRUCTION", "NOTE")


@click.command("list")
@click.option(
    "--filter", "expression", metavar="EXPR", help="Those that match, such as 'status:active age>10m'."
)
@click.option("--stale", is_flag=True, help="Those that the host calls stale.")
@with_invocation
def list_sessions(invocation: Invocation, expression: str | None, *, stale: bool) -> None:
    """The sessions, each with its hosting, its page's own status, and the last instruction's fate."""
    from browser_host.cli.matching import matcher  # noqa: PLC0415 - `--help` needs no filter language

    matches = matcher(expression)
    body = asyncio.run(_snapshot(invocation.host_socket))
    now = time.time()
    shown = []
    for session in body["sessions"]:
        view = views.from_json(session)
        if matches(view, now) and (view.stale is not None or not stale):
            shown.append((session, view))
    if invocation.json:
        tell({"schema": SCHEMA, "host": body["host"], "sessions": [session for session, _ in shown]})
        return
    if shown:
        for row in columns(HEADER, [row_of(view, now) for _, view in shown]):
            line(row)
    say(f"{len(shown)} of {len(body['sessions'])} sessions")


def row_of(view: SessionView, now: float) -> tuple[str, ...]:
    """What a line says of a session.

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
    return format_duration(float(max(0, int(seconds))))


async def _snapshot(socket: Path) -> Mapping[str, Any]:
    async with ask(socket) as client:
        return await client.call("GET", "/v1/snapshot")
