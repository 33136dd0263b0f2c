"""When the service may end a session by itself: hints with a countdown, not facts; pure.

The service ends a session after 10 minutes without agent activity, and 1 minute after its visitor closed the
tab (its product FAQ). It does not document what counts as activity, and no event tells that a visitor left.
"""

from browser_host.sessions.durations import short_age
from browser_host.sessions.views import SessionView

IDLE_S = 600.0
"""Seconds without agent activity after which the service ends a session."""

LEFT_S = 60.0
"""Seconds after the visitor left until it does."""

_REACHED = frozenset({"sent", "confirmed", "unconfirmed"})
"""States of an instruction that was sent to its page."""


def hints(session: SessionView, now: float) -> tuple[str, ...]:
    """A sentence for each of the two rules, for an open session.

    Args:
        session: the session.
        now: epoch seconds.
    """
    if session.ended is not None or session.process is None or session.opened_at is None:
        return ()
    return (_idle(session, session.opened_at, now), *_left(session.last_event_at, now))


def _idle(session: SessionView, opened_at: float, now: float) -> str:
    last = session.instruction
    posted = last.at if last is not None and last.state in _REACHED else opened_at
    since, what = (posted, "the last instruction") if posted > opened_at else (opened_at, "opening")
    left = IDLE_S - (now - since)
    rule = f"10 min without agent activity, counted from {what}"
    if left > 0:
        return f"The service may end it in about {short_age(left)} ({rule})"
    return f"The service did not end it {short_age(-left)} ago ({rule}); something else counts as activity"


def _left(heard_at: float | None, now: float) -> tuple[str, ...]:
    if heard_at is None:
        return ()
    left = LEFT_S - (now - heard_at)
    if left > 0:
        return (f"If the visitor left at the last event, the service ends it in about {short_age(left)}",)
    return ("The visitor had not left at the last event; the service would have ended it by now",)
