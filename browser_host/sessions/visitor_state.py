"""What the REST service last reported about a session's visitor, never mixed with the page's status."""

from dataclasses import dataclass

from browser_host.sessions.clock import Instant
from browser_host.sessions.durations import short_age


@dataclass(frozen=True, slots=True)
class VisitorReport:
    """What one answer of the service says of a visitor; None where it says nothing.

    All text is bounded and printable.

    Args:
        last_seen_at: epoch seconds, by the service's clock.
        url: the page they are on, without what may hold a secret.
        agents: names of the other agents who are in session with them.
    """

    online: bool | None = None
    in_session: bool | None = None
    last_seen_at: float | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitorState:
    """The newest report, and since when the reports say that the visitor left.

    Args:
        look: the number of the look that brought the report; later looks have higher ones.
        checked_at: when the report came.
        gone_since: when the first report came that said so, if every look since then succeeded and said
            the same; else None.
        is_interrupted: a look after this report failed, so that the next report starts the count again.
    """

    report: VisitorReport
    look: int
    checked_at: Instant
    gone_since: Instant | None = None
    is_interrupted: bool = False


def visitor_words(state: VisitorState | None) -> str:
    """What the service says of the visitor, such as `in session, another agent: Dana`; empty if nothing."""
    if state is None:
        return ""
    report = state.report
    if state.gone_since is not None:
        words = "left"
    elif report.in_session:
        others = f", another agent: {', '.join(report.agents)}" if report.agents else ""
        words = f"in session{others}"
    elif report.online:
        words = "online, not in session" if report.in_session is False else "online"
    else:
        words = ""
    return words


def aged_visitor_words(state: VisitorState | None, now: Instant) -> str:
    """The same with its age: `left 4m10s ago`, or `in session, as of 5m00s ago` after a failed look."""
    words = visitor_words(state)
    if state is None or not words:
        return ""
    if state.gone_since is not None:
        words = f"{words} {short_age(now.seconds_since(state.gone_since))} ago"
    if state.is_interrupted:
        words = f"{words}, as of {short_age(now.seconds_since(state.checked_at))} ago"
    return words
