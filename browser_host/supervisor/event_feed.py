"""The numbered events: a ring buffer that each client reads at its own pace, and that no client can fill."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted
from typing import Any, TypeAlias

from browser_host.api.schema import ADDED, CHANGED, REMOVED
from browser_host.sessions.clock import Instant, iso
from browser_host.sessions.json_codec import encoders, to_json
from browser_host.sessions.views import Part, SessionView
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


Plain: TypeAlias = str | int | float | bytes | None
"""A value of an event; bytes are the JSON of what is neither a text nor a number."""

Record: TypeAlias = tuple[float, str, str | None, tuple[str, ...], tuple[Plain, ...], int, int]
"""A numbered event: epoch seconds, type, session, keys and values of its content, how many of the keys at the
end are not SESSION's (-1 for what is no part of a session), and characters of text from the page.

A tuple of plain values, which the garbage collector does not follow: kept as objects, the events of a full
ring made its pauses 200 ms long.
"""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MOMENTS = frozenset(key for key, change in encoders(SessionView).items() if change is iso)
"""SESSION's keys that are times: epoch seconds in a record."""

_REGARDLESS = frozenset({REMOVED, ADDED})
"""Types of events after which nothing earlier of the session matters."""

_NO_RECORD: Record = (0.0, "", None, (), (), -1, 0)
"""In a place of the ring that is empty."""

_PLAIN = frozenset({str, int, float, bool, type(None)})
_NO_PART = -1


