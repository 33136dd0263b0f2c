"""When a session counts as stale, and why: one pure rule for the host, the dashboard and the commands.

Durations use the monotonic clock, which stops while the machine sleeps, and a status counts only
once the present page has reported it: nothing is stale before it was heard again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from browser_host.protocol.page_messages import Status
from browser_host.sessions.clock import Instant
from browser_host.sessions.durations import OFF, format_duration, short_age
from browser_host.sessions.folding import folded
from browser_host.sessions.session import Hosting, Session
from browser_host.sessions.views import SessionView, StaleView


class Rule(StrEnum):
    """The contract's rules."""

    WAITING = "waiting"
    PENDING = "pending"
    MUTE = "mute"
    SILENT = "silent"
    AGE = "age"
    LOST = "lost"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class StaleLimits:
    """Seconds after which each rule calls a session stale; None turns the rule off.

    Args:
        waiting: the visitor's browser has not answered.
        pending: the visitor has not accepted.
        mute: the page has posted nothing since it was opened.
        silent: the page has posted nothing since its last message.
        age: the page has been open.
        lost: the page can't be observed: lost, blocked or hung.
        gone: the REST service says that the visitor left. What counts is the time between two looks that
            succeeded, so that neither silence nor an outage of the service makes a session stale.
    """

    waiting: float | None = 120.0
    pending: float | None = 300.0
    mute: float | None = 60.0
    silent: float | None = None
    age: float | None = None
    lost: float | None = 300.0
    gone: float | None = 120.0

    def of(self, rule: Rule) -> float | None:
        """The rule's limit."""
        limit: float | None = getattr(self, rule.value)
        return None if limit == OFF else limit


@dataclass(frozen=True, slots=True)
class LabelRule:
    """The limits for sessions whose label matches a pattern (`*` and `?`, upper and lower case alike)."""

    match: str
    limits: StaleLimits


@dataclass(frozen=True, slots=True)
class StaleRules:
    """The limits for every session: the default ones, and others by label; the first that matches holds."""

    default: StaleLimits = field(default_factory=StaleLimits)
    labels: tuple[LabelRule, ...] = ()

    def limits(self, label: str) -> StaleLimits:
        """The limits for a session with this label."""
        if not self.labels:
            return self.default
        name = folded(label)
        found = (rule.limits for rule in self.labels if fnmatchcase(name, folded(rule.match)))
        return next(found, self.default)


@dataclass(frozen=True, slots=True)
class Countdown:
    """How close a session is to being stale by a rule, in seconds."""

    rule: str
    so_far: float
    limit: float


_SEEN = frozenset({Hosting.LIVE, Hosting.UNRESPONSIVE})
_STATUS_RULES = {Status.PENDING_REQUEST: Rule.PENDING, Status.WAITING: Rule.WAITING}


def stale(session: Session, limits: StaleLimits, now: Instant) -> StaleView | None:
    """Why a session counts as stale, or None; of several rules, the first in their fixed order."""
    for rule, since, limit in _clocks(session, limits):
        until = _counted_until(session, rule, now)
        if until.mono >= since.mono + limit:
            so_far = until.seconds_since(since)
            return StaleView(
                rule=rule.value,
                since=since.told(),
                for_s=round(so_far, 3),
                limit_s=limit,
                text=f"{_cause(session, rule, so_far)}, limit {format_duration(limit)}",
            )
    return None


def next_look(session: Session, limits: StaleLimits) -> float | None:
    """When another look at a visitor who is still away would make the session stale by the rule `gone`.

    Returns:
        Seconds of the monotonic clock, or None if nothing is counted.
    """
    state = session.visitor_state
    clocks = {rule: since.mono + limit for rule, since, limit in _clocks(session, limits)}
    due = clocks.get(Rule.GONE)
    if state is None or due is None or state.is_interrupted or state.checked_at.mono >= due:
        return None
    return due


def is_same_staleness(one: StaleView | None, other: StaleView | None) -> bool:
    """Whether two results differ only in the time that passed."""
    if one is None or other is None:
        return one is other
    return (one.rule, one.since, one.limit_s) == (other.rule, other.since, other.limit_s)


def countdown(view: SessionView, limits: StaleLimits, now: float) -> Countdown | None:
    """The rule by which a session is stale, or else will be next.

    Args:
        view: the session as a client holds it. It does not say since when a page is out of sight or a
            visitor gone, so the rules `lost` and `gone` have no countdown before they are broken.
        limits: the host's.
        now: epoch seconds.
    """
    if view.ended is not None:
        return None
    if view.stale is not None:
        return Countdown(view.stale.rule, max(0.0, now - view.stale.since), view.stale.limit_s)
    running = [
        Countdown(rule.value, max(0.0, now - since), limit)
        for rule, since in _view_clocks(view)
        if since is not None and (limit := limits.of(rule)) is not None
    ]
    return min(running, key=lambda clock: clock.limit - clock.so_far, default=None)


def _clocks(session: Session, limits: StaleLimits) -> Iterator[tuple[Rule, Instant, float]]:
    """The rules that apply to a session now, in their fixed order, with start and limit."""
    if session.ended is not None:
        return
    for rule, since in _beginnings(session):
        limit = limits.of(rule)
        if since is not None and limit is not None:
            yield rule, since, limit


def _beginnings(session: Session) -> Iterator[tuple[Rule, Instant | None]]:
    yield Rule.LOST, session.lost_at
    yield Rule.GONE, _gone_since(session)
    if session.events == 0 and session.process is not None:
        yield Rule.MUTE, session.opened_at
    if session.status in _STATUS_RULES and session.hosting in _SEEN and _named_here(session):
        yield _STATUS_RULES[session.status], session.status_since
    if session.hosting is Hosting.LIVE:
        yield Rule.SILENT, session.last_event_at
    if session.process is not None:
        yield Rule.AGE, session.opened_at


def _gone_since(session: Session) -> Instant | None:
    """Since when the visitor is gone; reports from before the present session began don't count."""
    since = session.visitor_state.gone_since if session.visitor_state is not None else None
    begun = session.begun_at
    return None if since is None or (begun is not None and since.mono < begun.mono) else since


def _counted_until(session: Session, rule: Rule, now: Instant) -> Instant:
    if rule is Rule.GONE and session.visitor_state is not None:
        return session.visitor_state.checked_at
    return now


def _named_here(session: Session) -> bool:
    named, begun = session.status_at, session.begun_at
    return named is not None and (begun is None or named.mono >= begun.mono)


def _cause(session: Session, rule: Rule, so_far: float) -> str:
    age = short_age(so_far)
    match rule:
        case Rule.LOST:
            words = {Hosting.BLOCKED: "blocked", Hosting.UNRESPONSIVE: "not responding"}
            return f"{words.get(session.hosting, 'lost')} {age}"
        case Rule.GONE:
            return f"visitor left {age} ago"
        case Rule.AGE:
            return f"open for {age}"
        case _:
            return f"{rule.value} {age}"


def _view_clocks(view: SessionView) -> Iterator[tuple[Rule, float | None]]:
    if view.process is None:
        return
    if view.events == 0:
        yield Rule.MUTE, view.opened_at
    if view.hosting in _SEEN and view.status in _STATUS_RULES:
        yield _STATUS_RULES[Status(view.status)], view.status_since
    if view.hosting == Hosting.LIVE:
        yield Rule.SILENT, view.last_event_at
    yield Rule.AGE, view.opened_at
