"""Immutable views of a session: what clients see, the contract's SESSION, and JSON both ways."""

from dataclasses import dataclass


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
