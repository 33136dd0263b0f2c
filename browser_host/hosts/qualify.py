"""Put a host's name before the ids and names in its answers, to tell those of several apart; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from browser_host.api.replies import Drain, StatsReport
from browser_host.api.schema import (
    ALERT,
    Alerts,
    AlertView,
    BrowserView,
    HostEvent,
    HostView,
    Outcome,
    SessionDetail,
    Snapshot,
    VisitorView,
)
from browser_host.host_names import qualified
from browser_host.sessions.views import SessionView


def session(host: str, view: SessionView) -> SessionView:
    """A session with its own id and its instruction's."""
    last = view.instruction
    named = last and replace(last, id=qualified(host, last.id))
    return replace(view, id=qualified(host, view.id), instruction=named)


def snapshot(host: str, answer: Snapshot) -> Snapshot:
    """A snapshot with its sessions, browsers and alerts."""
    sessions = tuple(session(host, view) for view in answer.sessions)
    return Snapshot(answer.seq, host_view(host, answer.host), sessions)


def host_view(host: str, view: HostView) -> HostView:
    """A host with its browsers and alerts."""
    return replace(view, browsers=browsers(host, view.browsers), alerts=alerts(host, view.alerts))


def event(host: str, told: HostEvent) -> HostEvent:
    """An event of a host: `id`, and those of the instruction, the alert or the browsers in its body."""
    body = {**told.body, "host": host}
    body.update({key: _with_id(host, body[key]) for key in ("instruction", "entry") if body.get(key)})
    if told.type.startswith(ALERT):
        named = [qualified(host, one) for one in body.get("sessions") or ()]
        body.update(name=qualified(host, body["name"]), sessions=named)
    if body.get("browsers"):
        body["browsers"] = [{**one, "name": qualified(host, one["name"])} for one in body["browsers"]]
    if told.id is None:
        return replace(told, body=body)
    body["id"] = qualified(host, told.id)
    return replace(told, id=body["id"], body=body)


def _with_id(host: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {**value, "id": qualified(host, value["id"])}


def browsers(host: str, views: Iterable[BrowserView]) -> tuple[BrowserView, ...]:
    """The browsers' endpoints."""
    return tuple(replace(one, name=qualified(host, one.name)) for one in views)


def alerts(host: str, views: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """The alerts, with their sessions."""
    return tuple(
        replace(
            one,
            name=qualified(host, one.name),
            sessions=tuple(qualified(host, session_id) for session_id in one.sessions),
        )
        for one in views
    )


def all_alerts(host: str, answer: Alerts) -> Alerts:
    """The answer about alerts."""
    return Alerts(alerts(host, answer.alerts))


def outcome(host: str, answer: Outcome) -> Outcome:
    """Plan and results; a note says which host it is of."""
    results = tuple(
        replace(
            one,
            id=qualified(host, one.id),
            instruction=one.instruction and qualified(host, one.instruction),
        )
        for one in answer.results
    )
    plan = tuple(replace(entry, id=qualified(host, entry.id)) for entry in answer.plan)
    notes = tuple(f"{host}: {note}" for note in answer.notes)
    return Outcome(results, answer.counts, plan, notes)


def detail(host: str, answer: SessionDetail) -> SessionDetail:
    """A session's detail, with its ledger."""
    ledger = tuple(replace(entry, id=qualified(host, entry.id)) for entry in answer.ledger)
    return replace(answer, session=session(host, answer.session), ledger=ledger)


def visitor(host: str, view: VisitorView) -> VisitorView:
    """A visitor with the session that is hosted for them."""
    return replace(view, session=view.session and qualified(host, view.session))


def entry(host: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry of the journal."""
    named = {key: qualified(host, told[key]) for key in ("session", "instruction") if told.get(key)}
    return {**told, **named, "host": host}


def drain(host: str, answer: Drain) -> Drain:
    """What becomes of an endpoint."""
    return replace(answer, name=qualified(host, answer.name))


def stats(host: str, answer: StatsReport) -> StatsReport:
    """Statistics; a row's key says which host it is of, for medians of several can't be joined."""
    return replace(answer, rows=tuple(replace(row, key=qualified(host, row.key)) for row in answer.rows))
