"""Immutable views of a session: what clients see, the contract's SESSION, and JSON both ways."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from browser_host.protocol.instructions import SetMode, SwitchColor, action_of
from browser_host.sessions.instant import Instant, from_iso, iso
from browser_host.sessions.ledger import Entry
from browser_host.sessions.session import Session


@dataclass(frozen=True, slots=True)
class StaleView:
    """Why a session counts as stale: the rule, since when (epoch seconds), how long, and its limit."""

    rule: str
    since: float
    for_s: float
    limit_s: float
    text: str


@dataclass(frozen=True, slots=True)
class InstructionView:
    """The last instruction and what became of it; `at` in epoch seconds is when it reached `state`."""

    id: str
    action: str
    state: str
    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class EndedView:
    """How and when (epoch seconds) a session ended."""

    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What is wrong with a session's hosting."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """The contract's SESSION as clients hold it; moments in epoch seconds, words as the contract's."""

    id: str
    label: str
    source: str
    visitor: str | None
    link: str
    hosting: str
    status: str | None
    status_since: float | None
    opened_at: float | None
    last_event_at: float | None
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
    page: int | None


def _seconds(instant: Instant | None) -> float | None:
    return None if instant is None else instant.told()


def _instruction(session: Session) -> InstructionView | None:
    return entry_view(session.ledger[-1]) if session.ledger else None


def entry_view(entry: Entry) -> InstructionView:
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


_READ: Mapping[str, Callable[[Session], Any]] = {
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
    "page": lambda s: s.page,
}
"""What a view holds under each key but `stale`, which is no fact of the session but a verdict on it."""

_WRITE: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("status_since", "opened_at", "last_event_at"), iso),
    "stale": lambda v: {
        "rule": v.rule,
        "since": iso(v.since),
        "for_s": v.for_s,
        "limit_s": v.limit_s,
        "text": v.text,
    },
    "instruction": lambda v: {
        "id": v.id,
        "action": v.action,
        "state": v.state,
        "at": iso(v.at),
        "by": v.by,
        "text": v.text,
    },
    "ended": lambda v: {"reason": v.reason, "at": iso(v.at)},
    "error": lambda v: {"code": v.code, "text": v.text},
}
"""From a view's value to JSON, where they differ and the value is not None."""

_PARSE: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("status_since", "opened_at", "last_event_at"), from_iso),
    "stale": lambda j: StaleView(j["rule"], from_iso(j["since"]), j["for_s"], j["limit_s"], j["text"]),
    "instruction": lambda j: InstructionView(
        j["id"], j["action"], j["state"], from_iso(j["at"]), j["by"], j["text"]
    ),
    "ended": lambda j: EndedView(j["reason"], from_iso(j["at"])),
    "error": lambda j: ErrorView(j["code"], j["text"]),
}
"""The way back of `_WRITE`."""

KEYS = tuple(field.name for field in fields(SessionView))
"""The keys of the contract's SESSION, in its order."""


def _through(table: Mapping[str, Callable[[Any], Any]], key: str, value: Any) -> Any:
    if value is None or (change := table.get(key)) is None:
        return value
    return change(value)


def view_of(session: Session, stale: StaleView | None) -> SessionView:
    """The session as clients see it, to the millisecond."""
    return SessionView(stale=stale, **{key: read(session) for key, read in _READ.items()})


def aged(view: SessionView, session: Session, now: Instant) -> SessionView:
    """The view with its ages as the steady clock tells them: what was set forward makes nobody old."""
    return replace(
        view, opened_at=_before(session.opened_at, now), last_event_at=_before(session.last_event_at, now)
    )


def _before(then: Instant | None, now: Instant) -> float | None:
    return None if then is None else then.before(now)


def part(session: Session, keys: Iterable[str], stale: StaleView | None) -> dict[str, Any]:
    """The JSON of these keys of SESSION alone, for an event of the stream."""
    return {key: _through(_WRITE, key, stale if key == "stale" else _READ[key](session)) for key in keys}


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a session's keys as they stood, made into JSON only where somebody asks for it.

    Args:
        extra: what an event says beyond SESSION's keys.
    """

    session: Session
    keys: tuple[str, ...]
    stale: StaleView | None
    extra: Mapping[str, Any]

    def json(self) -> dict[str, Any]:
        """The keys and their values, and what is said beside them."""
        return {**part(self.session, self.keys, self.stale), **self.extra}

    def then(self, later: "Part") -> "Part":
        """Both in one: all their keys, as they stood later; what was said beside them is not kept."""
        return Part(later.session, tuple(dict.fromkeys((*self.keys, *later.keys))), later.stale, {})


def to_json(view: SessionView) -> dict[str, Any]:
    """The contract's SESSION."""
    return {key: _through(_WRITE, key, getattr(view, key)) for key in KEYS}


def from_json(body: Mapping[str, Any]) -> SessionView:
    """The contract's SESSION as a view; keys that a newer host may add are left alone."""
    return SessionView(**{key: _through(_PARSE, key, body[key]) for key in KEYS})


def merged(view: SessionView, body: Mapping[str, Any]) -> SessionView:
    """The view after an event: each of SESSION's keys in the event's body has its new value."""
    return replace(view, **{key: _through(_PARSE, key, body[key]) for key in KEYS if key in body})


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry of the ledger for the detail: the contract's `instruction`, and what stands around it."""
    order = entry.order
    match order.instruction:
        case SetMode(mode):
            argument: str | None = mode.value
        case SwitchColor(color):
            argument = color
        case _:
            argument = None
    return {
        **_WRITE["instruction"](entry_view(entry)),
        "argument": argument,
        "via": entry.via.value,
        "client": order.client,
        "queued_at": order.at.iso(),
        "sent_at": entry.sent_at.iso() if entry.sent_at else None,
    }


def ledger_json(session: Session) -> list[dict[str, Any]]:
    """The ledger for a session's detail, newest last."""
    return [entry_json(entry) for entry in session.ledger]


def timeline_json(session: Session) -> list[dict[str, Any]]:
    """The timeline for a session's detail, newest last."""
    return [{"at": m.at.iso(), "kind": m.kind, "text": m.text} for m in session.timeline]
