"""A visitor as the service describes one, and what to call them."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from browser_host.sessions.session import LABEL_LIMIT
from browser_host.sessions.visitor_state import VisitorReport

TAGS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class SessionAgent:
    """An agent who is in session with a visitor; what the service did not report is None."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person on the customer's website; what the service did not report is None or empty.

    All text is bounded and printable.

    Args:
        short_id: the id that the service's calls take.
        last_page: scheme, host and path of where they are, without what may hold a secret.
        last_seen_at: epoch seconds, by the service's clock.
        agents: who is in session with them, where the service says so.
    """

    short_id: str
    unique_id: str | None = None
    identities: tuple[str, ...] = ()
    email: str | None = None
    tags: tuple[str, ...] = ()
    is_online: bool | None = None
    is_in_session: bool | None = None
    last_page: str | None = None
    last_seen_at: float | None = None
    agents: tuple[SessionAgent, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of the plan is used, as far as the service reports it."""

    agents: int | None = None
    sessions_now: int | None = None
    visitors_online: int | None = None


def report_of(visitor: Visitor, agent_id: str) -> VisitorReport:
    """What sessions keep of a visitor.

    Args:
        agent_id: this host's own, which is no other agent.
    """
    others = (agent.name or agent.id for agent in visitor.agents if agent.id != agent_id)
    return VisitorReport(
        online=visitor.is_online,
        in_session=visitor.is_in_session,
        last_seen_at=visitor.last_seen_at,
        url=visitor.last_page,
        tags=visitor.tags,
        agents=tuple(dict.fromkeys(filter(None, others))),
    )


def label_of(visitor: Visitor) -> str:
    """The session's label: who it is, the page they are on, and their first tags."""
    who = next(iter(visitor.identities), None) or visitor.email or visitor.unique_id or visitor.short_id
    page = urlsplit(visitor.last_page).path.rstrip("/") if visitor.last_page else ""
    label = " ".join([f"{who} · {page}" if page else who, *(f"#{tag}" for tag in visitor.tags[:TAGS_SHOWN])])
    return label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 1]}…"
