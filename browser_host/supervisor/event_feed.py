"""The numbered events: a ring buffer that each client reads at its own pace, and that no client can fill."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from browser_host.api.schema import ADDED, CHANGED, REMOVED
from browser_host.sessions.clock import Instant
from browser_host.sessions.views import Part
from browser_host.tasks import is_set_within

SIZE = 20_000
"""Events kept for clients that lag: ten seconds of the busiest host in the design."""

CHARACTERS = 4_000_000
"""Characters of text from pages kept with them: at most 32 MB as text and JSON. Without this limit, a page
that posts long messages for half a minute makes the ring 330 MB large."""

CHUNK = 500
"""Most events sent to a client at once, so that one that lags never gets a large answer."""


EventBody: TypeAlias = Mapping[str, Any] | Part
"""An event's content: as JSON, or as the part of a session from which the JSON is made."""


@dataclass(slots=True)
class EventRecord:
    """A numbered event.

    Args:
        first: the number of the first event merged into it, if it is a merged one.
    """

    seq: int
    at: Instant
    kind: str
    session_id: str | None
    told: EventBody
    first: int | None = None
    _line: bytes | None = None

    @property
    def characters(self) -> int:
        """Characters of text from the page; everything else in an event is short."""
        said = (self.told.extra if isinstance(self.told, Part) else self.told).get("message")
        return len(said["raw"]) if said else 0

    def line(self) -> bytes:
        """A line of the event stream, encoded once for all clients, and only if there are clients."""
        if self._line is None:
            body: dict[str, Any] = {"seq": self.seq, "at": self.at.iso(), "type": self.kind}
            if self.first is not None:
                body["first"] = self.first
            if self.session_id is not None:
                body["id"] = self.session_id
            body.update(_json(self.told))
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            self._line = text.encode("utf-8", "replace") + b"\n"
        return self._line

    def then(self, later: "EventRecord") -> "EventRecord":
        """This event merged with a later one of the same session, with the same effect on a client."""
        if later.kind in (REMOVED, ADDED):
            return later  # regardless of earlier events
        if isinstance(self.told, Part) and isinstance(later.told, Part):
            told: EventBody = self.told.then(later.told)
        else:
            told = {**_json(self.told), **_json(later.told)}
        kind = self.kind if self.kind == ADDED else CHANGED
        first = self.seq if self.first is None else self.first
        return EventRecord(later.seq, later.at, kind, self.session_id, told, first)


@dataclass(frozen=True, slots=True)
class _Merged:
    """The last merged piece: clients whose intervals end together all ask for the same one.

    Args:
        span: the number before its first event, and that of its last one.
    """

    span: tuple[int, int]
    lines: Sequence[bytes]


class EventFeed:
    """Publishes consecutively numbered events, and lets clients read those after a number.

    A client keeps only its own number: one that stops reading costs nothing, and one whose events are gone
    from the ring is told to resynchronise.

    Args:
        size: events kept.
        characters: of text from pages in them; beyond that, the oldest events are dropped.
        first: the numbers start after this one. Successive hosts start far apart, so that a number from an
            earlier host is never valid here.
    """

    def __init__(self, size: int = SIZE, characters: int = CHARACTERS, *, first: int = 0) -> None:
        self._ring: deque[EventRecord] = deque()
        self._size = size
        self._room = characters
        self.first = first
        self._seq = first
        self._news = asyncio.Event()
        self._closed = False
        self._merged: _Merged | None = None

    @property
    def seq(self) -> int:
        """Number of the newest event."""
        return self._seq

    @property
    def published(self) -> int:
        """The number of events so far."""
        return self._seq - self.first

    @property
    def closed(self) -> bool:
        """Whether no more events will be published."""
        return self._closed

    def publish(self, kind: str, session_id: str | None, at: Instant, told: EventBody) -> None:
        """Publish an event with the next number, and wake waiting clients.

        Args:
            told: further keys of the event; must not be changed afterwards.
        """
        self._seq += 1
        record = EventRecord(self._seq, at, kind, session_id, told)
        self._ring.append(record)
        self._room -= record.characters
        while len(self._ring) > self._size or (self._room < 0 and len(self._ring) > 1):
            self._room += self._ring.popleft().characters
        self._news.set()

    def after(self, seq: int) -> Sequence[bytes] | None:
        """JSON lines of the events after number `seq`, oldest first, at most `CHUNK`.

        Returns:
            None if events after `seq` are gone, or `seq` was never used.
        """
        missing = self._missing(seq)
        if missing is None:
            return None
        start = len(self._ring) - missing
        return [self._ring[at].line() for at in range(start, min(start + CHUNK, len(self._ring)))]

    def merged(self, seq: int) -> tuple[Sequence[bytes], int] | None:
        """The same with each session's events merged into one line, and the number of the last event.

        A client ends up with the same state as after the single events, at a cost that does not depend on
        their number. A merged line has the number of its first event (`first`).

        Returns:
            None if events after `seq` are gone, or `seq` was never used.
        """
        missing = self._missing(seq)
        if missing is None:
            return None
        if self._merged is not None and self._merged.span == (seq, self._seq):
            return self._merged.lines, self._seq
        newest: dict[str, EventRecord] = {}
        others: list[EventRecord] = []
        for record in itertools.islice(self._ring, len(self._ring) - missing, None):
            if record.session_id is None:
                others.append(record)
            else:
                held = newest.get(record.session_id)
                newest[record.session_id] = record if held is None else held.then(record)
        ordered = sorted((*newest.values(), *others), key=lambda record: record.seq)
        self._merged = _Merged((seq, self._seq), [record.line() for record in ordered])
        return self._merged.lines, self._seq

    def _missing(self, seq: int) -> int | None:
        """The number of events after a number; None if some are gone, or if the number was never used."""
        missing = self._seq - seq
        return missing if 0 <= missing <= len(self._ring) else None

    async def news(self, seq: int, within: float) -> bool:
        """Wait until there is an event after number `seq`, or the feed is closed.

        Args:
            within: seconds to wait.

        Returns:
            Whether there is one; False if none came in time.
        """
        while self._seq <= seq and not self._closed:
            self._news.clear()
            if not await is_set_within(self._news, within):
                return False
        return self._seq > seq

    def close(self) -> None:
        """End every client's wait; published events can still be read."""
        self._closed = True
        self._news.set()


def _json(told: EventBody) -> Mapping[str, Any]:
    return told.json() if isinstance(told, Part) else told
