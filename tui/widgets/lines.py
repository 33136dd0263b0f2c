"""A few lines of spans, each sent to the terminal only when it changes."""

from collections.abc import Callable

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.style.cells import Cell, fitted
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground
from tui.style.styles import Styles


class Lines(Widget, can_focus=False):
    """Lines of spans.

    Args:
        ground: what its lines lie on.
        clicked: called with the column of a click, None if clicks do nothing.
    """

    def __init__(
        self,
        ground: Ground,
        glyphs: Glyphs,
        *,
        id: str,  # noqa: A002 - Textual's name
        clicked: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(id=id)
        self._clicked = clicked
        self._ground = ground
        self._glyphs = glyphs
        self._theme_styles: Styles | None = None
        self._lines: tuple[Cell, ...] = ()

    def show(self, lines: tuple[Cell, ...], styles: Styles) -> None:
        """Show these lines; unchanged ones are not sent again."""
        before, self._lines = self._lines, lines
        if styles is not self._theme_styles:
            self._theme_styles = styles
            self.refresh()
            return
        for y, line in enumerate(lines):
            if y >= len(before) or before[y] != line:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_click(self, event: events.Click) -> None:
        """Tell which column was clicked."""
        if self._clicked is not None and event.button == 1:
            event.stop()
            self._clicked(int(event.x))

    def render_line(self, y: int) -> Strip:
        """The strip of a line, which Textual asks for if it is dirty."""
        if self._theme_styles is None:
            return Strip.blank(self.size.width, self.rich_style)
        spans = self._lines[y] if y < len(self._lines) else ()
        width = self.size.width
        return Strip(self._theme_styles.segments(fitted(spans, width, self._glyphs), self._ground), width)
