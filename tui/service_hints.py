"""Two endings of the service's own that may be near: hints with a countdown, and no verdicts; pure.

The service ends a session after 10 minutes without agent activity, and 1 minute after its visitor closed the
tab (its product FAQ). What counts as activity is not known, and no event tells that a visitor left.
"""

from browser_host.sessions.ages import short_age
from browser_host.sessions.views import SessionView

IDLE_S = 600.0
"""Seconds without agent activity after which the service ends a session."""

LEFT_S = 60.0
"""Seconds after the visitor left in which it does."""

_REACHED = frozenset({"sent", "confirmed", "unconfirmed"})
"""States of an instruction that was posted to its page."""


def hints(session: SessionView, now: float) -> tuple[str, ...]:
    """A sentence on each of the two, for a session that is open.

    Args:
        session: the session.
        now: epoch seconds.
    """
    if session.ended is not None or session.page is None or session.opened_at is None:
        return ()
    return (_idle(session, session.opened_at, now), *_left(session.last_event_at, now))


def _idle(session: SessionView, opened_at: float, now: float) -> str:
    last = session.instruction
    posted = last.at if last is not None and last.state in _REACHED else opened_at
    since, what = (
        (posted, "the last instruction") if posted > opened_at else (opened_at, "the opening of its page")
    )
    left = IDLE_S - (now - since)
    rule = "without agent activity for 10 minutes the service ends a session"
    if left > 0:
        return f"{rule}: in {short_age(left)}, if {what} was the last that counts; watching itself may count"
    return f"{rule}: that was {short_age(-left)} ago, counted from {what}, so something else counts too"


def _left(heard_at: float | None, now: float) -> tuple[str, ...]:
    if heard_at is None:
        return ()
    left = LEFT_S - (now - heard_at)
    rule = "1 minute after its visitor left the service ends a session"
    if left > 0:
        return (f"{rule}: in {short_age(left)}, had they left when the page last spoke",)
    return (f"{rule}: they had not left when the page last spoke, or it would have ended by now",)
