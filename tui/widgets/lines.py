"""A few lines of spans, each sent to the terminal only when it says something else."""

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.cells import Cell, fitted
from tui.glyphs import Glyphs
from tui.ink import Ink
from tui.tones import Ground


class Lines(Widget, can_focus=False):
    """Shows what it is told, line by line.

    Args:
        ground: what its lines lie on.
    """

    def __init__(self, ground: Ground, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._ground = ground
        self._glyphs = glyphs
        self._ink: Ink | None = None
        self._lines: tuple[Cell, ...] = ()

    def show(self, lines: tuple[Cell, ...], ink: Ink) -> None:
        """Shows these lines; those that say the same as before are not sent again."""
        before, self._lines = self._lines, lines
        if ink is not self._ink:
            self._ink = ink
            self.refresh()
            return
        for y, line in enumerate(lines):
            if y >= len(before) or before[y] != line:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The strip of a line, which Textual asks for where it is dirty."""
        if self._ink is None:
            return Strip.blank(self.size.width, self.rich_style)
        spans = self._lines[y] if y < len(self._lines) else ()
        width = self.size.width
        return Strip(self._ink.segments(fitted(spans, width, self._glyphs), self._ground), width)
