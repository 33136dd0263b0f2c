"""A recording on disk, read where it is needed: every line is checked once, and few states are kept."""

import math
from bisect import bisect_right
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
    """The deck before a line.

    Args:
        at: epoch seconds of the last line before it.
        offset: of the line, in bytes.
    """

    at: float
    offset: int
    deck: Deck


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
        self._now = _advanced(self._now, self._file, self._size, until=at)
        return self._now.deck

    def _read_through(self) -> list[Keyframe]:
        line_reader.read_header(self._file.readline(LINE_LIMIT))
        begins = self._file.tell()
        line = self._file.readline(LINE_LIMIT)
        first = line_reader.read(line) if line.endswith(b"\n") else None
        if not isinstance(first, Attached):
            raise RecordingError("the recording is cut off before its first state")
        self._size, self.is_whole = source_file.whole_lines(self._file)
        self.start = first.at
        state = Keyframe(first.at, begins, Deck())
        states, spacing = [state], FIRST_SPACING
        while state.offset < self._size:
            state = _advanced(state, self._file, self._size, most=spacing)
            states.append(state)
            kept = sum(len(one.deck.sessions) for one in states)
            if len(states) > 1 and (len(states) > MOST_STATES or kept > MOST_KEPT):
                del states[1::2]
                spacing *= 2
        self.end = state.at
        return states


def _advanced(
    state: Keyframe, file: BinaryIO, size: int, *, until: float = math.inf, most: int | None = None
) -> Keyframe:
    """The state after further lines: those up to a time, or so many of them.

    Args:
        size: bytes of the file that are read.
        until: epoch seconds.
    """
    at, offset, deck = state.at, state.offset, state.deck
    events: list[HostEvent] = []
    count = 0
    file.seek(offset)
    while offset < size and count != most:
        line = file.readline(LINE_LIMIT)
        if not line.endswith(b"\n"):
            raise RecordingError(f"the recording has a line of more than {LINE_LIMIT} bytes, or has changed")
        record = line_reader.read(line)
        later = at if record is None else max(at, record.at)
        if later > until:
            break
        at, offset, count = later, offset + len(line), count + 1
        match record:
            case Recorded(event=event):
                events.append(event)
            case Attached(host=host, seq=seq):
                events.clear()
                deck = from_snapshot(Snapshot(seq, host, ()))
            case Disconnected():
                deck = lost(_taken_in(deck, events), at)
        if len(events) >= BATCH:
            deck = _taken_in(deck, events)
    return Keyframe(at, offset, _taken_in(deck, events))


def _taken_in(deck: Deck, events: list[HostEvent]) -> Deck:
    after = with_events(deck, events)
    events.clear()
    if len(after.sessions) > MOST_SESSIONS:
        raise RecordingError(f"the recording has more than {MOST_SESSIONS} sessions at a time")
    return after
