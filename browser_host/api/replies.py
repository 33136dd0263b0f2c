"""The host's answers that do not describe sessions; those that do are in `api.schema`."""

from dataclasses import dataclass
from enum import StrEnum

from browser_host.api.schema import VisitorView
from browser_host.sessions.json_codec import Timestamp


@dataclass(frozen=True, slots=True)
class Visitors:
    """The visitors found."""

    visitors: tuple[VisitorView, ...]


class ArrivalState(StrEnum):
    """How far an added session has come."""

    LIVE = "live"
    BLOCKED = "blocked"
    REFUSED = "refused"
    """The service provides no link for its visitor; the session was not added."""
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The added session.

    Args:
        text: why it is blocked, refused or pending, if there is a reason.
    """

    id: str
    state: ArrivalState
    text: str


@dataclass(frozen=True, slots=True)
class Removal:
    """The removed session."""

    id: str


@dataclass(frozen=True, slots=True)
class InputSent:
    """The session whose page has the input; what it did with it, only its next picture shows."""

    id: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A row of the journal; only a tampered row has null for what others always have.

    Args:
        at: ISO 8601, UTC.
        outcome: how far it came.
        instruction: the ledger's id of the instruction, or None.
        peer: where the user's SSH connection came from, or None.
    """

    seq: int
    at: str | None
    by: str | None
    client: str | None
    action: str | None
    session: str | None
    label: str | None
    outcome: str | None
    text: str | None
    instruction: str | None
    peer: str | None


@dataclass(frozen=True, slots=True)
class History:
    """The journal's newest entries, newest last."""

    entries: tuple[HistoryEntry, ...]


class Grouping(StrEnum):
    """By what the rows of `stats` are made."""

    LABEL = "label"
    STATUS = "status"
    ENDED = "ended"
    BY = "by"


@dataclass(frozen=True, slots=True)
class EndCounts:
    """How many sessions ended by their page, by a user's instruction, by a rule, or were lost from sight."""

    page: int
    supervisor: int
    rule: int
    lost: int


@dataclass(frozen=True, slots=True)
class StatsRow:
    """How long sessions were in a status, or open at all, within the time that is counted.

    Args:
        key: the status, label, end or user that the row is about.
        median_s: seconds of a session, the median over the row's sessions.
        p95_s: the 95th percentile of the same.
    """

    key: str
    sessions: int
    median_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class StatsReport:
    """What the journal tells of the sessions since a moment.

    Args:
        since: the beginning of the time counted; later than requested if the journal has too many rows.
    """

    since: Timestamp
    sessions: int
    ended: EndCounts
    rows: tuple[StatsRow, ...]


@dataclass(frozen=True, slots=True)
class Retried:
    """The ids of the sessions that are retried."""

    retried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stopping:
    """The host is about to stop."""

    stopping: bool


@dataclass(frozen=True, slots=True)
class Health:
    """The host's health.

    Args:
        status: `ok`, or `degraded` if there is a reason.
        reason: what is wrong, or None.
    """

    status: str
    reason: str | None
    sessions: int
    seq: int


@dataclass(frozen=True, slots=True)
class Drain:
    """What becomes of an endpoint of the browsers.

    Args:
        sessions: those that it still hosts.
        text: what happens now, for people.
    """

    name: str
    sessions: int
    text: str
