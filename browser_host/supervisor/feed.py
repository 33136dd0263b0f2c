"""The numbered events: a ring that every client reads at its own pace, and that no client can fill."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from browser_host.sessions.instant import Instant

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
        self._ring: deque[_Record] = deque()
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

    def publish(self, kind: str, session_id: str | None, at: Instant, fields: Mapping[str, Any]) -> None:
        """Gives the event the next number and wakes whoever waits.

        Args:
            fields: further keys of the event, JSON-shaped and not changed afterwards.
        """
        self._seq += 1
        record = _Record(self._seq, at, kind, session_id, fields)
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


class _Record:
    """An event, encoded when the first client asks for it: a host without clients encodes nothing."""

    __slots__ = ("_at", "_encoded", "_fields", "_kind", "_seq", "_session_id")

    def __init__(
        self, seq: int, at: Instant, kind: str, session_id: str | None, fields: Mapping[str, Any]
    ) -> None:
        self._seq = seq
        self._at = at
        self._kind = kind
        self._session_id = session_id
        self._fields = fields
        self._encoded: bytes | None = None

    @property
    def characters(self) -> int:
        """Of the page's own words; all else in an event is short."""
        said = self._fields.get("message")
        return len(said["raw"]) if said else 0

    def line(self) -> bytes:
        if self._encoded is None:
            self._encoded = encode(self._seq, self._at, self._kind, self._session_id, self._fields)
        return self._encoded


def encode(seq: int, at: Instant, kind: str, session_id: str | None, fields: Mapping[str, Any]) -> bytes:
    """One line of the event stream."""
    body: dict[str, Any] = {"seq": seq, "at": at.iso(), "type": kind}
    if session_id is not None:
        body["id"] = session_id
    body.update(fields)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
