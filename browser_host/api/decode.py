"""JSON from the host into the schema's values; tolerant of keys that a newer host may add."""

import json
from collections.abc import Mapping
from typing import Any

from browser_host.api.schema import (
    HostEvent,
    HostView,
    Outcome,
    PlanEntry,
    Result,
    SessionDetail,
    Snapshot,
    VisitorView,
)
from browser_host.errors import HostRunning, Refused, UnknownSession, UsageError, WatchdeckError
from browser_host.sessions import staleness, views
from browser_host.sessions.instant import from_iso
from browser_host.sessions.staleness import StaleRules

_ERRORS = {kind.code: kind for kind in (UsageError, Refused, UnknownSession, HostRunning)}
_ERRORS["journal"] = Refused  # what can't be written down is refused


def snapshot(body: Mapping[str, Any]) -> Snapshot:
    """The answer of `/v1/snapshot`."""
    host = body["host"]
    return Snapshot(
        seq=body["seq"],
        host=HostView(
            version=host["version"],
            pid=host["pid"],
            started_at=from_iso(host["started_at"]),
            read_only=host["read_only"],
            browsers=tuple(host["browsers"]),
            undo_s=host.get("undo_s", 0.0),
            confirm_within_s=host.get("confirm_within_s", 5.0),
            raw_instructions=host.get("raw_instructions", False),
            simulated=host.get("simulated", False),
            journal=host.get("journal"),
            configuration=host.get("configuration"),
            given_up=host.get("given_up"),
            discovery=host.get("discovery"),
            automatic=tuple(host.get("automatic", ())),
            stale_rules=staleness.rules_from_json(host["stale"]) if "stale" in host else StaleRules(),
        ),
        sessions=tuple(views.from_json(session) for session in body["sessions"]),
    )


def event(line: str) -> HostEvent:
    """A line of `/v1/events`."""
    body = json.loads(line)
    return HostEvent(
        seq=body["seq"], at=from_iso(body["at"]), type=body["type"], id=body.get("id"), body=body
    )


def outcome(body: Mapping[str, Any]) -> Outcome:
    """The answer of `/v1/instructions`, `/v1/ends` and `/v1/cancel`."""
    return Outcome(
        results=tuple(
            Result(
                id=result["id"],
                state=result["state"],
                via=result["via"],
                took_ms=result["took_ms"],
                text=result["text"],
                instruction=result.get("instruction"),
            )
            for result in body["results"]
        ),
        counts=body["counts"],
        plan=tuple(
            PlanEntry(id=entry["id"], label=entry["label"], status=entry["status"], reason=entry["reason"])
            for entry in body.get("plan", ())
        ),
    )


def visitors(body: Mapping[str, Any]) -> tuple[VisitorView, ...]:
    """The answer of `/v1/visitors`."""
    return tuple(
        VisitorView(
            id=one["id"],
            label=one["label"],
            identities=tuple(one["identities"]),
            email=one["email"],
            tags=tuple(one["tags"]),
            last_page=one["last_page"],
            is_online=one["is_online"],
            is_in_session=one["is_in_session"],
            session=one["session"],
        )
        for one in body["visitors"]
    )


def detail(body: Mapping[str, Any]) -> SessionDetail:
    """The answer of `/v1/sessions/ID`."""
    return SessionDetail(
        session=views.from_json(body["session"]),
        timeline=tuple(body["timeline"]),
        ledger=tuple(body["ledger"]),
        last_message=body["last_message"],
    )


def error(status: int, content: bytes) -> WatchdeckError:
    """The host's refusal as the error it stands for."""
    try:
        body = json.loads(content)["error"]
        return _ERRORS.get(body["code"], WatchdeckError)(body["text"])
    except (ValueError, KeyError, TypeError):
        return WatchdeckError(f"the host answered with HTTP status {status} and no explanation")
