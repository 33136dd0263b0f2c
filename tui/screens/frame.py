"""The frame of a screen with a list: bars above it, words and keys below; each part sends what changed."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground, Role, Span, printable
from tui.style.styles import Styles, styles_of
from tui.widgets.filter_bar import FilterBar
from tui.widgets.keys import Footer, KeyHint, fitting
from tui.widgets.lines import Lines
from tui.widgets.listing import Listing, ListRow

_READABLE = 90
"""Cells of a line that is easily read."""

MOVES = (
    Binding("down,j", "move(1, 'row')", "Down", show=False, id="list.down"),
    Binding("up,k", "move(-1, 'row')", "Up", show=False, id="list.up"),
    Binding("pagedown", "move(1, 'page')", "A page down", show=False, id="list.page-down"),
    Binding("pageup", "move(-1, 'page')", "A page up", show=False, id="list.page-up"),
    Binding("g,home", "move(-1, 'all')", "To the first row", show=False, id="list.first"),
    Binding("G,end", "move(1, 'all')", "To the last row", show=False, id="list.last"),
)
"""The keys that move a list's cursor, on every screen that has one."""


def notice(headline: str, text: str, width: int) -> tuple[str, ...]:
    """Words for a list without rows: a headline, and below it a text in as many lines as it takes."""
    return (headline, "", *textwrap.wrap(printable(text), max(20, min(_READABLE, width - 8))))


class Frame:
    """The parts of a screen with a list, and the inks of the theme in force.

    Args:
        head: lines above the column titles.
    """

    def __init__(self, screen: Screen[Any], glyphs: Glyphs, head: int, placeholder: str = "") -> None:
        self._screen = screen
        self.glyphs = glyphs
        self._head = Lines(Ground.BAR, self.glyphs, id="frame-head")
        self._head.styles.height = head
        self._titles = Lines(Ground.TITLES, self.glyphs, id="frame-titles")
        self.listing = Listing(self.glyphs, id="frame-list")
        self.box = FilterBar(self.glyphs, id="frame-box")
        self.box.box.placeholder = placeholder
        self.box.display = False
        self._words = Lines(Ground.TABLE, self.glyphs, id="frame-words")
        self._keys = Lines(Ground.BAR, self.glyphs, id="frame-keys", clicked=self._click_key)
        self._footer = Footer()
        for line in (self._titles, self._words, self._keys):
            line.styles.height = 1
        self.listing.styles.height = "1fr"
        self._theme_styles: Styles | None = None

    def parts(self) -> Iterator[Widget]:
        """The widgets, from top to bottom."""
        yield from (self._head, self._titles, self.listing, self.box, self._words, self._keys)

    @property
    def typed(self) -> str:
        """The text in the box."""
        return self.box.box.value

    @property
    def is_typing(self) -> bool:
        """The box has the keys."""
        return self.box.is_open

    def open_box(self) -> None:
        """Show the box, and give it the keys."""
        self.box.display = True
        self.box.open()
        self._screen.refresh_bindings()

    def close_box(self, *, clear: bool) -> None:
        """Hide the box; the keys are the screen's again."""
        if clear:
            self.box.box.value = ""
        self.box.close()
        self.box.display = False
        self._screen.refresh_bindings()

    @property
    def width(self) -> int:
        """Cells of a line."""
        return self._screen.size.width

    def steps(self, by: int, unit: str) -> int:
        """How many rows a key moves: one, a page of them, or all."""
        return by * {"row": 1, "page": self.listing.page, "all": 1_000_000}[unit]

    def dress(self) -> None:
        """Take on the theme in force at the next picture."""
        self._theme_styles = None

    def paint(
        self,
        *,
        head: Sequence[Cell],
        titles: Cell,
        rows: Sequence[ListRow],
        cursor: str | None,
        words: Cell,
        notice: tuple[str, ...] = (),
        keys: Sequence[tuple[str, str]] | None = None,
    ) -> None:
        """Show a picture.

        Args:
            words: the line above the keys.
            notice: words in place of rows, first a headline.
            keys: those that work while something is typed; None for those of the screen's bindings.
        """
        if self._theme_styles is None:
            self._theme_styles = styles_of(self._screen.app)
        self._head.show(tuple(head), self._theme_styles)
        self._titles.show(((Span("  "), *titles),), self._theme_styles)
        self.listing.show(rows, cursor, self._theme_styles, notice=notice)
        self.box.show((Span("/", Role.INFO),), (), self._theme_styles)
        self._words.show(((Span("  "), *words),), self._theme_styles)
        hints = self._live_keys() if keys is None else (KeyHint(*pair) for pair in keys)
        self._footer = fitting(hints, self.width)
        self._keys.show((self._footer.spans,), self._theme_styles)

    def _click_key(self, column: int) -> None:
        if self._screen.is_current and (run := self._footer.run_at(column)):
            self._screen.call_later(self._screen.run_action, run)

    def _live_keys(self) -> Iterator[KeyHint]:
        """The actions that work now, in the order of the screen's bindings, with the user's own keys."""
        seen: set[str] = set()
        for active in self._screen.active_bindings.values():
            binding = active.binding
            own = binding.show and binding.id and binding.id not in seen  # Textual's own bear no id
            if active.enabled and own and binding.id is not None:
                seen.add(binding.id)
                key = self._screen.app.get_key_display(binding)
                yield KeyHint(key, binding.description, binding.action)
