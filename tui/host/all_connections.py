"""The workers that talk to several hosts: a connection each, whose decks are delivered as one."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from browser_host.hosts.named_host import NamedHost
from tui.host.connection import HostConnection
from tui.host.deck import Deck, lost_hosts
from tui.host.merged_deck import merged


class AllConnections:
    """Keeps one deck equal to what all hosts know; none waits for another.

    Args:
        hosts: at least one; their owner closes them.
        deliver: called in the event loop with each new deck.
        refresh_hz: deliveries a second at most.
        note: called with why a line to another machine is not up.
        now: the wall clock, epoch seconds.
    """

    def __init__(
        self,
        hosts: Sequence[NamedHost],
        deliver: Callable[[Deck], None],
        *,
        refresh_hz: float,
        note: Callable[[str], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._hosts = {host.name: host for host in hosts}
        self._decks = {name: Deck() for name in self._hosts}
        self._connections = {
            name: HostConnection(host, partial(self._take, name), refresh_hz=refresh_hz, now=now)
            for name, host in self._hosts.items()
        }
        self._latest = next(iter(self._hosts))
        self._deliver = deliver
        self._note = note
        self._pause_s = 1 / refresh_hz
        self._changed = asyncio.Event()

    @property
    def trouble(self) -> str:
        """Why each lost host is lost; empty while none is."""
        lost = lost_hosts(merged(self._decks, self._latest))
        return "; ".join(self._why(name) for name in self._hosts if name in lost)

    def _why(self, name: str) -> str:
        why = self._hosts[name].line_trouble or self._connections[name].trouble
        return f"{name}: {why}" if name else why

    async def run(self) -> None:
        """Stay attached to each and deliver until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name, host in self._hosts.items():
                if host.line is not None:
                    tasks.create_task(host.line.run(self._note), name=f"line to {name}")
                tasks.create_task(self._connections[name].run(), name=f"follow {name}")
            tasks.create_task(self._deliver_changes(), name="deliver the decks")

    def _take(self, name: str, deck: Deck) -> None:
        self._decks[name] = deck
        self._latest = name
        self._changed.set()

    async def _deliver_changes(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._deliver(merged(self._decks, self._latest))
            await asyncio.sleep(self._pause_s)
