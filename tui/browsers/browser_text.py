"""The lines of the list of endpoints; pure."""

from collections.abc import Mapping, Sequence

from browser_host.api.endpoint_views import endpoints
from browser_host.api.schema import BrowserView
from browser_host.host_names import host_of, qualified
from browser_host.sessions.browser_state import BrowserState
from tui.host.deck import Deck
from tui.style.ages import age
from tui.style.cells import Cell, in_columns
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.widgets.listing import ListRow

_ROLES: Mapping[str, Role] = {
    BrowserState.UP: Role.GOOD,
    BrowserState.STARTING: Role.WARN,
    BrowserState.DRAINING: Role.INFO,
    BrowserState.DOWN: Role.BAD,
}
_TITLES = ("endpoint", "kind", "state", "sessions", "isolated", "since", "version", "reason")
_SIZES = (16, 10, 8, 9, 8, 6, 14)
"""Cells of the columns before the last, which gets the rest."""
_NARROW = 110
"""Cells of a line below which the version is left out, for the reason."""
_VERSION = 6
_ISOLATED = {True: ("yes", Role.MUTED), False: ("no", Role.WARN), None: ("", Role.MUTED)}


def known(deck: Deck) -> tuple[BrowserView, ...]:
    """The endpoints, by name."""
    found = endpoints(deck.host.browsers) if deck.host is not None else ()
    return tuple(sorted(found, key=lambda one: one.name))


def titles(width: int, glyphs: Glyphs) -> Cell:
    """The line above the columns."""
    return _laid([(Span(word, Role.MUTED),) for word in _TITLES], width, glyphs)


def rows(deck: Deck, now: float, width: int, glyphs: Glyphs) -> tuple[ListRow, ...]:
    """A line for each endpoint."""
    return tuple(ListRow(one.name, _line(one, deck, now, width, glyphs)) for one in known(deck))


def _line(one: BrowserView, deck: Deck, now: float, width: int, glyphs: Glyphs) -> Cell:
    # Counted here: no event tells the host's own count.
    held = sum(
        view.ended is None
        and view.browser is not None
        and qualified(host_of(view.id), view.browser) == one.name
        for view in deck.sessions.values()
    )
    cells: list[Cell] = [
        (Span(printable(one.name), Role.STRONG),),
        (Span(printable(one.kind), Role.MUTED),),
        (Span(printable(one.state), _ROLES.get(one.state, Role.WARN)),),
        (Span(f"{held}/{one.max_sessions}", Role.PLAIN),),
        (Span(*_ISOLATED[one.isolated]),),
        (Span(age(one.since, now), Role.MUTED),),
        (Span(printable(one.version), Role.MUTED),),
        (Span(printable(one.reason or ""), Role.WARN),),
    ]
    return _laid(cells, width, glyphs)


def _laid(cells: Sequence[Cell], width: int, glyphs: Glyphs) -> Cell:
    sizes = [0 if width < _NARROW and at == _VERSION else size for at, size in enumerate(_SIZES)]
    return in_columns(cells, sizes, width, glyphs)
