"""The host's answers as frozen values: the one source of the JSON, of its readers and of `/v1/openapi.json`.

They are plain dataclasses because loading pydantic would delay the clients: `sessions.json_codec` reads and
writes them, and `api.openapi` describes them. The requests are in `api.requests`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from browser_host.sessions import json_codec
from browser_host.sessions.alerts.alert_state import AlertState, Severity
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.json_codec import Timestamp
from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import LedgerView, MomentView, SessionView

SCHEMA = json_codec.SCHEMA

ADDED, REMOVED = ChangeType.ADDED, ChangeType.REMOVED
"""The types of the events for an added and a removed session."""

SKIPPED = "skipped"
"""The state of a result without an instruction: there was nothing to do, and its text says why."""

CHANGED = "session.changed"
"""Several events of one session in one line, for a client that requested merged events."""

RESYNC = "host.resync"
"""The client missed events and must take a new snapshot."""

ALERT = "alert."
"""The types of events about alerts begin with it; their state follows."""

BEAT = "host.beat"
"""Nothing happened, and the host is running."""

BEAT_EVERY_S = 10.0
"""Seconds between beats on a quiet stream; the contract promises one at least every 15 s."""


@dataclass(frozen=True, slots=True)
class BrowserView:
    """A browser, or what is known of a missing one.

    Args:
        name: of its endpoint.
        max_sessions: most sessions of its endpoint.
        isolated: whether the self-test at its start found its sessions isolated; None if it was not tested.
        since: when it reached its state; None if unknown.
        reason: why it is down or being started; None if nothing is wrong.
        number: rises with each start; None if there is no browser.
        busiest: the share of time, 0 to 1, that the thread of its busiest page works.
        round_trip_s: seconds that its last answer took; 0 before the first.
    """

    name: str
    kind: str
    state: BrowserState
    sessions: int
    max_sessions: int
    isolated: bool | None
    version: str
    since: Timestamp | None
    reason: str | None
    number: int | None = None
    program: str = ""
    pages: int = 0
    busiest: float = 0.0
    sandbox: bool | None = None
    round_trip_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Browsers:
    """The browsers' endpoints, each once."""

    browsers: tuple[BrowserView, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert that is or was about a session.

    Args:
        since: when it reached its state.
        sessions: those for which it fires, or is acknowledged or pending; empty if it is resolved.
        notify: where dashboards announce it (`toast`, `bell`, `desktop`).
    """

    name: str
    severity: Severity
    state: AlertState
    since: Timestamp
    sessions: tuple[str, ...]
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts, in the order of the configuration."""

    alerts: tuple[AlertView, ...]


@dataclass(frozen=True, slots=True)
class DiscoveryView:
    """The state of discovery.

    Args:
        held_back: visitors who are not opened only because of the ceiling.
        trouble: why the last poll failed, or None.
    """

    seen: int = 0
    held: int = 0
    held_back: int = 0
    ceiling: int = 0
    links_this_hour: int = 0
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class HostView:
    """The host as the snapshot describes it.

    Args:
        undo_s: seconds that an end waits before anything is posted.
        confirm_within_s: seconds within which a page must confirm an instruction.
        simulated: the sessions are the built-in simulator's.
        journal: why the journal can't be written, so that changes are refused; None if it can.
        configuration: why the last reload was refused and the previous file is still in force; None if it is
            not.
        given_up: why no browser is started until somebody requests it; None if one may be.
        discovery: None if it is off.
        automatic: the rules of staleness by which the host ends sessions.
        stale: the host's limits of staleness, for countdowns.
        visitors: why what the REST service reported last of the visitors is old; None if it is not.
        alerts: as of the snapshot; events tell of changes.
    """

    version: str
    pid: int
    started_at: Timestamp
    read_only: bool
    browsers: tuple[BrowserView, ...]
    undo_s: float = 0.0
    confirm_within_s: float = 5.0
    raw_instructions: bool = False
    simulated: bool = False
    journal: str | None = None
    configuration: str | None = None
    given_up: str | None = None
    discovery: DiscoveryView | None = None
    automatic: tuple[str, ...] = ()
    stale: StaleRules = field(default_factory=StaleRules)
    visitors: str | None = None
    alerts: tuple[AlertView, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the host knows as of event number `seq`."""

    seq: int
    host: HostView
    sessions: tuple[SessionView, ...]


@dataclass(frozen=True, slots=True)
class HostEvent:
    """A line of the event stream.

    Args:
        id: the session it is about, or None.
        body: the whole JSON object; top-level keys that are keys of SESSION have their new values, so
            `sessions.views.merged(view, body)` returns the session as the host has it.
    """

    seq: int
    at: Timestamp
    type: str
    id: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """The sessions that an instruction is for: exactly one of the four is given.

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
    """A session of a bulk end's plan, as it was when the plan was made.

    Args:
        reason: why it is in the plan, with what the REST service reports of the visitor and how long ago.
        age_s: seconds since its page was opened, or None.
        visitor: what the REST service says of the visitor, without ages, or None where it said nothing.
    """

    id: str
    label: str
    status: str | None
    reason: str
    age_s: float | None = None
    visitor: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one instruction.

    Args:
        state: a state of the ledger, or `skipped`.
        via: `page` or `rest`.
        took_ms: milliseconds from posting to the final state; None if nothing was posted.
        instruction: the ledger's id, or None if there is no instruction.
    """

    id: str
    state: str
    via: str
    took_ms: int | None
    text: str
    instruction: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to instructions or ends; `plan` and `notes` are empty but for ends.

    Args:
        notes: what whoever ends sessions should know, such as that the REST service did not answer.
    """

    results: tuple[Result, ...]
    counts: Mapping[str, int]
    plan: tuple[PlanEntry, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitorView:
    """A visitor as the REST service describes one; what it did not report is None or empty.

    Args:
        label: the label that a session with this visitor would have.
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
        last_message: the last message that was not understood, raw and bounded, or None.
    """

    session: SessionView
    timeline: tuple[MomentView, ...]
    ledger: tuple[LedgerView, ...]
    last_message: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was refused."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a refused request."""

    error: Problem
