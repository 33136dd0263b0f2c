"""`watchdeck watch`: a line per event until interrupted."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from browser_host.api.schema import BEAT, REMOVED, RESYNC, HostEvent
from browser_host.cli.event_text import event_text
from browser_host.cli.host_client import ask_all, ask_one
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import line, say, tell
from browser_host.errors import NoHost, Refused, WatchdeckError
from browser_host.sessions import views
from browser_host.sessions.clock import iso
from browser_host.sessions.json_codec import from_json
from browser_host.sessions.views import SessionView

if TYPE_CHECKING:
    from browser_host.api.client import HostClient
    from browser_host.cli.matching import Matches
    from browser_host.hosts.all_hosts import AllHosts
    from browser_host.hosts.named_host import NamedHost


AGAIN_S = 2.0
"""Seconds until a host of several that went away is tried again."""


@click.command()
@click.option(
    "--filter", "expression", metavar="EXPR", help="Events of sessions that match EXPR before or after."
)
@with_hosts
def watch(invocation: Invocation, expression: str | None) -> None:
    """Print a line per event until interrupted.

    With --json each line is the event as the host sends it. 'host.resync' means that events were missed.
    Exit code 3 when the host goes away, or all of several do; a host that returns is followed again.
    """
    from browser_host.cli.matching import matcher  # noqa: PLC0415 - `--help` needs no filter language

    matches = matcher(expression)
    show = _as_json if invocation.json else _as_text
    if len(hosts := invocation.hosts) > 1:
        ask_all(hosts, lambda client: _watch_all(client, matches, show))
    else:
        ask_one(hosts[0], lambda client: _watch_one(client, matches, show))


def _as_json(event: HostEvent) -> None:
    tell(event.body)


def _as_text(event: HostEvent) -> None:
    at = datetime.fromtimestamp(event.at, UTC).astimezone().strftime("%H:%M:%S%z")
    line(f"{at}  {event.type:<24}  {event.id or '-':<8}  {event_text(event.type, event.body)}".rstrip())


async def _watch_one(client: "HostClient", matches: "Matches", show: Callable[[HostEvent], None]) -> None:
    await _follow(client, _Following(client, matches), show)


async def _watch_all(client: "AllHosts", matches: "Matches", show: Callable[[HostEvent], None]) -> None:
    import asyncio  # noqa: PLC0415 - only several hosts are followed beside each other

    lines = _OneStream(show, len(client.hosts))
    try:
        async with asyncio.TaskGroup() as tasks:
            for host in client.hosts.values():
                tasks.create_task(_stay_with(host, matches, lines), name=f"watch {host.name}")
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


class _OneStream:
    """The lines of several hosts, with numbers of their own.

    Args:
        hosts: how many there are.
    """

    def __init__(self, show: Callable[[HostEvent], None], hosts: int) -> None:
        self._show = show
        self._hosts = hosts
        self._seq = 0
        self._lost: set[str] = set()

    def show(self, event: HostEvent) -> None:
        """Write an event of any host."""
        self._seq += 1
        self._show(replace(event, seq=self._seq, body={**event.body, "seq": self._seq}))

    def lose(self, host: str, error: WatchdeckError) -> None:
        """Say that a host went away.

        Raises:
            NoHost: it was the last one.
        """
        if host not in self._lost:
            self._lost.add(host)
            say(f"watchdeck: host {host}: {error}")
        if len(self._lost) == self._hosts:
            raise NoHost("no host answers")

    def find(self, host: str) -> None:
        """Tell of a host that went away and is back: what it did meanwhile was missed."""
        if host in self._lost:
            self._lost.remove(host)
            now = time.time()
            self.show(
                HostEvent(0, now, RESYNC, None, {"at": iso(now), "type": RESYNC, "id": None, "host": host})
            )


async def _stay_with(host: "NamedHost", matches: "Matches", lines: _OneStream) -> None:
    """Follow a host whenever it answers."""
    import asyncio  # noqa: PLC0415 - as above

    while True:
        try:
            await _follow(host, _Following(host, matches), lines.show, lambda: lines.find(host.name))
        except (NoHost, Refused) as error:
            lines.lose(host.name, error)
        await asyncio.sleep(AGAIN_S)


async def _follow(
    host: "HostClient | NamedHost",
    following: "_Following",
    show: Callable[[HostEvent], None],
    begun: Callable[[], None] = lambda: None,
) -> None:
    after = await following.begin()
    begun()
    async for event in host.events(after):
        if event.type != BEAT and await following.concerns(event):
            show(event)


class _Following:
    """The sessions as of the last event, to decide which events match the filter."""

    def __init__(self, client: "HostClient | NamedHost", matches: "Matches") -> None:
        self._client = client
        self._matches = matches
        self._seq = 0
        self._views: dict[str, SessionView] = {}

    async def begin(self) -> int:
        """Take a snapshot and return its number."""
        snapshot = await self._client.snapshot()
        self._seq = snapshot.seq
        self._views = {view.id: view for view in snapshot.sessions}
        return snapshot.seq

    async def concerns(self, event: HostEvent) -> bool:
        """Whether a session matches before or after the event; events without a session always match."""
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
        after = from_json(SessionView, event.body) if before is None else views.merged(before, event.body)
        self._views[event.id] = after
        return after
