"""Page events coalesced for the journal: every status, one colour per session and interval. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

INTERVAL_S = 10.0
"""Seconds between two rows for a session's colours; a page can toggle them many times a second."""


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """A page event; most never become an entry, which is more expensive to make.

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
class Coalescing:
    """The state of coalescing for one session; the host keeps one per session.

    Args:
        written: steady seconds when a colour was last written, or None.
        held: the newest colour that waits for its interval to end, or None.
        replaced: how many colours before it were replaced while they waited.
    """

    written: float | None = None
    held: ReportedEvent | None = None
    replaced: int = 0


def status(state: Coalescing, event: ReportedEvent) -> tuple[Coalescing, Sequence[ReportedEvent]]:
    """Write a status at once; a waiting colour keeps waiting."""
    return state, (event,)


def color(
    state: Coalescing, event: ReportedEvent, now: float, interval: float = INTERVAL_S
) -> tuple[Coalescing, Sequence[ReportedEvent]]:
    """Write a colour if none was written within the interval; else it replaces the waiting one.

    Args:
        now: seconds of the steady clock.
        interval: seconds.
    """
    waiting = Coalescing(state.written, event, state.replaced + (state.held is not None))
    if state.written is not None and now - state.written < interval:
        return waiting, ()  # nearly every colour of a page that toggles them
    return due(waiting, now, interval)


def due(
    state: Coalescing, now: float, interval: float = INTERVAL_S
) -> tuple[Coalescing, Sequence[ReportedEvent]]:
    """The waiting colour once its interval is over; called by the host's tick."""
    if state.held is None or (state.written is not None and now - state.written < interval):
        return state, ()
    return Coalescing(written=now), (_counted(state.held, state.replaced),)


def last(state: Coalescing) -> Sequence[ReportedEvent]:
    """The waiting colour when the session ends or is removed, whatever its interval."""
    return () if state.held is None else (_counted(state.held, state.replaced),)


def _counted(event: ReportedEvent, replaced: int) -> ReportedEvent:
    return replace(event, text=f"{event.text} ({replaced} more before it)") if replaced else event
