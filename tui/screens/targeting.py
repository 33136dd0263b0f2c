"""The target of a key: captured when it is pressed, and only if the operator can know whom it hits."""

from tui.screens import messages
from tui.screens.painter import Painter
from tui.screens.screen_protocols import Targetable
from tui.view import rows, view_state
from tui.view.view_state import ActionTarget, Aim, Switch


class Targeting:
    """Turns keys and the palette's choices into requests to the app.

    Args:
        screen: the main screen.
        painter: its parts.
    """

    def __init__(self, screen: Targetable, painter: Painter) -> None:
        self._screen = screen
        self._painter = painter

    def send(self, action: str) -> None:
        """Request an action, by its id, on the marks or the row under the cursor."""
        aim = view_state.target(self._screen.view)
        if aim.aim is not Aim.CURSOR:
            self.act(action, aim)
        elif self.is_certain():
            self._screen.adopt()
            self.act(action, aim)

    def act(self, action: str, aim: ActionTarget) -> None:
        """Request an action, by its id, on a captured target."""
        if not aim.ids:
            self._screen.say("Nothing sent: none of them is left")
        elif action.startswith("copy-"):
            self.copy(action.removeprefix("copy-"), aim)
        else:
            self._screen.post_message(messages.asked_of(action, aim))
            if Switch.PAUSED in self._screen.view.switches:
                self._screen.say("Asked for; P shows the outcome")

    def copy(self, what: str, aim: ActionTarget) -> None:
        """Request that a target's ids (`what` is `id`) or rows are copied."""
        deck = self._screen.deck
        views = [deck.sessions[session_id] for session_id in aim.ids]
        context = self._painter.context(deck, self._screen.now)
        self._screen.post_message(
            messages.CopyAsked(rows.copied(views, what, self._painter.table.columns, context))
        )

    def is_certain(self) -> bool:
        """Whether the operator chose the cursor's row and sees it; else show it and name it first."""
        held = self._screen.view.selection
        if held.cursor is None:
            return False
        seen = self._painter.table.in_sight(held.cursor)
        if held.chosen and seen:
            return True
        self._screen.point(held.cursor)
        self._painter.table.reveal()
        label = self._screen.deck.sessions[held.cursor].label
        what = f"{label} was out of sight" if held.chosen else f"The target is now {label}"
        self._screen.say(f"{what}; nothing sent. Press again to confirm")
        return False
