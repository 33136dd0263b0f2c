"""Counts of sessions over time, as this dashboard saw them."""

import locale
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.host.deck import Deck
from tui.style.glyphs import glyphs_for
from tui.style.roles import Ground
from tui.style.styles import Styles, styles_of
from tui.trends import trend
from tui.trends.trend import Trend
from tui.widgets.lines import Lines


class TrendScreen(ModalScreen[None]):
    """A chart each of the sessions that are live, stale, ended, and unconfirmed.

    Args:
        read: the samples so far.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,ctrl+t", "dismiss", "back", id="trend.back")]
    DEFAULT_CSS = """
    TrendScreen { background: $background; }
    TrendScreen > Lines { height: 1fr; }
    """

    def __init__(self, read: Callable[[], Trend]) -> None:
        super().__init__()
        self._read = read
        self._glyphs = glyphs_for(locale.getencoding())
        self._ink: Styles | None = None
        self._lines = Lines(Ground.TABLE, self._glyphs, id="trend")

    def compose(self) -> ComposeResult:
        """The charts."""
        yield self._lines

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new width."""
        self._paint()

    def show(self, _: Deck, __: float) -> None:
        """Draw what came since."""
        self._paint()

    def _dress(self) -> None:
        self._ink = None
        self._paint()

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        if self._ink is None:
            self._ink = styles_of(self.app)
        self._lines.show(trend.lines(self._read(), self.size.width, self._glyphs), self._ink)
