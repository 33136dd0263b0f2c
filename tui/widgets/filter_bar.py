"""The line above the footer: the filter while it is typed, then the filter kept, and the last word said."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground
from tui.style.styles import Styles
from tui.widgets.lines import Lines

LONGEST = 256
"""Characters of a filter; what is longer was pasted by accident."""


class FilterInput(Input):
    """The box; `enter` keeps the filter, `escape` leaves it, and all else that it knows is typing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave the filter", show=False)]

    class Left(Message):
        """The operator left the box without keeping what it says."""

    def action_leave(self) -> None:
        """Tell that the box was left."""
        self.post_message(self.Left())


class FilterBar(Horizontal):
    """One line: a box while a filter is typed, else words."""

    DEFAULT_CSS = """
    FilterBar { height: 1; }
    FilterBar > FilterInput {
        height: 1; width: 1fr; min-width: 20; border: none; padding: 0; background: $surface; display: none;
    }
    FilterBar > FilterInput:focus { border: none; background-tint: $foreground 0%; }
    FilterBar > #filter-slash { width: 2; padding-left: 1; display: none; }
    FilterBar > #words { width: 1fr; }
    FilterBar.-open > #words { display: none; }
    FilterBar.-open > FilterInput { display: block; }
    FilterBar.-open > #filter-slash { display: block; }
    """

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.box = FilterInput(
            id="filter-box",
            compact=True,
            max_length=LONGEST,
            select_on_focus=False,
            placeholder="acme status:active",
        )
        self.box.cursor_blink = False  # a blink is a byte a second over the line
        self._slash = Lines(Ground.TABLE, glyphs, id="filter-slash")
        self._words = Lines(Ground.TABLE, glyphs, id="words")

    def compose(self) -> ComposeResult:
        """The box, hidden until it is opened, and the words."""
        yield self._slash
        yield self.box
        yield self._words

    @property
    def is_open(self) -> bool:
        """A filter is being typed; no key may act."""
        return self.has_class("-open")

    def open(self) -> None:
        """Show the box, and give it the keys."""
        self.add_class("-open")
        # At once: `focus` would wait its turn, and what was typed meanwhile would be lost.
        self.screen.set_focus(self.box)
        self.box.cursor_position = len(self.box.value)

    def close(self) -> None:
        """Hide the box; the keys are the screen's again."""
        self.remove_class("-open")
        self.screen.set_focus(None)

    def show(self, slash: Cell, words: Cell, styles: Styles) -> None:
        """Show the sign before the box, and the words where no box is."""
        self._slash.show((slash,), styles)
        self._words.show((words,), styles)
