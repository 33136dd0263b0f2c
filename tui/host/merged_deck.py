"""The decks of several hosts as one; pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from browser_host.hosts import merge
from tui.host.deck import ConnectionState, Deck, HostStanding

if TYPE_CHECKING:
    from browser_host.sessions.views import SessionView


def merged(decks: Mapping[str, Deck], latest: str) -> Deck:
    """All sessions; it is attached while one of the hosts is, and tells of the others in `hosts`.

    Args:
        decks: by the host's name, at least one.
        latest: the host whose deck changed last.
    """
    sessions: dict[str, SessionView] = {}
    for deck in decks.values():
        sessions.update(deck.sessions)
    views = {name: deck.host for name, deck in decks.items() if deck.host is not None}
    link = _link({deck.link for deck in decks.values()})
    lost = [deck.lost_since for deck in decks.values() if deck.lost_since is not None]
    return Deck(
        host=merge.host_view(views) if views else None,
        sessions=MappingProxyType(sessions),
        seq=sum(deck.seq for deck in decks.values()),
        link=link,
        lost_since=max(lost) if link is ConnectionState.LOST else None,
        newest=decks[latest].newest,
        hosts={name: HostStanding(deck.link, deck.lost_since, deck.host) for name, deck in decks.items()},
    )


def _link(links: set[ConnectionState]) -> ConnectionState:
    by_weight = (ConnectionState.ATTACHED, ConnectionState.CONNECTING, ConnectionState.LOST)
    return next(link for link in by_weight if link in links)
