"""Immutable views of a session as clients see it (the contract's SESSION), and JSON both ways."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from browser_host.protocol.page_instructions import SetMode, SwitchColor, action_of
from browser_host.sessions import json_codec
from browser_host.sessions.json_codec import Timestamp, converted, decoders, encoders

if TYPE_CHECKING:  # clients load this module, and need no sessions
    from browser_host.sessions.clock import Instant
    from browser_host.sessions.ledger import Entry
    from browser_host.sessions.session import Session
    from browser_host.sessions.timeline import Timeline


@dataclass(frozen=True, slots=True)
class StaleView:
    """Why a session counts as stale: the rule, since when (epoch seconds), how long, and its limit."""

    rule: str
    since: Timestamp
    for_s: float
    limit_s: float
    text: str


@dataclass(frozen=True, slots=True)
class InstructionView:
    """The last instruction and its state; `at` in epoch seconds is when it reached `state`."""

    id: str
    action: str
    state: str
    at: Timestamp
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class EndedView:
    """How and when (epoch seconds) a session ended."""

    reason: str
    at: Timestamp


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What is wrong with a session's hosting."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class VisitorStateView:
    """What the REST service last reported of the visitor (None where it said nothing), and when it did."""

    online: bool | None
    in_session: bool | None
    last_seen_at: Timestamp | None
    url: str | None
    tags: tuple[str, ...]
    checked_at: Timestamp


@dataclass(frozen=True, slots=True)
class SessionView:
    """The contract's SESSION as clients keep it; times in epoch seconds."""

    id: str
    label: str
    source: str
    visitor: str | None
    link: str
    hosting: str
    status: str | None
    status_since: Timestamp | None
    opened_at: Timestamp | None
    last_event_at: Timestamp | None
    color: str | None
    color_raw: str | None
    mode: str | None
    stale: StaleView | None
    instruction: InstructionView | None
    ended: EndedView | None
    error: ErrorView | None
    events: int
    dropped: int
    violations: int
    process: int | None
    browser: str | None
    visitor_state: VisitorStateView | None = None


def _seconds(instant: "Instant | None") -> float | None:
    return None if instant is None else instant.told()


def _instruction(session: "Session") -> InstructionView | None:
    return entry_view(session.ledger[-1]) if session.ledger else None


def _visitor_state(session: "Session") -> VisitorStateView | None:
    state = session.visitor_state
    if state is None:
        return None
    report = state.report
    return VisitorStateView(
        online=report.online,
        in_session=report.in_session,
        last_seen_at=report.last_seen_at,
        url=report.url,
        tags=report.tags,
        checked_at=state.checked_at.told(),
    )


def entry_view(entry: "Entry") -> InstructionView:
    """An entry of the ledger as clients see it."""
    order = entry.order
    return InstructionView(
        id=entry.id,
        action=action_of(order.instruction).value,
        state=entry.state.value,
        at=(entry.finished_at or entry.sent_at or order.at).told(),
        by=order.by,
        text=entry.text,
    )


_READ: Mapping[str, "Callable[[Session], Any]"] = {
    "id": lambda s: s.id,
    "label": lambda s: s.label,
    "source": lambda s: s.source.value,
    "visitor": lambda s: s.visitor,
    "link": lambda s: s.link,
    "hosting": lambda s: s.hosting.value,
    "status": lambda s: s.status and s.status.value,
    "status_since": lambda s: _seconds(s.status_since),
    "opened_at": lambda s: _seconds(s.opened_at),
    "last_event_at": lambda s: _seconds(s.last_event_at),
    "color": lambda s: s.color and s.color.value,
    "color_raw": lambda s: s.color and s.color.raw,
    "mode": lambda s: s.mode and s.mode.value,
    "instruction": _instruction,
    "ended": lambda s: s.ended and EndedView(s.ended.reason.value, s.ended.at.told()),
    "error": lambda s: s.error and ErrorView(s.error.code.value, s.error.text),
    "events": lambda s: s.events,
    "dropped": lambda s: s.dropped,
    "violations": lambda s: s.violations,
    "process": lambda s: s.process,
    "browser": lambda s: None if s.process is None else s.browser,
    "visitor_state": _visitor_state,
}
"""The value of each key but `stale`, which is derived from the session and the limits."""

