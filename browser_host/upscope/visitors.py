"""A visitor as the service describes one, and what to call them."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from browser_host.sessions.session import LABEL_LIMIT

TAGS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person on the customer's website; what the service did not say is None or empty.

    All text is bounded and printable.

    Args:
        short_id: the id that the service's calls take.
        last_page: scheme, host and path of where they are; the query is left out, for it may hold a secret.
        last_seen_at: as the service writes it.
    """

    short_id: str
    unique_id: str | None = None
    identities: tuple[str, ...] = ()
    email: str | None = None
    tags: tuple[str, ...] = ()
    is_online: bool | None = None
    is_in_session: bool | None = None
    is_supported: bool | None = None
    is_waiting_for_call: bool | None = None
    last_page: str | None = None
    last_seen_at: str | None = None
    lookup_code: str | None = None
    ip_address: str | None = None
    location_city: str | None = None
    location_country: str | None = None
    browser_name: str | None = None
    device_name: str | None = None
    device_type: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of the plan is used, as far as the service says so."""

    agents: int | None = None
    sessions_now: int | None = None
    visitors_online: int | None = None


def label_of(visitor: Visitor) -> str:
    """What an operator would call the session: who it is, where they are, and their first tags."""
    who = next(iter(visitor.identities), None) or visitor.email or visitor.unique_id or visitor.short_id
    page = urlsplit(visitor.last_page).path.rstrip("/") if visitor.last_page else ""
    label = " ".join([f"{who} · {page}" if page else who, *(f"#{tag}" for tag in visitor.tags[:TAGS_SHOWN])])
    return label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 1]}…"
