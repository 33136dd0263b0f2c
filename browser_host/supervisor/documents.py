"""What is known of a session and of a visitor, as the API's JSON."""

from collections.abc import Mapping
from typing import Any

from browser_host.api.schema import SCHEMA
from browser_host.sessions import views
from browser_host.sessions.session import Session
from browser_host.sessions.views import SessionView
from browser_host.upscope.visitors import Visitor, label_of


def detail(session: Session, view: SessionView) -> Mapping[str, Any]:
    """One session with its timeline and ledger."""
    return {
        "schema": SCHEMA,
        "session": views.to_json(view),
        "timeline": views.timeline_json(session),
        "ledger": views.ledger_json(session),
        "last_message": session.last_message,
    }


def visitor(one: Visitor, session_id: str | None) -> Mapping[str, Any]:
    """A visitor of the service.

    Args:
        session_id: of the session that is hosted for this visitor already, or None.
    """
    return {
        "id": one.short_id,
        "label": label_of(one),
        "identities": list(one.identities),
        "email": one.email,
        "tags": list(one.tags),
        "last_page": one.last_page,
        "is_online": one.is_online,
        "is_in_session": one.is_in_session,
        "session": session_id,
    }