@dataclass(slots=True)
class _Sum:
    """Events of one session merged into one, with the same effect on a client.

    Args:
        seq: number of the last of them.
        first: number of the first of them, or None if there is but one.
        extra: the keys besides SESSION's, or None if one of them was no part of a session.
    """

    seq: int
    first: int | None
    wall: float
    kind: str
    session_id: str
    body: dict[str, Plain]
    extra: tuple[str, ...] | None

    def add(self, seq: int, record: Record) -> None:
        """Merge a later event of the session, neither of its arrival nor of its removal."""
        self.first = self.seq if self.first is None else self.first
        self.seq = seq
        self.kind = self.kind if self.kind == ADDED else CHANGED
        self.wall, _, _, keys, values, extra, _ = record
        if self.extra is None or extra == _NO_PART:
            self.extra = None
        elif extra or self.extra:
            for key in self.extra:
                self.body.pop(key, None)
            self.extra = ()
            keys = keys[: len(keys) - extra]
        self.body.update(zip(keys, values, strict=False))

    def line(self) -> bytes:
        """A line of the event stream."""
        return encoded(
            self.seq, self.wall, self.kind, self.session_id, body=self.body.items(), first=self.first
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """The last piece that was made: clients that are at the same place all get the same one.

    Args:
        span: the number before its first event, and that of the feed's newest one when it was made.
    """

    span: tuple[int, int]
    lines: Sequence[bytes]
    joined: bytes


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
        self._records: list[Record] = [_NO_RECORD] * size  # event `seq` is at `seq % size`
        self._lines: list[bytes | None] = [None] * size
        self._size = size
        self._room = characters
        self.first = first
        self._seq = first
        self._kept = 0
        self._news = asyncio.Event()
        self._closed = False
        self._single: _Piece | None = None
        self._merged: _Piece | None = None

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
            told: further keys of the event.
        """
        if self._kept == self._size:
            self._drop_oldest()
        self._seq += 1
        slot = self._seq % self._size
        self._records[slot] = record = _record(kind, session_id, at, told)
        self._lines[slot] = None
        self._kept += 1
        self._room -= record[-1]
        while self._room < 0 and self._kept > 1:
            self._drop_oldest()
        self._news.set()

    def after(self, seq: int) -> Sequence[bytes] | None:
        """JSON lines of the events after number `seq`, oldest first, at most `CHUNK`.

        Returns:
            None if events after `seq` are gone, or `seq` was never used.
        """
        if not self._has_all_after(seq):
            return None
        return [self._line(number) for number in range(seq + 1, min(seq + CHUNK, self._seq) + 1)]

    def piece(self, seq: int) -> tuple[bytes, int] | None:
        """The same lines as `after` in one text, and the number of the last of them.

        Returns:
            None if events after `seq` are gone, or `seq` was never used.
        """
        made = self._single
        if made is None or made.span != (seq, self._seq):
            lines = self.after(seq)
            if lines is None:
                return None
            made = self._single = _Piece((seq, self._seq), lines, b"".join(lines))
        return made.joined, seq + len(made.lines)

    def merged(self, seq: int) -> tuple[Sequence[bytes], int] | None:
        """The same with each session's events merged into one line, and the number of the last event.

        A client ends up with the same state as after the single events, at a cost that does not depend on
        their number. A merged line has the number of its first event (`first`).

        Returns:
            None if events after `seq` are gone, or `seq` was never used.
        """
        if not self._has_all_after(seq):
            return None
        if self._merged is None or self._merged.span != (seq, self._seq):
            lines = self._merged_lines(seq)
            self._merged = _Piece((seq, self._seq), lines, b"")
        return self._merged.lines, self._seq

    def _merged_lines(self, seq: int) -> Sequence[bytes]:
        sums: dict[str, _Sum | int] = {}  # a number stands for an event that is alone so far
        others: list[int] = []
        for number in range(seq + 1, self._seq + 1):
            record = self._record(number)
            _, kind, session_id, *_ = record
            if session_id is None:
                others.append(number)
                continue
            held = sums.get(session_id)
            if held is None or kind in _REGARDLESS:
                sums[session_id] = number
                continue
            if isinstance(held, int):
                held = sums[session_id] = _sum_of(held, session_id, self._record(held))
            held.add(number, record)
        found = [*others, *sums.values()]
        found.sort(key=lambda one: one if isinstance(one, int) else one.seq)
        return [self._line(one) if isinstance(one, int) else one.line() for one in found]

    def _has_all_after(self, seq: int) -> bool:
        """False if events after a number are gone, or if the number was never used."""
        return 0 <= self._seq - seq <= self._kept

    def _record(self, number: int) -> Record:
        return self._records[number % self._size]

    def _line(self, number: int) -> bytes:
        """A line of the event stream, encoded once for all clients, and only if there are clients."""
        slot = number % self._size
        line = self._lines[slot]
        if line is None:
            wall, kind, session_id, keys, values, _, _ = self._record(number)
            body = zip(keys, values, strict=True)
            line = self._lines[slot] = encoded(number, wall, kind, session_id, body=body)
        return line

    def _drop_oldest(self) -> None:
        slot = (self._seq - self._kept + 1) % self._size
        self._room += self._records[slot][-1]
        self._records[slot], self._lines[slot] = _NO_RECORD, None
        self._kept -= 1

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


def encoded(
    seq: int,
    wall: float,
    kind: str,
    session_id: str | None,
    *,
    body: Iterable[tuple[str, Plain]],
    first: int | None = None,
) -> bytes:
    """A line of the event stream.

    Args:
        wall: epoch seconds.
        first: the number of the first event merged into it, if it is a merged one.
    """
    words = {"seq": str(seq), "at": f'"{iso(wall)}"', "type": _quoted(kind)}
    if first is not None:
        words["first"] = str(first)
    if session_id is not None:
        words["id"] = _quoted(session_id)
    for key, value in body:
        words[key] = _word(key, value)
    text = ",".join([f'"{key}":{word}' for key, word in words.items()])
    return f"{{{text}}}\n".encode("utf-8", "replace")


def _word(key: str, value: Plain) -> str:
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float) and key in _MOMENTS:
        return f'"{iso(value)}"'
    return json.dumps(value) if isinstance(value, bool | float) else str(value)


def _record(kind: str, session_id: str | None, at: Instant, told: EventBody) -> Record:
    part = isinstance(told, Part)
    extra = told.extra if isinstance(told, Part) else told
    keys, values = told.values() if isinstance(told, Part) else ((), ())
    said = extra.get("message")
    kept = [*map(_plain, values), *(_compact(value) for value in extra.values())]
    return (
        at.wall,
        kind,
        session_id,
        (*keys, *extra) if extra else keys,
        tuple(kept),
        len(extra) if part else _NO_PART,
        len(said["raw"]) if said else 0,
    )


def _sum_of(seq: int, session_id: str, record: Record) -> _Sum:
    wall, kind, _, keys, values, extra, _ = record
    body = dict(zip(keys, values, strict=True))
    names = None if extra == _NO_PART else keys[len(keys) - extra :]
    return _Sum(seq, None, wall, kind, session_id, body, names)


def _plain(value: Any) -> Plain:
    return value if type(value) in _PLAIN else _compact(to_json(value))


def _compact(value: Any) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "replace")
