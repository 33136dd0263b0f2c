"""The lines of the list of alerts; pure."""

from browser_host.api.schema import AlertView
from browser_host.sessions.alerts.alert_state import AlertState
from tui.host.deck import Deck
from tui.style.ages import age
from tui.style.cells import Cell, in_columns
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.widgets.listing import ListRow

_ROLES = {
    AlertState.FIRING: Role.BAD,
    AlertState.PENDING: Role.WARN,
    AlertState.ACKNOWLEDGED: Role.INFO,
    AlertState.RESOLVED: Role.FAINT,
}
_ORDER = tuple(_ROLES)

_SIZES = (12, 8, 28, 7)
"""Cells of the columns before the last, which gets the rest."""


def ordered(deck: Deck) -> tuple[AlertView, ...]:
    """The alerts, those that fire first."""
    alerts = deck.host.alerts if deck.host is not None else ()
    return tuple(sorted(alerts, key=lambda one: _ORDER.index(one.state) if one.state in _ORDER else -1))


def titles(width: int, glyphs: Glyphs) -> Cell:
    """The line above the columns."""
    words = ("state", "severity", "alert", "since", "sessions")
    return in_columns([(Span(word, Role.MUTED),) for word in words], _SIZES, width, glyphs)


def rows(deck: Deck, now: float, width: int, glyphs: Glyphs) -> tuple[ListRow, ...]:
    """A line for each alert."""
    return tuple(ListRow(one.name, _line(one, deck, now, width, glyphs)) for one in ordered(deck))


def _line(alert: AlertView, deck: Deck, now: float, width: int, glyphs: Glyphs) -> Cell:
    views = (deck.sessions.get(session_id) for session_id in alert.sessions)
    labels = ", ".join(printable(view.label or view.id) for view in views if view is not None)
    role = _ROLES.get(alert.state, Role.WARN)
    cells: list[Cell] = [
        (Span(printable(alert.state), role),),
        (Span(printable(alert.severity), Role.MUTED),),
        (Span(printable(alert.name), Role.STRONG),),
        (Span(age(alert.since, now), Role.MUTED),),
        (Span(f"{len(alert.sessions)}  {labels}".rstrip(), Role.MUTED),),
    ]
    return in_columns(cells, _SIZES, width, glyphs)
