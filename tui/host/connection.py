"""The one worker that talks to the host: its snapshot, then its events in pieces, each as a deck."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

from browser_host.api.schema import BEAT, RESYNC, HostEvent
from browser_host.errors import NoHost, WatchdeckError
from tui.host.deck import ConnectionState, Deck, from_snapshot, lost, with_events

if TYPE_CHECKING:
    from browser_host.api.client import HostClient
    from browser_host.hosts.named_host import NamedHost

FIRST_PAUSE_S = 0.5
"""Seconds before the first try to attach again; each further one doubles it."""

LONGEST_PAUSE_S = 5.0
"""Seconds between tries at most: a host that comes back is seen soon, and trying costs nothing."""

GONE = "Connection to the host lost; this may be outdated. Reconnecting"

GUARD_S = 0.02
"""Seconds between two deliveries at least. The host sends its pieces at the refresh rate, and each is shown
as it comes; this merges the parts that a large one arrives in."""

BUFFER = 2000
"""Events held for the next delivery; more are merged at once, so a flood costs time and never memory."""


class HostConnection:
    """Keeps a deck equal to what the host knows, and delivers each piece of events as it comes.

    A host that goes away leaves the last deck standing, marked lost; the link attaches again by itself,
    as it does after a gap in the events' numbers.

    Args:
        client: the host's client; its owner closes it.
        deliver: called in the event loop with each new deck.
        refresh_hz: pieces a second that the host is to send at most.
        now: the wall clock, epoch seconds.
    """

    def __init__(
        self,
        client: "HostClient | NamedHost",
        deliver: Callable[[Deck], None],
        *,
        refresh_hz: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._deliver = deliver
        self._pause_s = 1 / refresh_hz
        self._now = now
        self._deck = Deck()
        self._events: list[HostEvent] = []
        self._changed = asyncio.Event()
        self.trouble = ""

    async def run(self) -> None:
        """Attach, follow and deliver until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stay_attached(), name="follow the host")
            tasks.create_task(self._deliver_changes(), name="deliver the deck")

    async def _stay_attached(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await self._attach()
                pause_s = FIRST_PAUSE_S
                await self._follow()
            except NoHost:
                self._lose(GONE)
            except WatchdeckError as error:
                self._lose(str(error))
            except (ValueError, KeyError, TypeError) as error:  # what decoding raises on another schema
                self._lose(f"Unexpected reply from the host; is its version compatible? ({error!r})")
            await asyncio.sleep(pause_s if self._deck.link is ConnectionState.LOST else self._pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _attach(self) -> None:
        snapshot = await self._client.snapshot()
        self._events.clear()
        self._show(from_snapshot(snapshot))
        self.trouble = ""

    async def _follow(self) -> None:
        """Take in events until the host says that some were missed."""
        # Written as a generator. Merged: what the host sends and this has to read does not grow with events.
        stream = cast("AsyncGenerator[HostEvent]", self._client.events(self._deck.seq, every=self._pause_s))
        async with aclosing(stream) as events:
            async for event in events:
                if event.type == RESYNC:
                    return
                if event.type == BEAT:
                    continue
                self._events.append(event)
                self._changed.set()
                if len(self._events) >= BUFFER:
                    self._merge()

    def _lose(self, trouble: str) -> None:
        self.trouble = trouble
        self._merge()
        if self._deck.link is not ConnectionState.LOST:
            self._show(lost(self._deck, self._now()))

    def _show(self, deck: Deck) -> None:
        self._deck = deck
        self._changed.set()

    def _merge(self) -> None:
        if not self._events:
            return
        self._deck = with_events(self._deck, self._events)
        self._events.clear()

    async def _deliver_changes(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._merge()
            self._deliver(self._deck)
            await asyncio.sleep(GUARD_S)
