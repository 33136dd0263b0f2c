"""The numbered events: a ring that every client reads at its own pace, and that no client can fill."""

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence

from browser_host.sessions.instant import Instant
from browser_host.supervisor.record import Record, Told

SIZE = 20_000
"""Events kept for clients that lag: ten seconds of the busiest host that we design for."""

CHARACTERS = 4_000_000
"""Characters of pages' own words kept with them: as text and as JSON at most 32 MB. Without it a page that
posts long messages for half a minute makes 330 MB of the ring."""

CHUNK = 500
"""Events handed to a client at once, so that one that lags never builds a large answer."""


class Feed:
    """Publishes events numbered from 1, by ones, and lets clients read what came after a number.

    A client holds nothing here but its own number: one that stops reading costs nothing, and one that
    fell out of the ring is told so.

    Args:
        size: events kept.
        characters: of pages' own words in them; beyond it the oldest events go.
    """

    def __init__(self, size: int = SIZE, characters: int = CHARACTERS) -> None:
        self._ring: deque[Record] = deque()
        self._size = size
        self._room = characters
        self._seq = 0
        self._news = asyncio.Event()
        self._closed = False

    @property
    def seq(self) -> int:
        """Number of the newest event; 0 before the first."""
        return self._seq

    @property
    def closed(self) -> bool:
        """Nothing will be published any more."""
        return self._closed

    def publish(self, kind: str, session_id: str | None, at: Instant, told: Told) -> None:
        """Gives the event the next number and wakes whoever waits.

        Args:
            told: further keys of the event, not changed afterwards.
        """
        self._seq += 1
        record = Record(self._seq, at, kind, session_id, told)
        self._ring.append(record)
        self._room -= record.characters
        while len(self._ring) > self._size or (self._room < 0 and len(self._ring) > 1):
            self._room += self._ring.popleft().characters
        self._news.set()

    def after(self, seq: int) -> Sequence[bytes] | None:
        """JSON lines of the events after number `seq`, oldest first, at most `CHUNK`.

        Returns:
            None where events after `seq` are gone, or `seq` is a number that was never given.
        """
        missing = self._seq - seq
        if missing < 0 or missing > len(self._ring):
            return None
        start = len(self._ring) - missing
        return [self._ring[at].line() for at in range(start, min(start + CHUNK, len(self._ring)))]

    def merged(self, seq: int) -> tuple[Sequence[bytes], int] | None:
        """The same, with the events of each session in one line, and the number that they reach to.

        What a client holds after it is what it would hold after every single event; how many there were
        makes no difference to what it costs. A line says from which number on it stands for (`first`).

        Returns:
            None where events after `seq` are gone, or `seq` is a number that was never given.
        """
        missing = self._seq - seq
        if missing < 0 or missing > len(self._ring):
            return None
        newest: dict[str, Record] = {}
        others: list[Record] = []
        for record in itertools.islice(self._ring, len(self._ring) - missing, None):
            if record.session_id is None:
                others.append(record)
            else:
                held = newest.get(record.session_id)
                newest[record.session_id] = record if held is None else held.then(record)
        ordered = sorted((*newest.values(), *others), key=lambda record: record.seq)
        return [record.line() for record in ordered], self._seq

    async def news(self, seq: int, within: float) -> bool:
        """Waits until there is an event after number `seq`, or the feed is closed.

        Args:
            within: seconds to wait.

        Returns:
            Whether there is one; False when nothing came in time.
        """
        while self._seq <= seq and not self._closed:
            self._news.clear()
            try:
                async with asyncio.timeout(within):
                    await self._news.wait()
            except TimeoutError:
                return False
        return self._seq > seq

    def close(self) -> None:
        """Ends every client's wait; what was published can still be read."""
        self._closed = True
        self._news.set()