KEYS = tuple(field.name for field in fields(SessionView))
"""The keys of the contract's SESSION, in its order."""


def view_of(session: "Session", stale: StaleView | None) -> SessionView:
    """The session as clients see it, to the millisecond."""
    return SessionView(stale=stale, **{key: read(session) for key, read in _READ.items()})


def aged(view: SessionView, session: "Session", now: "Instant") -> SessionView:
    """The view with ages by the monotonic clock, so that setting the clock ages no session."""
    return replace(
        view, opened_at=_before(session.opened_at, now), last_event_at=_before(session.last_event_at, now)
    )


def _before(then: "Instant | None", now: "Instant") -> float | None:
    return None if then is None else then.before(now)


def part(session: "Session", keys: Iterable[str], stale: StaleView | None) -> dict[str, Any]:
    """The JSON of these keys of SESSION alone, for an event of the stream."""
    encode = encoders(SessionView)
    return {key: converted(encode, key, stale if key == "stale" else _READ[key](session)) for key in keys}


@dataclass(frozen=True, slots=True)
class Part:
    """Some keys of a session at one time, for an event.

    Args:
        extra: keys of the event besides SESSION's.
    """

    session: "Session"
    keys: tuple[str, ...]
    stale: StaleView | None
    extra: Mapping[str, Any]

    def values(self) -> tuple[tuple[str, ...], tuple[Any, ...]]:
        """SESSION's keys, and their values as in a `SessionView`."""
        session = self.session
        return self.keys, tuple([self.stale if key == "stale" else _READ[key](session) for key in self.keys])


def merged(view: SessionView, body: Mapping[str, Any]) -> SessionView:
    """The view after an event: each of SESSION's keys in the event's body has its new value."""
    decode = decoders(SessionView)
    return replace(view, **{key: converted(decode, key, body[key]) for key in KEYS if key in body})


@dataclass(frozen=True, slots=True)
class LedgerView(InstructionView):
    """An instruction for a session's detail, with its circumstances.

    Args:
        argument: the requested mode or colour, or None.
        client: the program used, such as `tui` or `cli`.
    """

    argument: str | None
    via: str
    client: str
    queued_at: Timestamp
    sent_at: Timestamp | None


@dataclass(frozen=True, slots=True)
class MomentView:
    """A line of a session's timeline."""

    at: Timestamp
    kind: str
    text: str


def ledger_view(entry: "Entry") -> LedgerView:
    """An entry of the ledger as a session's detail shows it."""
    order, shown = entry.order, entry_view(entry)
    match order.instruction:
        case SetMode(mode):
            argument: str | None = mode.value
        case SwitchColor(color):
            argument = color
        case _:
            argument = None
    return LedgerView(
        **{field.name: getattr(shown, field.name) for field in fields(shown)},
        argument=argument,
        via=entry.via,
        client=order.client,
        queued_at=order.at.told(),
        sent_at=_seconds(entry.sent_at),
    )


def entry_json(entry: "Entry") -> dict[str, Any]:
    """An entry of the ledger for an event."""
    return json_codec.to_json(ledger_view(entry))


def ledger_views(session: "Session") -> tuple[LedgerView, ...]:
    """The ledger for a session's detail, newest last."""
    return tuple(ledger_view(entry) for entry in session.ledger)


def timeline_views(timeline: "Timeline") -> tuple[MomentView, ...]:
    """The timeline for a session's detail, newest last."""
    return tuple(MomentView(*moment) for moment in timeline)
