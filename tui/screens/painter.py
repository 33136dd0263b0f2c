"""Puts deck and view state on the main screen's parts; each part sends only what changed."""

import math
import os
from collections.abc import Iterator

from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

from tui import headline
from tui.cells import Cell
from tui.countdowns import limits_of
from tui.glyphs import ASCII, Glyphs
from tui.ink import Ink
from tui.notices import notice, typing_line, words_line
from tui.rows import Telling
from tui.state import Deck, LinkState, refusal, stale_rules
from tui.tones import Ground, Span, Tone
from tui.view_state import Switch, ViewState, is_frozen, target
from tui.widgets.board import Board
from tui.widgets.filter_bar import FilterBar
from tui.widgets.keys import footer
from tui.widgets.lines import Lines
from tui.widgets.table import Picture, SessionTable
from tui.widgets.titles import titles

COUNT_EVERY_S = 1.0
"""Seconds between counts in the header: at ten a second they alone would send what all rows do."""

SAID_FOR_S = 8.0
"""Seconds that a word stays on the line above the footer."""


class Painter:
    """The parts of the main screen and what they were last told.

    Args:
        environment: the name that the header shows.
    """

    CSS = """
    SessionsScreen { background: $background; }
    SessionsScreen > #headline { height: 2; }
    SessionsScreen > #titles { height: 1; }
    SessionsScreen > #footer { height: 1; }
    """

    def __init__(self, screen: Screen[None], environment: str, glyphs: Glyphs) -> None:
        self._screen = screen
        self._environment = environment
        self._glyphs = glyphs
        self._uid = os.getuid()
        self._headline = Lines(Ground.BAR, glyphs, id="headline")
        self._titles = Lines(Ground.TITLES, glyphs, id="titles")
        self.table = SessionTable(glyphs, id="sessions")
        self._board = Board(self.table, id="board")
        self.filter = FilterBar(glyphs, id="filter")
        self._footer = Lines(Ground.BAR, glyphs, id="footer")
        self._ink: Ink | None = None
        self._tally = (0.0, headline.tallied(Deck()))
        self._said: tuple[str, Tone, float] = ("", Tone.PLAIN, 0.0)
        self._possible: tuple[object, ...] = ()
        self._offered_in = 0
        self._keys: Cell = ()
        self._last: tuple[Deck, ViewState, float, float] | None = None

    def parts(self) -> Iterator[Widget]:
        """The widgets, from top to bottom."""
        yield from (self._headline, self._titles, self._board, self.filter, self._footer)

    @property
    def is_typing(self) -> bool:
        """The filter's box has the keys."""
        return self.filter.is_open

    def dress(self) -> None:
        """Takes on the theme in force."""
        self._ink = None
        self._again()

    def offer(self) -> None:
        """Reads the live bindings anew for the footer."""
        self._offered_in = 0
        self._again()

    def say(self, words: str, tone: Tone, clock: float) -> None:
        """Keeps words on the line above the footer for some seconds."""
        self._said = (words, tone, clock + SAID_FOR_S)
        self._again()

    def paint(self, deck: Deck, view: ViewState, now: float, clock: float) -> None:
        """Shows deck and view.

        Args:
            now: the moment that the picture is of, epoch seconds.
            clock: the present moment, which goes on while the picture is paused.
        """
        self._last = (deck, view, now, clock)
        ink = self._current_ink()
        width = self._screen.size.width
        wide = Switch.WIDE in view.switches
        picture = Picture(
            rows=view.rows,
            sessions=deck.sessions,
            selection=view.selection,
            wide=wide,
            telling=self.telling(deck, now),
            greyed=deck.link is LinkState.LOST,
            notice=notice(deck, view),
        )
        self.table.show(picture, ink)
        columns = self.table.columns
        self._board.rule(columns)
        self._headline.show(self._header(deck, view, width, clock), ink)
        self._titles.show((titles(columns, view.sort, self._glyphs, held=is_frozen(view)),), ink)
        self._paint_words(deck, view, now, clock, ink)
        self._paint_footer(deck, view, width, ink)

    def telling(self, deck: Deck, now: float) -> Telling:
        """The circumstances in which rows are told at `now` (epoch seconds)."""
        # To the second: all ages move at once, and between two seconds none is looked at.
        return Telling(math.floor(now), self._glyphs, limits_of(stale_rules(deck)), self._uid)

    def _header(self, deck: Deck, view: ViewState, width: int, clock: float) -> tuple[Cell, Cell]:
        counted_at, tally = self._tally
        if tally.counts.total != len(deck.sessions) or not 0 <= clock - counted_at < COUNT_EVERY_S:
            tally = headline.tallied(deck)
            self._tally = (clock, tally)
        left, right = headline.first_line(
            deck, tally, view, environment=self._environment, now=clock, glyphs=self._glyphs
        )
        counts = headline.second_line(len(deck.sessions), tally, view, self._glyphs, self._uid)
        return headline.packed(left, width, right), headline.packed(counts, width - 1)

    def _paint_words(self, deck: Deck, view: ViewState, now: float, clock: float, ink: Ink) -> None:
        said, tone, until = self._said
        standing = refusal(deck) if deck.host is not None and deck.host.journal is not None else None
        words = words_line(view, said if clock < until else "", tone, now, standing or "")
        self.filter.show((Span("/", Tone.INFO),), words, ink)

    def _paint_footer(self, deck: Deck, view: ViewState, width: int, ink: Ink) -> None:
        possible = (refusal(deck), bool(target(view).ids), self.is_typing)
        if possible != self._possible:
            self._possible = possible
            self._offered_in = 0
            self._screen.refresh_bindings()
        if self.is_typing:
            self._keys = typing_line(view)
        elif width != self._offered_in:
            self._offered_in = width
            self._keys = footer(self._screen.active_bindings, width, self._written)
        self._footer.show((self._keys,), ink)

    def _written(self, binding: Binding) -> str:
        written = self._screen.app.get_key_display(binding)
        return written if written.isascii() or self._glyphs is not ASCII else binding.key

    def _current_ink(self) -> Ink:
        if self._ink is None:
            app = self._screen.app
            self._ink = Ink(app.theme_variables, ansi=app.native_ansi_color, colorless=app.no_color)
        return self._ink

    def _again(self) -> None:
        if self._last is not None and self._screen.is_mounted:
            self.paint(*self._last)
