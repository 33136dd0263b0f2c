"""Decks from a recording, at the pace of its playback; and what stands where a host would be."""

import asyncio
from collections.abc import Callable
from typing import NoReturn

from browser_host.errors import Refused, WatchdeckError
from tui.host.deck import REPLAYED, Deck, lost_hosts
from tui.replay.recording_index import Recording

GONE = "The recorder lost {} here; what is shown is the last that it knew."
NO_TIMELINE = "REPLAY: a recording has neither timelines nor ledgers"
NO_PICTURES = "REPLAY: a recording has no pictures"
NO_JOURNAL = "REPLAY: a recording has no journal"


class ReplaySource:
    """Delivers the recording's decks (a `DeckSource`).

    Args:
        position: the playback's, epoch seconds.
        deliver: called in the event loop with each new deck.
        refresh_hz: looks at the position a second.
    """

    def __init__(
        self,
        recording: Recording,
        position: Callable[[], float],
        deliver: Callable[[Deck], None],
        refresh_hz: float,
    ) -> None:
        self._recording = recording
        self._position = position
        self._deliver = deliver
        self._pause_s = 1 / refresh_hz
        self._moved = asyncio.Event()
        self.trouble = ""

    def move(self) -> None:
        """Look at the position at once."""
        self._moved.set()

    async def run(self) -> None:
        """Deliver until it is cancelled; a file that becomes unreadable leaves the last deck."""
        shown: Deck | None = None
        while True:
            self._moved.clear()
            try:
                # The file may be on a slow disk.
                deck = await asyncio.to_thread(self._recording.deck_at, self._position())
            except (WatchdeckError, OSError) as error:
                self.trouble = f"Can't read the recording: {error}"
                return
            self.trouble = GONE.format(_named(deck)) if lost_hosts(deck) else ""
            if deck is not shown:
                shown = deck
                self._deliver(deck)
            try:
                async with asyncio.timeout(self._pause_s):
                    await self._moved.wait()
            except TimeoutError:
                continue


def _named(deck: Deck) -> str:
    return ", ".join(sorted(filter(None, lost_hosts(deck)))) or "the host"


class NoHostCalls:
    """Refuses every call (a `HostCalls`): a replay has no client, so nothing can be sent."""

    async def snapshot(self, *_: object, **__: object) -> NoReturn:
        """Refuse."""
        raise Refused(REPLAYED)

    send_input = acknowledge = drain = undrain = visitors = snapshot
    add = instruct = end = cancel = settle = retry = snapshot

    async def detail(self, *_: object, **__: object) -> NoReturn:
        """Refuse: a recording has what `list` shows, and no more."""
        raise Refused(NO_TIMELINE)

    async def history(self, *_: object, **__: object) -> NoReturn:
        """Refuse: the journal stays with its host."""
        raise Refused(NO_JOURNAL)

    async def screenshot(self, *_: object, **__: object) -> NoReturn:
        """Refuse: a recording has no pictures."""
        raise Refused(NO_PICTURES)

    async def close(self) -> None:
        """Do nothing: no connection is open."""
