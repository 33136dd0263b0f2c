"""What the dashboard knows of the host: the last snapshot and the events after it, as one frozen value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from browser_host.api.schema import HostEvent, HostView, Snapshot
from browser_host.sessions import views
from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import SessionView

RUNNING = "running"
"""The host's word for a browser that serves."""

LOST = "lost"
"""What a browser is called from its loss until another has started."""

_ADDED = "session.added"
_REMOVED = "session.removed"
_DEFAULT_RULES = StaleRules()
_NOTHING: Mapping[str, SessionView] = MappingProxyType({})


class LinkState(Enum):
    """How the line to the host stands."""

    CONNECTING = "connecting"
    ATTACHED = "attached"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Deck:
    """The sessions as the host last told them.

    Args:
        host: the host as the snapshot described it, None before the first.
        sessions: by id, in the order of their arrival.
        seq: number of the last event in it.
        lost_since: epoch seconds at which the host was lost, None while it is there.
        looking: this dashboard was told to change nothing, whatever the host would take.
        newest: id of the session that changed last, for the cursor that follows.
    """

    host: HostView | None = None
    sessions: Mapping[str, SessionView] = field(default_factory=lambda: _NOTHING)
    seq: int = 0
    link: LinkState = LinkState.CONNECTING
    lost_since: float | None = None
    newest: str | None = None
    looking: bool = False


def from_snapshot(snapshot: Snapshot) -> Deck:
    """The deck of a host that has just been attached to."""
    return Deck(
        host=snapshot.host,
        sessions={session.id: session for session in snapshot.sessions},
        seq=snapshot.seq,
        link=LinkState.ATTACHED,
    )


def with_events(deck: Deck, events: Iterable[HostEvent]) -> Deck:
    """The deck after many events; the mapping is copied once, however many they are."""
    events = tuple(events)
    if not events:
        return deck
    sessions = dict(deck.sessions)
    host, seq, newest = deck.host, deck.seq, deck.newest
    for event in events:
        seq = max(seq, event.seq)
        if event.id is None:
            host = _with_browsers(host, event)
        elif event.type == _REMOVED:
            sessions.pop(event.id, None)
        elif event.type == _ADDED:
            sessions[event.id] = views.from_json(event.body)
            newest = event.id
        elif (held := sessions.get(event.id)) is not None:
            sessions[event.id] = views.merged(held, event.body)
            newest = event.id
    return replace(deck, host=host, sessions=sessions, seq=seq, newest=newest)


def lost(deck: Deck, since: float) -> Deck:
    """The deck of a host that went away at `since` (epoch seconds): what was last known stays to be read."""
    first = since if deck.lost_since is None else deck.lost_since
    return replace(deck, link=LinkState.LOST, lost_since=first)


def is_read_only(deck: Deck) -> bool:
    """The host refuses every instruction, or this dashboard gives none."""
    return deck.looking or (deck.host is not None and deck.host.read_only)


def stale_rules(deck: Deck) -> StaleRules:
    """The limits that the host judges by."""
    return _DEFAULT_RULES if deck.host is None else deck.host.stale_rules


def refusal(deck: Deck) -> str | None:
    """Why nothing can be changed now, in words for the operator; None where it can."""
    if deck.link is LinkState.LOST:
        return "the host is lost: nothing can be sent until it is back"
    if deck.link is LinkState.CONNECTING:
        return "not attached to the host yet"
    if deck.host is not None and deck.host.read_only:
        return "the host is read-only (host.read_only): it takes no instructions"
    if deck.looking:
        return "this dashboard is read-only (--read-only): it gives no instructions"
    if deck.host is not None and deck.host.journal is not None:
        return f"nothing can be changed: {deck.host.journal}"
    return None


def _with_browsers(host: HostView | None, event: HostEvent) -> HostView | None:
    """The host after a browser started or was lost; one that started takes the place of those lost."""
    number = event.body.get("browser")
    if host is None or number is None:
        return host
    match event.type:
        case "browser.started":
            held = (b for b in host.browsers if b.get("number") != number and b.get("state") != LOST)
            began = {key: event.body.get(key) for key in ("name", "version")}
            return replace(host, browsers=(*held, {**began, "number": number, "state": RUNNING}))
        case "browser.lost":
            browsers = ({**b, "state": LOST} if b.get("number") == number else b for b in host.browsers)
            return replace(host, browsers=tuple(browsers))
        case _:
            return host
