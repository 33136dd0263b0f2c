"""What pages say, thinned for the journal: every status, one colour a session and interval. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

INTERVAL_S = 10.0
"""Seconds between two rows for a session's colours; a page can toggle them many times a second."""


@dataclass(frozen=True, slots=True)
class Words:
    """Something that a page said; most of it never becomes an entry, which is dearer to make.

    Args:
        at: epoch seconds.
        kind: the event's name, such as `session.color`.
    """

    at: float
    session: str
    label: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What was written of one session's colours; the host keeps one for each session it hosts.

    Args:
        written: steady seconds when a colour was last written, or None.
        held: the newest colour that waits for its interval to end, or None.
        passed: how many colours before it were replaced while they waited.
    """

    written: float | None = None
    held: Words | None = None
    passed: int = 0


def status(heard: Heard, words: Words) -> tuple[Heard, Sequence[Words]]:
    """A status is always written, at once; a colour that waits goes on waiting."""
    return heard, (words,)


def color(
    heard: Heard, words: Words, now: float, interval: float = INTERVAL_S
) -> tuple[Heard, Sequence[Words]]:
    """A colour is written if none was within the interval; else it replaces the one that waits.

    Args:
        now: seconds of the steady clock.
        interval: seconds.
    """
    waiting = replace(heard, held=words, passed=heard.passed + (heard.held is not None))
    return due(waiting, now, interval)


def due(heard: Heard, now: float, interval: float = INTERVAL_S) -> tuple[Heard, Sequence[Words]]:
    """The colour that waits, once its interval is over; asked from time to time, as by the host's tick."""
    if heard.held is None or (heard.written is not None and now - heard.written < interval):
        return heard, ()
    return Heard(written=now), (_told(heard.held, heard.passed),)


def last(heard: Heard) -> Sequence[Words]:
    """The colour that waits when the session ends or is forgotten, its interval over or not."""
    return () if heard.held is None else (_told(heard.held, heard.passed),)


def _told(words: Words, passed: int) -> Words:
    return replace(words, text=f"{words.text} ({passed} more before it)") if passed else words
