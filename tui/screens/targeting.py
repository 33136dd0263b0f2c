"""Whom a key means: captured when it is pressed, and only where the operator can know whom it hits."""

from typing import TYPE_CHECKING

from tui import rows, view_state
from tui.screens import asks
from tui.screens.painter import Painter
from tui.view_state import Aim, Target

if TYPE_CHECKING:
    from tui.screens.sessions import SessionsScreen


class Targeting:
    """Turns keys and the palette's choices into what the main screen asks of the app.

    Args:
        screen: the main screen.
        painter: its parts.
    """

    def __init__(self, screen: "SessionsScreen", painter: Painter) -> None:
        self._screen = screen
        self._painter = painter

    def send(self, action: str) -> None:
        """Asks for an action, by its id, on the marks or the row under the cursor."""
        aim = view_state.target(self._screen.view)
        if aim.aim is not Aim.CURSOR or self.is_certain():
            self.act(action, aim)

    def act(self, action: str, aim: Target) -> None:
        """Asks for an action, by its id, on a target that was captured."""
        if not aim.ids:
            self._screen.say("nothing was done: none of them is left")
        elif action.startswith("copy-"):
            self.copy(action.removeprefix("copy-"), aim)
        else:
            self._screen.post_message(asks.asked_of(action, aim))

    def copy(self, what: str, aim: Target) -> None:
        """Asks for a target's ids (`what` is `id`) or rows to be copied."""
        deck = self._screen.deck
        views = [deck.sessions[session_id] for session_id in aim.ids]
        telling = self._painter.telling(deck, self._screen.now)
        self._screen.post_message(
            asks.CopyAsked(rows.copied(views, what, self._painter.table.columns, telling))
        )

    def is_certain(self) -> bool:
        """The operator put the cursor where it is, and sees it; else its row is shown and named first."""
        held = self._screen.view.selection
        if held.cursor is None:
            return False
        seen = self._painter.table.in_sight(held.cursor)
        if held.chosen and seen:
            return True
        why = "was out of sight" if held.chosen else "came under the cursor by itself"
        self._screen.point(held.cursor)
        self._painter.table.reveal()
        label = self._screen.deck.sessions[held.cursor].label
        self._screen.say(f"{label} {why}: nothing was done, press again to act on it")
        return False
