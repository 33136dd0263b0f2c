"""What pages say, thinned for the journal: every status, one colour a session and interval. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from browser_host.journal.entries import JournalEntry

INTERVAL_S = 10.0
"""Seconds between two rows for a session's colours; a page can toggle them many times a second."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was written of one session's colours; the host keeps one for each session it hosts.

    Args:
        written: steady seconds when a colour was last written, or None.
        held: the newest colour that waits for its interval to end, or None.
        passed: how many colours before it were replaced while they waited.
    """

    written: float | None = None
    held: JournalEntry | None = None
    passed: int = 0


def status(heard: Heard, entry: JournalEntry) -> tuple[Heard, Sequence[JournalEntry]]:
    """A status is always written, at once; a colour that waits goes on waiting."""
    return heard, (entry,)


def color(
    heard: Heard, entry: JournalEntry, now: float, interval: float = INTERVAL_S
) -> tuple[Heard, Sequence[JournalEntry]]:
    """A colour is written if none was within the interval; else it replaces the one that waits.

    Args:
        now: seconds of the steady clock.
        interval: seconds.
    """
    waiting = replace(heard, held=entry, passed=heard.passed + (heard.held is not None))
    return due(waiting, now, interval)


def due(heard: Heard, now: float, interval: float = INTERVAL_S) -> tuple[Heard, Sequence[JournalEntry]]:
    """The colour that waits, once its interval is over; asked from time to time, as by the host's tick."""
    if heard.held is None or (heard.written is not None and now - heard.written < interval):
        return heard, ()
    return Heard(written=now), (_told(heard.held, heard.passed),)


def last(heard: Heard) -> Sequence[JournalEntry]:
    """The colour that waits when the session ends or is forgotten, its interval over or not."""
    return () if heard.held is None else (_told(heard.held, heard.passed),)


def _told(entry: JournalEntry, passed: int) -> JournalEntry:
    return replace(entry, text=f"{entry.text} ({passed} more before it)") if passed else entry
