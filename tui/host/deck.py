"""What the dashboard knows of the host: the last snapshot and the events after it, as one frozen value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from browser_host.api.schema import ALERT, AlertView, BrowserView, HostEvent, HostView, Snapshot
from browser_host.sessions import views
from browser_host.sessions.alerts.alert_state import MOST_ALERTS
from browser_host.sessions.json_codec import from_json
from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import SessionView

REPLAYED = "REPLAY: nothing can be sent"
"""Why nothing can be changed where a recording is shown."""

_ADDED = "session.added"
_REMOVED = "session.removed"
_DEFAULT_RULES = StaleRules()
_NOTHING: Mapping[str, SessionView] = MappingProxyType({})


class Access(Enum):
    """What this dashboard may do, whatever the host would take."""

    FULL = "full"
    READ_ONLY = "read-only"
    """It was told to change nothing."""
    REPLAY = "replay"
    """There is no host: it shows a recording."""


class ConnectionState(Enum):
    """How the line to the host stands."""

    CONNECTING = "connecting"
    ATTACHED = "attached"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class HostStanding:
    """How one of several hosts stands.

    Args:
        lost_since: epoch seconds, None while it is there.
        view: as its last snapshot described it, None before the first.
    """

    link: ConnectionState = ConnectionState.CONNECTING
    lost_since: float | None = None
    view: HostView | None = None


_ALONE: Mapping[str, HostStanding] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deck:
    """The sessions as the host last told them.

    Args:
        host: the host as the snapshot described it, None before the first.
        sessions: by id, in the order of their arrival.
        seq: number of the last event in it.
        lost_since: epoch seconds at which the host was lost, None while it is there.
        newest: id of the session that changed last, for the cursor that follows.
        hosts: each by its name, where there are several; `host` and `link` then tell of all of them.
    """

    host: HostView | None = None
    sessions: Mapping[str, SessionView] = field(default_factory=lambda: _NOTHING)
    seq: int = 0
    link: ConnectionState = ConnectionState.CONNECTING
    lost_since: float | None = None
    newest: str | None = None
    access: Access = Access.FULL
    hosts: Mapping[str, HostStanding] = field(default_factory=lambda: _ALONE)


_UNATTACHED = {
    ConnectionState.LOST: "Connection to the host lost; nothing can be sent until it is back",
    ConnectionState.CONNECTING: "Not connected to the host yet",
}


def from_snapshot(snapshot: Snapshot) -> Deck:
    """The deck of a host that has just been attached to."""
    return Deck(
        host=snapshot.host,
        sessions={session.id: session for session in snapshot.sessions},
        seq=snapshot.seq,
        link=ConnectionState.ATTACHED,
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
            host = _with_alert(_with_browsers(host, event), event)
        elif event.type == _REMOVED:
            sessions.pop(event.id, None)
        elif event.type == _ADDED:
            sessions[event.id] = from_json(SessionView, event.body)
            newest = event.id
        elif (held := sessions.get(event.id)) is not None:
            sessions[event.id] = views.merged(held, event.body)
            newest = event.id
    return replace(deck, host=host, sessions=sessions, seq=seq, newest=newest)


def lost(deck: Deck, since: float) -> Deck:
    """The deck of a host that went away at `since` (epoch seconds): what was last known stays to be read."""
    first = since if deck.lost_since is None else deck.lost_since
    return replace(deck, link=ConnectionState.LOST, lost_since=first)


def standings(deck: Deck) -> Mapping[str, HostStanding]:
    """Each host by its name; the only one has none."""
    return deck.hosts or {"": HostStanding(deck.link, deck.lost_since, deck.host)}


def lost_hosts(deck: Deck) -> frozenset[str]:
    """The names of the hosts that are lost."""
    return frozenset(name for name, one in standings(deck).items() if one.link is ConnectionState.LOST)


def attached_hosts(deck: Deck) -> frozenset[str]:
    """The names of the hosts that are attached to."""
    return frozenset(name for name, one in standings(deck).items() if one.link is ConnectionState.ATTACHED)


def is_read_only(deck: Deck) -> bool:
    """The host refuses every instruction, or this dashboard gives none."""
    return deck.access is Access.READ_ONLY or (deck.host is not None and deck.host.read_only)


def stale_rules(deck: Deck) -> StaleRules | tuple[tuple[str, StaleRules], ...]:
    """The limits that the host judges by, or those of several hosts by name."""
    if len(deck.hosts) > 1:
        return tuple((name, one.view.stale) for name, one in deck.hosts.items() if one.view is not None)
    return _DEFAULT_RULES if deck.host is None else deck.host.stale


def refusal(deck: Deck) -> str | None:
    """Why nothing can be changed now, in words for the operator; None if it can."""
    if deck.access is Access.REPLAY:
        return REPLAYED
    if (unattached := _UNATTACHED.get(deck.link)) is not None:
        return unattached
    if deck.host is not None and deck.host.read_only:
        return "The host is read-only (host.read_only)"
    if deck.access is Access.READ_ONLY:
        return "This dashboard is read-only (--read-only)"
    if deck.host is not None and deck.host.journal is not None:
        return f"No changes possible: {deck.host.journal}"
    return None


def _with_browsers(host: HostView | None, event: HostEvent) -> HostView | None:
    """The host after an event that says how its browsers stand now."""
    browsers = event.body.get("browsers")
    if host is None or browsers is None:
        return host
    return replace(host, browsers=tuple(from_json(BrowserView, one) for one in browsers))


def _with_alert(host: HostView | None, event: HostEvent) -> HostView | None:
    """The host after an event that says how one of its alerts stands now; a recording may name too many."""
    if host is None or not event.type.startswith(ALERT):
        return host
    view = from_json(AlertView, event.body)
    held = {one.name: one for one in host.alerts} | {view.name: view}
    return replace(host, alerts=tuple(held.values())[-MOST_ALERTS:])
