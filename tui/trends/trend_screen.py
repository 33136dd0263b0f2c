"""Counts of sessions over time, as this dashboard saw them."""

import time
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.host.deck import Deck
from tui.screens.help import HelpScreen
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground, Role, Span
from tui.style.styles import Styles, styles_of
from tui.trends import trend
from tui.trends.trend import Trend
from tui.view.header import Group, badge_groups, packed
from tui.widgets.lines import Lines


class TrendScreen(ModalScreen[None]):
    """A chart each of the sessions that are live, stale, ended, and unconfirmed.

    Args:
        read: the samples so far.
        deck: the host as it is; `show` brings newer ones.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "help", tooltip="All keys of this screen", id="trend.help"),
        Binding("escape,q,ctrl+t", "dismiss", "back", tooltip="Back to the sessions", id="trend.back"),
    ]
    DEFAULT_CSS = """
    TrendScreen { background: $background; overflow-y: auto; }
    TrendScreen > #trend-head { height: 1; dock: top; }
    TrendScreen > #trend { height: auto; }
    """

    def __init__(self, read: Callable[[], Trend], deck: Deck, glyphs: Glyphs) -> None:
        super().__init__()
        self._read = read
        self._deck = deck
        self._now = time.time()
        self._glyphs = glyphs
        self._theme_styles: Styles | None = None
        self._head = Lines(Ground.BAR, glyphs, id="trend-head")
        self._lines = Lines(Ground.TABLE, glyphs, id="trend")

    def compose(self) -> ComposeResult:
        """A bar, and the charts."""
        yield from (self._head, self._lines)

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new width."""
        self._paint()

    def show(self, deck: Deck, now: float) -> None:
        """Draw what came since."""
        self._deck, self._now = deck, now
        self._paint()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(HelpScreen(self.active_bindings.values()))

    def _dress(self) -> None:
        self._theme_styles = None
        self._paint()

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        if self._theme_styles is None:
            self._theme_styles = styles_of(self.app)
        title = (Group((Span("  Trend", Role.STRONG), Span("   ? help   esc back", Role.MUTED)), 1),)
        head = packed(title, self.size.width, badge_groups(self._deck, self._now))
        self._head.show((head,), self._theme_styles)
        charts = trend.lines(self._read(), self.size.width, self._glyphs)
        self._lines.styles.height = len(charts)
        self._lines.show(charts, self._theme_styles)
