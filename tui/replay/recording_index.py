"""A recording on disk, read where it is needed: every line is checked once, and few states are kept."""

import math
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from browser_host.api.schema import HostEvent, Snapshot
from browser_host.errors import WatchdeckError
from browser_host.recording import line_reader, source_file
from browser_host.recording.line_reader import Attached, Disconnected, Recorded, RecordingError
from browser_host.recording.recorded_lines import LINE_LIMIT
from tui.host.deck import Deck, from_snapshot, lost, with_events
from tui.host.merged_deck import merged

MOST_SESSIONS = 20_000
"""Sessions at a time: more than any host takes."""

MOST_STATES = 256
MOST_KEPT = 100_000
"""Sessions in all states that are kept: some tens of megabytes where every one of them differs."""

FIRST_SPACING = 500
"""Lines between two states at first; where there are too many, every other one goes and this doubles."""

BATCH = 1_000
"""Events taken in at once: the sessions are copied once for all of them."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """The decks before a line.

    Args:
        at: epoch seconds of the last line before it.
        offset: of the line, in bytes.
        decks: by the host's name, which is empty where there is one.
        latest: the host whose deck changed last.
    """

    at: float
    offset: int
    decks: Mapping[str, Deck]
    latest: str

    @property
    def sessions(self) -> int:
        """How many sessions there are."""
        return sum(len(deck.sessions) for deck in self.decks.values())


class Recording:
    """A recording that was read through once.

    Its time never runs backwards: a line with an earlier time counts as one at the time before it.

    Args:
        path: made by `watchdeck record`.

    Raises:
        UsageError: there is no such file.
        RecordingError: it is not a recording, or it is damaged.
        WatchdeckError: it can't be read.
    """

    def __init__(self, path: Path) -> None:
        self._file = source_file.opened(path)
        try:
            self._states = self._read_through()
        except OSError as error:
            self._file.close()
            raise WatchdeckError(f"can't read {path}: {error.strerror}") from None
        except BaseException:
            self._file.close()
            raise
        self._now = self._states[0]
        self._shown = self._now.decks, self._deck(self._now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._file.close()

    def deck_at(self, at: float) -> Deck:
        """The deck at a time, epoch seconds; the same object while nothing happens.

        Raises:
            RecordingError: the file has changed since it was read through.
        """
        nearest = self._states[max(0, bisect_right(self._states, at, key=lambda state: state.at) - 1)]
        if self._now.at > at or self._now.offset < nearest.offset:
            self._now = nearest
        self._now = _advanced(self._now, self._file, self._size, self._hosts, until=at)
        if self._shown[0] is not self._now.decks:
            self._shown = self._now.decks, self._deck(self._now)
        return self._shown[1]

    def _deck(self, state: Keyframe) -> Deck:
        return merged(state.decks, state.latest) if self._hosts else state.decks[state.latest]

    def _read_through(self) -> list[Keyframe]:
        self._hosts = line_reader.read_header(self._file.readline(LINE_LIMIT))
        begins = self._file.tell()
        line = self._file.readline(LINE_LIMIT)
        first = line_reader.read(line, self._hosts) if line.endswith(b"\n") else None
        if not (isinstance(first, Attached) or (self._hosts and isinstance(first, Disconnected))):
            raise RecordingError("the recording is cut off before its first state")
        self._size, self.is_whole = source_file.whole_lines(self._file)
        self.start = first.at
        names = self._hosts or ("",)
        state = Keyframe(first.at, begins, dict.fromkeys(names, Deck()), names[0])
        states, spacing = [state], FIRST_SPACING
        while state.offset < self._size:
            state = _advanced(state, self._file, self._size, self._hosts, most=spacing)
            states.append(state)
            kept = sum(one.sessions for one in states)
            if len(states) > 1 and (len(states) > MOST_STATES or kept > MOST_KEPT):
                del states[1::2]
                spacing *= 2
        self.end = state.at
        return states


def _advanced(
    state: Keyframe,
    file: BinaryIO,
    size: int,
    hosts: Collection[str],
    *,
    until: float = math.inf,
    most: int | None = None,
) -> Keyframe:
    """The state after further lines: those up to a time, or so many of them.

    Args:
        size: bytes of the file that are read.
        hosts: the names of several.
        until: epoch seconds.
    """
    at, offset, count = state.at, state.offset, 0
    decks = _Decks(state)
    file.seek(offset)
    while offset < size and count != most:
        line = file.readline(LINE_LIMIT)
        if not line.endswith(b"\n"):
            raise RecordingError(f"the recording has a line of more than {LINE_LIMIT} bytes, or has changed")
        record = line_reader.read(line, hosts)
        later = at if record is None else max(at, record.at)
        if later > until:
            break
        at, offset, count = later, offset + len(line), count + 1
        decks.take(record, at)
    return Keyframe(at, offset, decks.settled(), decks.latest)


class _Decks:
    """The decks of all hosts while further lines are read."""

    def __init__(self, state: Keyframe) -> None:
        self.latest = state.latest
        self._decks = state.decks
        self._pending: dict[str, list[HostEvent]] = {}
        self._count = 0

    def take(self, record: line_reader.Record | None, at: float) -> None:
        """Take in a line.

        Raises:
            RecordingError: it tells of a host whose state is not there, or of too many sessions.
        """
        match record:
            case Recorded(event=event, of=name):
                if self._decks[name].host is None:
                    raise RecordingError("the recording has events of a host before its first state")
                self.latest = name
                self._pending.setdefault(name, []).append(event)
                self._count += 1
                if self._count >= BATCH:
                    self.settled()
            case Attached(host=host, seq=seq, of=name):
                self._pending.pop(name, None)
                self._keep(name, from_snapshot(Snapshot(seq, host, ())))
            case Disconnected(of=name):
                self.settled()
                self._keep(name, lost(self._decks[name], at))

    def settled(self) -> Mapping[str, Deck]:
        """The decks with all events so far; the same object if nothing happened."""
        if self._pending:
            taken = {name: with_events(self._decks[name], events) for name, events in self._pending.items()}
            self._pending.clear()
            self._count = 0
            self._decks = {**self._decks, **taken}
            if sum(len(deck.sessions) for deck in self._decks.values()) > MOST_SESSIONS:
                raise RecordingError(f"the recording has more than {MOST_SESSIONS} sessions at a time")
        return self._decks

    def _keep(self, name: str, deck: Deck) -> None:
        self.latest = name
        self._decks = {**self._decks, name: deck}
