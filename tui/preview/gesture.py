"""The mouse on the picture: what it is to the page, and when it may go there; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from browser_host.protocol.pointer_input import MOST_POINTS, Place, PointerInput, PointerKind
from browser_host.sessions.views import SessionView
from tui.host.deck import Deck, refusal

FRESH_S = 5.0
"""Seconds for which a picture can be clicked: what was under the pointer may be elsewhere by then."""

OLD = f"No input sent: the picture is older than {FRESH_S:.0f} s"
HELD = "No input sent: the display is paused (P)"
NO_MODE = "No input sent: set draw, pointer or cursor mode first (d, p, c)"


@dataclass(frozen=True, slots=True)
class Gesture:
    """What the mouse does on a session's picture, from the press of its button.

    Args:
        cells: those that it went over, from the picture's left and top.
    """

    session_id: str
    cells: tuple[tuple[int, int], ...]

    def moved(self, cell: tuple[int, int]) -> "Gesture":
        """The gesture with one more cell; of a long way every other one is left out."""
        if cell == self.cells[-1]:
            return self
        kept = self.cells if len(self.cells) <= MOST_POINTS else self.cells[::2]
        return replace(self, cells=(*kept, cell))

    def input(self, size: tuple[int, int]) -> PointerInput:
        """What it is to the page: a click where it stayed on one cell, else a drag.

        Args:
            size: columns and lines of the picture.
        """
        columns, lines = size
        places = tuple(Place((x + 0.5) / columns, (y + 0.5) / lines) for x, y in self.cells)
        return PointerInput(PointerKind.CLICK if len(places) == 1 else PointerKind.DRAG, places)


def clamped(cell: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """The nearest cell of a picture."""
    return min(max(cell[0], 0), size[0] - 1), min(max(cell[1], 0), size[1] - 1)


def objection(deck: Deck, session_id: str, *, age_s: float, held: bool) -> str | None:
    """Why nothing of it may go to the page, in words for the operator; None if it may.

    Args:
        age_s: of the picture; negative if the clock was put back.
        held: the display is paused.
    """
    if (refused := refusal(deck)) is not None:
        return refused
    if held:
        return HELD
    if not 0 <= age_s <= FRESH_S:
        return OLD
    return _objection_of(deck.sessions, session_id)


def _objection_of(sessions: Mapping[str, SessionView], session_id: str) -> str | None:
    session = sessions.get(session_id)
    if session is None:
        return "No input sent: the host no longer lists the session"
    if session.hosting != "live":
        return f"No input sent: the session is {session.hosting}"
    return NO_MODE if session.mode is None else None
