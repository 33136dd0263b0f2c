"""Paints deck and view state on the main screen's parts; each part sends only what changed."""

import math
import os
import time
from collections.abc import Callable, Iterator

from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from tui.host.deck import Deck, lost_hosts, refusal, stale_rules
from tui.preview.preview_panel import PreviewPanel
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground, Role, Span
from tui.style.styles import Styles, styles_of
from tui.view import header
from tui.view.actions import all_ended, all_lost
from tui.view.countdowns import limits_of
from tui.view.rows import RowContext
from tui.view.status_line import notice, typing_line, words_line
from tui.view.view_state import Switch, ViewState, is_frozen, target
from tui.widgets.filter_bar import FilterBar
from tui.widgets.keys import Footer, footer
from tui.widgets.lines import Lines
from tui.widgets.table import Picture, SessionTable
from tui.widgets.titles import sort_at, titles

COUNT_EVERY_S = 1.0
"""Seconds between counts in the header: at ten a second they alone would send what all rows do."""

SAID_FOR_S = 8.0
"""Seconds that a word stays on the line above the footer."""


class Painter:
    """The parts of the main screen and what they were last told.

    Args:
        environment: the name that the header shows.
        press: runs an action of the screen, as its key would.
    """

    CSS = """
    SessionsScreen { background: $background; }
    SessionsScreen > #header { height: 2; }
    SessionsScreen > #titles { height: 1; }
    SessionsScreen > #middle { height: 1fr; }
    SessionsScreen #sessions { width: 1fr; height: 100%; }
    SessionsScreen > #footer { height: 1; }
    """

    def __init__(
        self, screen: Screen[None], environment: str, glyphs: Glyphs, press: Callable[[str], None]
    ) -> None:
        self._screen = screen
        self._press = press
        self._environment = environment
        self._glyphs = glyphs
        self._uid = os.getuid()
        self._header_lines = Lines(Ground.BAR, glyphs, id="header")
        self._titles = Lines(Ground.TITLES, glyphs, id="titles", clicked=self._click_title)
        self.table = SessionTable(glyphs, id="sessions")
        self.preview = PreviewPanel(glyphs, id="preview")
        self.filter = FilterBar(glyphs, id="filter")
        self._footer = Lines(Ground.BAR, glyphs, id="footer", clicked=self._click_key)
        self._theme_styles: Styles | None = None
        self._totals = (0.0, header.totals_of(Deck()))
        self._said: tuple[str, Role, float] = ("", Role.PLAIN, 0.0)
        self._possible: tuple[object, ...] = ()
        self._offered_in = 0
        self._keys = Footer()
        self._last: tuple[Deck, ViewState, float, float] | None = None

    def parts(self) -> Iterator[Widget]:
        """The widgets, from top to bottom."""
        middle = Horizontal(self.table, self.preview, id="middle")
        yield from (self._header_lines, self._titles, middle, self.filter, self._footer)

    @property
    def is_typing(self) -> bool:
        """The filter's box has the keys."""
        return self.filter.is_open

    def dress(self) -> None:
        """Take on the theme in force."""
        self._theme_styles = None
        self._again()

    def offer(self) -> None:
        """Read the live bindings again for the footer."""
        self._offered_in = 0
        self._again()

    def say(self, words: str, role: Role) -> None:
        """Keep words on the line above the footer for some seconds, however fast a replay goes."""
        self._said = (words, role, time.monotonic() + SAID_FOR_S)
        self._again()

    def unsay(self) -> None:
        """Take the notice away, at the next picture."""
        self._said = ("", Role.PLAIN, 0.0)

    def paint(self, deck: Deck, view: ViewState, now: float, clock: float) -> None:
        """Show deck and view.

        Args:
            now: the time of the picture, epoch seconds.
            clock: the present moment, which goes on while the picture is paused.
        """
        self._last = (deck, view, now, clock)
        styles = self._current_styles()
        width = self._screen.size.width
        wide = Switch.WIDE in view.switches
        picture = Picture(
            rows=view.rows,
            sessions=deck.sessions,
            selection=view.selection,
            wide=wide,
            context=self.context(deck, now),
            lost=lost_hosts(deck),
            several=len(deck.hosts) > 1,
            notice=notice(deck, view),
        )
        self.table.show(picture, styles)
        seen = deck.sessions.get(view.selection.cursor or "")
        self.preview.fill(width, several=picture.several)
        self.preview.follow(seen, styles, held=Switch.PAUSED in view.switches)
        columns = self.table.columns
        self._header_lines.show(self._header(deck, view, width, clock), styles)
        self._titles.show((titles(columns, view.sort, self._glyphs, held=is_frozen(view)),), styles)
        self._paint_words(deck, view, now, styles)
        self._paint_footer(deck, view, width, styles)

    def context(self, deck: Deck, now: float) -> RowContext:
        """The circumstances in which rows are told at `now` (epoch seconds)."""
        # To the second: all ages move at once, and between two seconds none is looked at.
        return RowContext(math.floor(now), self._glyphs, limits_of(stale_rules(deck)), self._uid)

    def _header(self, deck: Deck, view: ViewState, width: int, clock: float) -> tuple[Cell, Cell]:
        counted_at, totals = self._totals
        if totals.counts.total != len(deck.sessions) or not 0 <= clock - counted_at < COUNT_EVERY_S:
            totals = header.totals_of(deck)
            self._totals = (clock, totals)
        left, right = header.first_line(
            deck, totals, view, environment=self._environment, now=clock, glyphs=self._glyphs
        )
        counts = header.second_line(len(deck.sessions), totals, view, self._glyphs, self._uid)
        return header.packed(left, width, right), header.counts_line(counts, width - 1, self._glyphs)

    def _paint_words(self, deck: Deck, view: ViewState, now: float, styles: Styles) -> None:
        said, role, until = self._said
        standing = refusal(deck) if deck.host is not None and deck.host.journal is not None else None
        words = words_line(view, said if time.monotonic() < until else "", role, now, standing or "")
        self.filter.show((Span("/", Role.INFO),), words, styles)

    def _paint_footer(self, deck: Deck, view: ViewState, width: int, styles: Styles) -> None:
        aim = target(view)
        possible = (
            refusal(deck),
            bool(aim.ids),
            all_lost(aim, deck) is None,
            all_ended(aim, deck) is None,
            self.is_typing,
        )
        if possible != self._possible:
            self._possible = possible
            self._offered_in = 0
            self._screen.refresh_bindings()
        if self.is_typing:
            self._footer.show((typing_line(view),), styles)
            return
        if width != self._offered_in:
            self._offered_in = width
            self._keys = footer(self._screen.active_bindings, width, self._screen.app.get_key_display)
        self._footer.show((self._keys.spans,), styles)

    def _click_title(self, column: int) -> None:
        if (key := sort_at(self.table.columns, column)) is not None:
            self._press(f"sort('{key.value}')")

    def _click_key(self, column: int) -> None:
        if not self.is_typing and (run := self._keys.run_at(column)):
            self._press(run)

    def _current_styles(self) -> Styles:
        if self._theme_styles is None:
            self._theme_styles = styles_of(self._screen.app)
        return self._theme_styles

    def _again(self) -> None:
        if self._last is not None and self._screen.is_mounted:
            self.paint(*self._last)
