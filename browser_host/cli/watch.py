"""`watchdeck watch`: a line per event until interrupted."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from browser_host.api.schema import BEAT, RESYNC, HostEvent
from browser_host.cli.asking import ask
from browser_host.cli.event_text import event_text
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.output import line, tell
from browser_host.sessions import views
from browser_host.sessions.views import SessionView

if TYPE_CHECKING:
    from browser_host.api.client import HostClient
    from browser_host.cli.matching import Matches

REMOVED = "session.removed"


@click.command()
@click.option(
    "--filter", "expression", metavar="EXPR", help="Events of sessions that match before or after them."
)
@with_invocation
def watch(invocation: Invocation, expression: str | None) -> None:
    """A line per event until interrupted; exit code 3 when the host goes away.

    With --json each line is the event as the host tells it. After 'host.resync' events were missed.
    """
    from browser_host.cli.matching import matcher  # noqa: PLC0415 - `--help` needs no filter language

    matches = matcher(expression)
    show = _as_json if invocation.json else _as_text
    asyncio.run(_watch(invocation.host_socket, matches, show))


def _as_json(event: HostEvent) -> None:
    tell(event.body)


def _as_text(event: HostEvent) -> None:
    at = time.strftime("%H:%M:%S", time.localtime(event.at))
    line(f"{at}  {event.type:<24}  {event.id or '-':<8}  {event_text(event.type, event.body)}".rstrip())


async def _watch(socket: Path, matches: "Matches", show: Callable[[HostEvent], None]) -> None:
    async with ask(socket) as client:
        following = _Following(client, matches)
        async for event in client.events(await following.begin()):
            if event.type != BEAT and await following.concerns(event):
                show(event)


class _Following:
    """The sessions as the events have told them, to know which an event concerns."""

    def __init__(self, client: "HostClient", matches: "Matches") -> None:
        self._client = client
        self._matches = matches
        self._seq = 0
        self._views: dict[str, SessionView] = {}

    async def begin(self) -> int:
        """Takes a snapshot and returns its number."""
        snapshot = await self._client.snapshot()
        self._seq = snapshot.seq
        self._views = {view.id: view for view in snapshot.sessions}
        return snapshot.seq

    async def concerns(self, event: HostEvent) -> bool:
        """Whether a session matches before or after the event; events of no session always concern."""
        if event.type == RESYNC:
            await self.begin()
        if event.id is None:
            return True
        before = self._views.get(event.id)
        after = self._after(event, before)
        return any(view is not None and self._matches(view, event.at) for view in (before, after))

    def _after(self, event: HostEvent, before: SessionView | None) -> SessionView | None:
        if event.id is None or event.seq <= self._seq:
            return before  # the snapshot has it already
        if event.type == REMOVED:
            return self._views.pop(event.id, None)
        after = views.from_json(event.body) if before is None else views.merged(before, event.body)
        self._views[event.id] = after
        return after
