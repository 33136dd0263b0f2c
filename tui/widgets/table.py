"""The table of sessions, line by line; which of a line's cells are sent is left to `tui.terminal_output`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from browser_host.host_names import host_of
from browser_host.sessions.views import SessionView
from tui.style.cells import Cell, fitted, padded, shortfall
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground, Role, Span
from tui.style.styles import Styles
from tui.view import selection as selecting
from tui.view.columns import Layout, layout
from tui.view.rows import RowContext, cells, ticking
from tui.view.selection import Selection
from tui.widgets import viewport
from tui.widgets.line_cache import LineCache

_WHEEL_ROWS = 3
_NONE: Mapping[str, SessionView] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the table shows.

    Args:
        context: the moment and the circumstances.
        lost: hosts whose rows may no longer hold, for they are lost; the only one has no name.
        several: there are several hosts.
        notice: words to show if there are no rows.
    """

    rows: tuple[str, ...] = ()
    sessions: Mapping[str, SessionView] = field(default_factory=lambda: _NONE)
    selection: Selection = field(default_factory=Selection)
    wide: bool = False
    context: RowContext = field(default_factory=RowContext)
    lost: frozenset[str] = frozenset()
    several: bool = False
    notice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line as it was sent: its cells with the gutter first, and what it lies on."""

    cells: tuple[Cell, ...]
    ground: Ground
    greyed: bool
    thumb: bool


@dataclass(slots=True)
class _RowCells:
    """A row's cells, and what they were made from.

    Args:
        now: the moment for which `words` were last looked at.
        words: those that time alone changes.
        drawn: the line that was last made of them, and its strip: a row that scrolls is the same elsewhere.
    """

    view: SessionView
    columns: Layout
    now: float
    words: tuple[object, ...]
    cells: tuple[Cell, ...]
    drawn: tuple[SentLine, Strip] | None = None


class SessionTable(LineCache):
    """The table: keeps the cursor in sight and reports a pressed row."""

    @dataclass
    class Pressed(Message):
        """The row of this session was pressed with the mouse."""

        session_id: str

    @dataclass
    class Scrolled(Message):
        """The wheel moved the rows."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._theme_styles: Styles | None = None
        self._picture = Picture()
        self._columns = self.columns
        self._range: frozenset[str] = frozenset()
        self._top = 0
        self._sent: dict[int, SentLine] = {}
        self._row_cells: dict[str, _RowCells] = {}
        self._width, self._height = 0, 0

    @property
    def columns(self) -> Layout:
        """The columns as they stand; the last cell is the scroll bar's."""
        return layout(max(0, self.size.width - 1), wide=self._picture.wide, several=self._picture.several)

    def show(self, picture: Picture, styles: Styles) -> None:
        """Show a picture; of the lines in sight, those that differ are painted."""
        before, self._picture = self._picture, picture
        self._width, self._height = self.size  # asked for once: Textual looks the whole tree through for it
        columns = self.columns
        if styles is not self._theme_styles or columns is not self._columns:
            self._theme_styles, self._columns = styles, columns
            self._sent.clear()
            self._row_cells.clear()
            self.refresh()
        if picture.selection.anchor is not None or before.selection.anchor is not None:
            self._range = selecting.in_range(picture.selection, picture.rows)
        self._top = viewport.top_after(
            self._top,
            self._height,
            before=before.rows,
            after=picture.rows,
            old_cursor=before.selection.cursor,
            new_cursor=picture.selection.cursor,
        )
        self._send_changes()

    def in_sight(self, session_id: str) -> bool:
        """The session's row is among the lines that are shown."""
        return session_id in self._picture.rows[self._top : self._top + self.size.height]

    def reveal(self) -> None:
        """Scroll the cursor's row into sight."""
        rows, cursor = self._picture.rows, self._picture.selection.cursor
        if cursor in rows:
            self._put_top(viewport.revealing(self._top, self.size.height, rows.index(cursor)))

    def render_line(self, y: int) -> Strip:
        """The strip of a line, which Textual asks for where it is dirty."""
        width = self.size.width
        line = self._sent[y] = self._line(y)
        at = self._top + y
        row = self._row_cells.get(self._picture.rows[at]) if at < len(self._picture.rows) else None
        if row is None:
            return self._strip(line, width)
        if row.drawn is None or row.drawn[0] != line or row.drawn[1].cell_length != width:
            row.drawn = (line, self._strip(line, width))
        return row.drawn[1]

    def _strip(self, line: SentLine, width: int) -> Strip:
        if self._theme_styles is None:
            return Strip.blank(width, self.rich_style)
        room = width - 1 - self._columns.end
        if room >= 0 and len(line.cells) > 1:
            spans = padded(self._spaced(line.cells), room)
        else:
            spans = fitted(self._spaced(line.cells), width - 1, self._glyphs)
        thumb = Span(self._glyphs.thumb if line.thumb else " ", Role.FAINT)
        segments = self._theme_styles.segments(spans, line.ground, greyed=line.greyed)
        return Strip([*segments, *self._theme_styles.segments((thumb,), Ground.TABLE)], width)

    def on_resize(self, _: events.Resize) -> None:
        """Keep the cursor in sight when the terminal's size changes."""
        self._width, self._height = self.size
        self._columns = self.columns
        self._sent.clear()
        self.reveal()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell whose row was pressed, by what is drawn there."""
        at = self._top + int(event.y)
        if event.button == 1 and at < len(self._picture.rows):
            self.post_message(self.Pressed(self._picture.rows[at]))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; the cursor stays on its session."""
        self._wheel(event, _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; the cursor stays on its session."""
        self._wheel(event, -_WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        self._put_top(viewport.clamped(self._top + rows, self.size.height, len(self._picture.rows)))
        self.post_message(self.Scrolled())

    def _put_top(self, top: int) -> None:
        if top != self._top:
            self._top = top
            self._sent.clear()
            self.refresh()

    def _send_changes(self) -> None:
        changed = [
            Region(0, y, self._width, 1) for y in range(self._height) if self._sent.get(y) != self._line(y)
        ]
        if changed:  # all in one call: each looks up the same styles
            self.refresh(*changed)

    def _line(self, y: int) -> SentLine:
        picture = self._picture
        at = self._top + y
        thumb = viewport.bar(y, self._top, self._height, len(picture.rows))
        if at >= len(picture.rows):
            return SentLine(self._notice(y), Ground.TABLE, greyed=False, thumb=thumb)
        session_id = picture.rows[at]
        ground = self._ground(session_id)
        greyed = host_of(session_id) in picture.lost or picture.sessions[session_id].hosting == "ended"
        return SentLine((self._gutter(session_id), *self._cells_of(session_id)), ground, greyed, thumb)

    def _cells_of(self, session_id: str) -> tuple[Cell, ...]:
        """The row's cells, from the cache where neither the session nor an age has changed."""
        view, context, columns = self._picture.sessions[session_id], self._picture.context, self._columns
        held = self._row_cells.get(session_id)
        if held is not None and held.view is view and held.columns is columns:
            if held.now == context.now:
                return held.cells
            words = ticking(view, context)
            if held.words == words:
                held.now = context.now
                return held.cells
        if len(self._row_cells) > 4 * max(1, self._height):
            self._row_cells.clear()
        made = cells(view, columns, context)
        self._row_cells[session_id] = _RowCells(view, columns, context.now, ticking(view, context), made)
        return made

    def _ground(self, session_id: str) -> Ground:
        held = self._picture.selection
        marked = session_id in held.marks or session_id in self._range
        if session_id == held.cursor:
            return Ground.CURSOR_MARKED if marked else Ground.CURSOR
        return Ground.MARKED if marked else Ground.TABLE

    def _gutter(self, session_id: str) -> Cell:
        held = self._picture.selection
        if session_id in held.marks:
            sign = self._glyphs.cursor_mark if session_id == held.cursor else self._glyphs.mark
            return (Span(sign, Role.ACCENT), Span(" "))
        if session_id == held.cursor:
            return (Span(self._glyphs.cursor, Role.INFO), Span(" "))
        return (Span(self._glyphs.range if session_id in self._range else " ", Role.ACCENT), Span(" "))

    def _notice(self, y: int) -> tuple[Cell, ...]:
        notice = self._picture.notice
        at = y - max(0, (self._height - len(notice)) // 3)
        if self._picture.rows or not 0 <= at < len(notice):
            return ()
        longest = max(len(words) for words in notice)
        left = max(0, (self._width - longest) // 2)
        return ((Span(" " * left), Span(notice[at], Role.STRONG if at == 0 else Role.MUTED)),)

    def _spaced(self, told: tuple[Cell, ...]) -> Cell:
        """A line's cells with the blanks between the columns."""
        if len(told) <= 1:
            return told[0] if told else ()
        spans = list(told[0])
        columns = self._columns
        edges = [placed.x for placed in columns.placed[1:]] + [columns.end]
        for placed, edge, cell in zip(columns.placed, edges, told[1:], strict=True):
            spill = shortfall(cell) if edge < columns.end else 0  # at the edge the terminal would wrap it
            spans.extend(padded(cell, edge - placed.x - placed.width + spill))
        return tuple(spans)
