"""A list of frozen rows with a cursor: line by line, and only lines that say something else are sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.style.cells import Cell, fitted
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground, Role, Span
from tui.style.styles import Styles
from tui.widgets import viewport

_WHEEL_ROWS = 3


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of the list.

    Args:
        id: the subject's; a line without one is a heading, which the cursor skips.
    """

    id: str
    spans: Cell


def stepped(rows: Sequence[ListRow], cursor: str | None, by: int) -> str | None:
    """The cursor after some steps over the rows, headings not counted; it stops at the ends."""
    ids = [row.id for row in rows if row.id]
    if not ids:
        return None
    at = ids.index(cursor) if cursor in ids else (-1 if by > 0 else 0)
    return ids[max(0, min(at + by, len(ids) - 1))]


class Listing(Widget, can_focus=False):
    """A list of rows that keeps the cursor in sight and reports a pressed row."""

    @dataclass
    class Pressed(Message):
        """This row was pressed with the mouse."""

        row_id: str

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._theme_styles: Styles | None = None
        self._rows: tuple[ListRow, ...] = ()
        self._cursor: str | None = None
        self._notice: tuple[str, ...] = ()
        self._top = 0
        self._sent: dict[int, tuple[Cell, Ground, bool]] = {}

    @property
    def page(self) -> int:
        """Rows that a page has."""
        return max(1, self.size.height - 1)

    def show(
        self, rows: Sequence[ListRow], cursor: str | None, styles: Styles, *, notice: tuple[str, ...] = ()
    ) -> None:
        """Show rows.

        Args:
            cursor: whose row is under it.
            notice: words to show if there are no rows, first a headline.
        """
        moved = cursor != self._cursor
        self._rows, self._cursor, self._notice = tuple(rows), cursor, notice
        if styles is not self._theme_styles:
            self._theme_styles = styles
            self._sent.clear()
            self.refresh()
        if moved:
            self._reveal()
        self._top = viewport.clamped(self._top, self.size.height, len(self._rows))
        for y in range(self.size.height):
            if self._sent.get(y) != self._line(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The strip of a line, which Textual asks for where it is dirty."""
        width = self.size.width
        if self._theme_styles is None:
            return Strip.blank(width, self.rich_style)
        spans, ground, thumb = self._sent[y] = self._line(y)
        bar = Span(self._glyphs.thumb if thumb else " ", Role.FAINT)
        segments = self._theme_styles.segments(fitted(spans, width - 1, self._glyphs), ground)
        return Strip([*segments, *self._theme_styles.segments((bar,), Ground.TABLE)], width)

    def on_resize(self, _: events.Resize) -> None:
        """Keep the cursor in sight when the terminal's size changes."""
        self._sent.clear()
        self._reveal()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell whose row was pressed, by what is drawn there."""
        at = self._top + int(event.y)
        if event.button == 1 and at < len(self._rows) and self._rows[at].id:
            self.post_message(self.Pressed(self._rows[at].id))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; the cursor stays where it is."""
        self._wheel(event, _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; the cursor stays where it is."""
        self._wheel(event, -_WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        self._top = viewport.clamped(self._top + rows, self.size.height, len(self._rows))
        self._sent.clear()
        self.refresh()

    def _reveal(self) -> None:
        at = next((at for at, row in enumerate(self._rows) if row.id == self._cursor), None)
        if at is not None and self._cursor:
            self._top = viewport.revealing(self._top, self.size.height, at)

    def _line(self, y: int) -> tuple[Cell, Ground, bool]:
        at = self._top + y
        thumb = viewport.bar(y, self._top, self.size.height, len(self._rows))
        if at >= len(self._rows):
            return (self._words(y), Ground.TABLE, thumb)
        row = self._rows[at]
        under = bool(row.id) and row.id == self._cursor
        sign = Span(self._glyphs.cursor if under else " ", Role.INFO)
        return ((sign, Span(" "), *row.spans), Ground.CURSOR if under else Ground.TABLE, thumb)

    def _words(self, y: int) -> Cell:
        at = y - max(0, (self.size.height - len(self._notice)) // 3)
        if self._rows or not 0 <= at < len(self._notice):
            return ()
        left = max(0, (self.size.width - max(len(words) for words in self._notice)) // 2)
        return (Span(" " * left), Span(self._notice[at], Role.STRONG if at == 0 else Role.MUTED))
