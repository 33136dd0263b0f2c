"""When a session counts as stale, and why: one pure verdict for the host, the dashboard and the commands.

Durations are the steady clock's, which stands still while the machine sleeps, and a status is judged only
once the page that is open now has named it: nothing is called stale before it was heard again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from browser_host.protocol.events import Status
from browser_host.sessions.ages import short_age
from browser_host.sessions.durations import OFF, format_duration
from browser_host.sessions.instant import Instant
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


@dataclass(frozen=True, slots=True)
class StaleLimits:
    """Seconds after which each rule calls a session stale; None turns the rule off.

    Args:
        waiting: the visitor's browser has not answered.
        pending: the visitor has not accepted.
        mute: the page never spoke since it was opened.
        silent: the page spoke, and no more.
        age: the page is open.
        lost: the page is out of sight: lost, blocked or hung.
    """

    waiting: float | None = 120.0
    pending: float | None = 300.0
    mute: float | None = 60.0
    silent: float | None = None
    age: float | None = None
    lost: float | None = 300.0

    def of(self, rule: Rule) -> float | None:
        """The rule's limit."""
        limit: float | None = getattr(self, rule.value)
        return None if limit == OFF else limit


@dataclass(frozen=True, slots=True)
class StaleRules:
    """The limits for every session: the default ones, and others by label.

    Args:
        labels: patterns (`*` and `?`, upper and lower case alike) with their limits; the first that
            matches holds.
    """

    default: StaleLimits = field(default_factory=StaleLimits)
    labels: tuple[tuple[str, StaleLimits], ...] = ()

    def limits(self, label: str) -> StaleLimits:
        """The limits for a session with this label."""
        if not self.labels:
            return self.default
        name = label.casefold()
        return next(
            (limits for pattern, limits in self.labels if fnmatchcase(name, pattern.casefold())), self.default
        )


@dataclass(frozen=True, slots=True)
class Countdown:
    """How far a session is on its way to being stale by a rule, or past it, in seconds."""

    rule: str
    so_far: float
    limit: float


def rules_json(rules: StaleRules) -> Mapping[str, Any]:
    """The rules for clients, so that they count down by what the host judges by."""
    return {
        "default": asdict(rules.default),
        "labels": [{"match": pattern, **asdict(limits)} for pattern, limits in rules.labels],
    }


def rules_from_json(body: Mapping[str, Any]) -> StaleRules:
    """The way back of `rules_json`; keys that a newer host may add are left alone."""
    return StaleRules(
        default=_limits(body["default"]),
        labels=tuple((one["match"], _limits(one)) for one in body["labels"]),
    )


def _limits(body: Mapping[str, Any]) -> StaleLimits:
    return StaleLimits(**{rule.value: body[rule.value] for rule in Rule})


_SEEN = frozenset({Hosting.LIVE, Hosting.UNRESPONSIVE})
_STATUS_RULES = {Status.PENDING_REQUEST: Rule.PENDING, Status.WAITING: Rule.WAITING}


def stale(session: Session, limits: StaleLimits, now: Instant) -> StaleView | None:
    """Why a session counts as stale, or None; of several rules, the first in their fixed order."""
    for rule, since, limit in _clocks(session, limits):
        if now.mono >= since.mono + limit:
            so_far = now.seconds_since(since)
            return StaleView(
                rule=rule.value,
                since=since.told(),
                for_s=round(so_far, 3),
                limit_s=limit,
                text=f"{_cause(session, rule)} {short_age(so_far)}, limit {format_duration(limit)}",
            )
    return None


def same_verdict(one: StaleView | None, other: StaleView | None) -> bool:
    """Whether two verdicts differ in nothing but the time that passed between them."""
    if one is None or other is None:
        return one is other
    return (one.rule, one.since, one.limit_s) == (other.rule, other.since, other.limit_s)


def countdown(view: SessionView, limits: StaleLimits, now: float) -> Countdown | None:
    """The rule that a session breaks, or else the one it would break next.

    Args:
        view: the session as a client holds it. It does not say since when a page is out of sight, so
            the rule `lost` has no countdown before it is broken.
        limits: as the host judges by.
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
    """The rules that a session is under now, in their fixed order, with their beginnings and limits."""
    if session.ended is not None:
        return
    for rule, since in _beginnings(session):
        limit = limits.of(rule)
        if since is not None and limit is not None:
            yield rule, since, limit


def _beginnings(session: Session) -> Iterator[tuple[Rule, Instant | None]]:
    yield Rule.LOST, session.lost_at
    if session.events == 0 and session.page is not None:
        yield Rule.MUTE, session.opened_at
    if session.status in _STATUS_RULES and session.hosting in _SEEN and _named_here(session):
        yield _STATUS_RULES[session.status], session.status_since
    if session.hosting is Hosting.LIVE:
        yield Rule.SILENT, session.last_event_at
    if session.page is not None:
        yield Rule.AGE, session.opened_at


def _named_here(session: Session) -> bool:
    named, begun = session.status_at, session.begun_at
    return named is not None and (begun is None or named.mono >= begun.mono)


def _cause(session: Session, rule: Rule) -> str:
    match rule:
        case Rule.LOST:
            words = {Hosting.BLOCKED: "blocked", Hosting.UNRESPONSIVE: "not responding"}
            return words.get(session.hosting, "lost")
        case Rule.AGE:
            return "open for"
        case _:
            return rule.value


def _view_clocks(view: SessionView) -> Iterator[tuple[Rule, float | None]]:
    if view.page is None:
        return
    if view.events == 0:
        yield Rule.MUTE, view.opened_at
    if view.hosting in _SEEN and view.status in _STATUS_RULES:
        yield _STATUS_RULES[Status(view.status)], view.status_since
    if view.hosting == Hosting.LIVE:
        yield Rule.SILENT, view.last_event_at
    yield Rule.AGE, view.opened_at
