"""Small pictures of several sessions' pages, each below its label; only what changed is sent."""

import textwrap
from collections.abc import Mapping

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from browser_host.sessions.views import SessionView
from tui.preview.drawing import Drawing, Row
from tui.preview.preview_panel import WAITING
from tui.preview.row_segments import row_segments
from tui.preview.sheet_layout import SheetLayout, sheet_layout
from tui.style.cells import cut, fitted, text_width
from tui.style.glyphs import ASCII, Glyphs
from tui.style.roles import Ground, Role, Span, printable
from tui.style.styles import Styles

_LEAST_NAME = 10
"""Cells that a label keeps beside its status."""


class ContactSheet(Widget, can_focus=False):
    """The pictures of some sessions, in their order.

    Args:
        ids: of the sessions; those that don't fit are left out.
    """

    def __init__(self, ids: tuple[str, ...], glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._ids = ids
        self._glyphs = glyphs
        self._theme_styles: Styles | None = None
        self._sessions: Mapping[str, SessionView] = {}
        self._labels: tuple[tuple[Span, ...], ...] = ()
        self._pictures: dict[str, Drawing | str] = {}

    @property
    def sheet(self) -> SheetLayout:
        """Where the pictures are."""
        return sheet_layout(len(self._ids), *self.size)

    @property
    def shown(self) -> tuple[str, ...]:
        """The sessions that have a place."""
        return self._ids[: self.sheet.shown]

    @property
    def has_blocks(self) -> bool:
        """The terminal has half-blocks."""
        return self._glyphs is not ASCII

    def picture_of(self, session_id: str) -> Drawing | str:
        """What is shown of a session: its picture, or words in its place."""
        return self._pictures.get(session_id, WAITING)

    def show(self, sessions: Mapping[str, SessionView], styles: Styles) -> None:
        """Take over the sessions as they are now; labels that changed are sent."""
        before, self._sessions = self._labels, sessions
        self._labels = tuple(self._label(session_id) for session_id in self._ids)
        if styles is not self._theme_styles:
            self._theme_styles = styles
            self.refresh()
            return
        for number in range(self.sheet.shown):
            if before[number : number + 1] != self._labels[number : number + 1]:
                x, y = self.sheet.place(number)
                self.refresh(Region(x, y, self.sheet.columns, 1))

    def put(self, session_id: str, picture: Drawing | str) -> None:
        """Show a session's picture, or words in its place."""
        if self._pictures.get(session_id) != picture:
            self._pictures[session_id] = picture
            x, y = self.sheet.place(self._ids.index(session_id))
            self.refresh(Region(x, y + 1, self.sheet.columns, self.sheet.lines))

    def render_line(self, y: int) -> Strip:
        """The strip of a line, which Textual asks for where it is dirty."""
        width, sheet = self.size.width, self.sheet
        if self._theme_styles is None:
            return Strip.blank(width, self.rich_style)
        down, line = divmod(y, sheet.pitch[1])
        numbers = range(down * sheet.across, min((down + 1) * sheet.across, sheet.shown))
        parts: list[Segment] = []
        for number in numbers:
            parts += self._part(self._ids[number], number, line, sheet.columns)
            parts += self._theme_styles.segments((Span(" "),), Ground.TABLE)
        rest = max(0, width - len(numbers) * sheet.pitch[0])
        parts += self._theme_styles.segments((Span(" " * rest),), Ground.TABLE)
        return Strip(parts, None).adjust_cell_length(width, self.rich_style)

    def _part(self, session_id: str, number: int, line: int, columns: int) -> list[Segment]:
        """One line of a label or of its picture."""
        if self._theme_styles is None:
            return []
        if line == 0:
            name, *status = self._labels[number]
            room = max(_LEAST_NAME, columns - sum(text_width(span.text) for span in status))
            short = Span(cut(name.text, room, self._glyphs.ellipsis), name.role)
            return self._theme_styles.segments(fitted((short, *status), columns, self._glyphs), Ground.TITLES)
        picture = self.picture_of(session_id)
        if isinstance(picture, str):
            words = textwrap.wrap(printable(picture), columns)[line - 1 : line]
            spans = fitted(tuple(Span(one, Role.MUTED) for one in words), columns, self._glyphs)
            return self._theme_styles.segments(spans, Ground.TABLE)
        row: Row = picture.rows[line - 1] if line <= len(picture.rows) else ()
        rest = columns - sum(run.cells for run in row)
        return [*row_segments(row), *self._theme_styles.segments((Span(" " * rest),), Ground.TABLE)]

    def _label(self, session_id: str) -> tuple[Span, ...]:
        session = self._sessions.get(session_id)
        if session is None:
            return (Span(f"{session_id} was removed", Role.MUTED),)
        sign = self._glyphs.hosting.get(session.hosting, " ")
        label = printable(session.label or session.id)
        return (
            Span(f"{sign} {label}", Role.STRONG),
            Span(f" {session.status or session.hosting}", Role.MUTED),
        )
