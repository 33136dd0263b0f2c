"""What goes over the socket, as clients hold it: the contract's JSON, schema 1, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import SessionView

SCHEMA = 1

ADDED, REMOVED = "session.added", "session.removed"
"""A session that came, and one that went."""

CHANGED = "session.changed"
"""Several events of one session in a line, for a client that asked for them merged."""

RESYNC = "host.resync"
"""The client missed events and must take a new snapshot."""

BEAT = "host.beat"
"""Nothing happened, and the host is there."""

BEAT_EVERY_S = 10.0
"""Seconds between beats on a quiet stream; the contract promises one at least every 15 s."""


@dataclass(frozen=True, slots=True)
class HostView:
    """The host as the snapshot describes it.

    Args:
        started_at: epoch seconds.
        browsers: a mapping each: `number`, `name`, `version`, `state`, `pages`, `sessions`, `sandbox`.
        undo_s: seconds that an end waits before anything is posted.
        confirm_within_s: seconds within which a page must confirm an instruction.
        simulated: the sessions are the built-in simulator's.
        journal: why the journal can't be written, so that nothing may be changed; None where it can.
        automatic: the rules of staleness by which the host itself ends sessions.
        configuration: why the file that was read last is not in force, but the one before; None where it is.
        given_up: why no browser is started any more until somebody asks for it; None where one may be.
        discovery: `seen`, `held`, `held_back`, `ceiling`, `links_this_hour`, `trouble`; None where it is off.
        stale_rules: the limits that the host judges by, for countdowns.
    """

    version: str
    pid: int
    started_at: float
    read_only: bool
    browsers: tuple[Mapping[str, Any], ...]
    undo_s: float
    confirm_within_s: float
    raw_instructions: bool
    simulated: bool
    journal: str | None = None
    configuration: str | None = None
    given_up: str | None = None
    automatic: tuple[str, ...] = ()
    discovery: Mapping[str, Any] | None = None
    stale_rules: StaleRules = field(default_factory=StaleRules)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the host knows at the moment of event number `seq`."""

    seq: int
    host: HostView
    sessions: tuple[SessionView, ...]


@dataclass(frozen=True, slots=True)
class HostEvent:
    """A line of the event stream.

    Args:
        at: epoch seconds.
        id: the session it speaks of, or None.
        body: the whole JSON object; its top-level keys that are SESSION's are their new values, so
            `sessions.views.merged(view, body)` gives the session as the host has it.
    """

    seq: int
    at: float
    type: str
    id: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an instruction is for: exactly one of the four is given.

    Args:
        ids: the sessions by id; an unknown one fails the whole call before anything is sent.
        filter: an expression of the filter language, evaluated by the host when it arrives.
    """

    ids: tuple[str, ...] = ()
    filter: str | None = None
    all: bool = False
    stale: bool = False

    def body(self) -> dict[str, Any]:
        """The request's keys."""
        if self.all:
            return {"all": True}
        if self.stale:
            return {"stale": True}
        if self.filter is not None:
            return {"filter": self.filter}
        return {"ids": list(self.ids)}


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A session that a bulk end means, as it stood when the plan was made."""

    id: str
    label: str
    status: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one instruction.

    Args:
        state: a state of the ledger, or `skipped`.
        via: `page` or `rest`.
        took_ms: milliseconds from posting to the final state, None where nothing was posted.
        instruction: the ledger's id, or None where none was made.
    """

    id: str
    state: str
    via: str
    took_ms: int | None
    text: str
    instruction: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to instructions or ends; `plan` is empty but for ends."""

    results: tuple[Result, ...]
    counts: Mapping[str, int]
    plan: tuple[PlanEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitorView:
    """A visitor as the REST service describes one; what it did not say is None or empty.

    Args:
        label: what a session with this visitor would be called.
        last_page: without its query.
        session: id of the session that is hosted for this visitor already, or None.
    """

    id: str
    label: str
    identities: tuple[str, ...]
    email: str | None
    tags: tuple[str, ...]
    last_page: str | None
    is_online: bool | None
    is_in_session: bool | None
    session: str | None


@dataclass(frozen=True, slots=True)
class SessionDetail:
    """A session with its timeline and ledger, newest last, for the dashboard's detail.

    Args:
        timeline: mappings of `at` (ISO 8601), `kind`, `text`.
        ledger: mappings of the contract's `instruction` keys and `via`, `queued_at`, `sent_at`, `client`.
        last_message: the last message that was not understood, raw and bounded, or None.
    """

    session: SessionView
    timeline: tuple[Mapping[str, Any], ...]
    ledger: tuple[Mapping[str, Any], ...]
    last_message: str | None
