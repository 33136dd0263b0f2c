"""What screens are to the app and to their own parts: protocols, so that imports run one way."""

from typing import Protocol, runtime_checkable

from textual.message import Message

from tui.host.deck import Deck
from tui.style.roles import Role
from tui.view.view_state import ViewState


@runtime_checkable
class Live(Protocol):
    """A screen that shows the deck."""

    def show(self, deck: Deck, now: float) -> None:
        """Show the deck as it is at `now` (epoch seconds)."""


@runtime_checkable
class Speaking(Protocol):
    """A screen with a line for notices."""

    def say(self, words: str, role: Role = Role.WARN) -> None:
        """Show a notice in place of the one before."""


class Targetable(Protocol):
    """The main screen, as its `Targeting` sees it."""

    now: float

    @property
    def view(self) -> ViewState:
        """The operator's view as it stands."""

    @property
    def deck(self) -> Deck:
        """The sessions as they are shown."""

    def adopt(self) -> None:
        """Count the row under the cursor as chosen by the operator."""

    def point(self, session_id: str) -> None:
        """Put the cursor on a row."""

    def say(self, words: str, role: Role = Role.WARN) -> None:
        """Show a notice in place of the one before."""

    def post_message(self, message: Message) -> bool:
        """Post a message to the app."""
