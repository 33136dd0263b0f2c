"""The panel: whose page, its picture, and when that was taken; only lines that changed are sent."""

import asyncio
import textwrap
import time
from dataclasses import dataclass
from typing import TypeAlias

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from browser_host.protocol.pointer_input import PointerInput
from browser_host.sessions.views import SessionView
from tui.preview import pictures
from tui.preview.drawing import NOTHING, Drawing, Row
from tui.preview.gesture import Gesture, clamped
from tui.preview.row_segments import row_segments
from tui.style.cells import Cell, fitted
from tui.style.glyphs import ASCII, Glyphs
from tui.style.roles import Ground, Role, Span, printable
from tui.style.styles import Styles
from tui.terminal_graphics import TerminalGraphics
from tui.view.columns import room_beside
from tui.view.rows import last_instruction

WAITING = "waiting for a picture"
COLORLESS = "NO_COLOR: a picture needs colors"

_LEAST, _MOST = 20, 61
"""Cells of the panel's width."""

_MARGIN = 1
"""Cells between the table and the picture."""

_TEXTS = 3
"""Lines beside the picture: whose it is, when it was taken, and the last instruction: the row may omit it."""


@dataclass(frozen=True, slots=True)
class _Words:
    """A line of text."""

    spans: Cell


_Line: TypeAlias = "_Words | Row"


class PreviewPanel(Widget, can_focus=False):
    """Shows the page of one session, the one under the cursor, and takes the mouse for it."""

    @dataclass
    class Pointed(Message):
        """The mouse was used on a picture.

        Args:
            taken_at: when that was taken, epoch seconds.
            held: the display is paused.
        """

        session_id: str
        sent: PointerInput
        taken_at: float
        held: bool

    @dataclass
    class Drawn(Message):
        """The terminal is to draw, or to take away, a picture of its own; posted to the app.

        A message that bubbles from a screen which is covered arrives nowhere.

        Args:
            code: what is written to it.
        """

        code: str

    DEFAULT_CSS = """
    PreviewPanel { display: none; height: 100%; }
    """

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._theme_styles: Styles | None = None
        self._held = False
        self._was_seen = False
        self._session: SessionView | None = None
        self._drawing = NOTHING
        self._taken_at = 0.0
        self._gesture: Gesture | None = None
        self._graphics = TerminalGraphics.CELLS
        self._is_due = False
        self._words = Span(WAITING, Role.MUTED)
        self._sent: tuple[_Line, ...] = ()
        self.moved = asyncio.Event()
        """Set when the cursor came to another session, or the panel was opened or closed."""

    @property
    def is_open(self) -> bool:
        """The operator wants to see it."""
        return bool(self.display)

    @property
    def session_id(self) -> str | None:
        """Whose page is to be shown now; None while nobody would see a new picture."""
        if self._session is None or self._held or not self._is_seen:
            return None
        return self._session.id

    @property
    def _is_seen(self) -> bool:
        """It is open, and only boxes lie over the screen: a question leaves the page in sight.

        A picture that the terminal draws would lie over the box.
        """
        if not self.is_attached:  # the dashboard leaves
            return False
        stack = self.app.screen_stack
        above = stack[stack.index(self.screen) + 1 :]
        boxes_only = self._graphics is TerminalGraphics.CELLS and all(screen.is_modal for screen in above)
        return self.is_open and (boxes_only or not above)

    @property
    def has_picture(self) -> bool:
        """A picture is shown."""
        return self._drawing is not NOTHING

    @property
    def room(self) -> tuple[int, int]:
        """Columns and lines of a picture."""
        return self.size.width - _MARGIN, self.size.height - _TEXTS

    @property
    def graphics(self) -> TerminalGraphics:
        """How pictures are shown."""
        return self._graphics

    @graphics.setter
    def graphics(self, graphics: TerminalGraphics) -> None:
        if graphics is not self._graphics:
            self._forget()
            self._graphics = graphics

    @property
    def has_blocks(self) -> bool:
        """The terminal has half-blocks."""
        return self._glyphs is not ASCII

    def toggle(self) -> None:
        """Open or close it; it opens without the picture of the last time."""
        self.display = not self.is_open
        self._forget()

    def fill(self, width: int, *, several: bool) -> None:
        """Be as wide as fits beside the table.

        Args:
            width: cells of the whole line.
            several: there are several hosts, and the table says whose each session is.
        """
        room = max(_LEAST, min(room_beside(width, several=several), _MOST))
        if self.styles.width is None or self.styles.width.value != room:
            self.styles.width = room

    def follow(self, session: SessionView | None, styles: Styles, *, held: bool) -> None:
        """Take over the session under the cursor.

        Args:
            held: the display is paused, so no new picture is wanted.
        """
        before, self._session = self._session, session
        self._held = held
        was_seen, self._was_seen = self._was_seen, self._is_seen
        is_covered = bool(self._drawing.graphics) and not self._was_seen
        if (before and before.id) != (session and session.id) or is_covered:
            self._forget()
        if self._was_seen and not was_seen:
            self.moved.set()
        if styles is not self._theme_styles:
            self._theme_styles = styles
            self.refresh()
        self._send_changes()

    def draw(self, session_id: str, drawing: Drawing, at: float) -> None:
        """Show a session's picture, if the cursor is still there.

        Args:
            at: when it was taken, epoch seconds.
        """
        if session_id == self.session_id:
            is_new = drawing is not self._drawing
            self._drawing, self._taken_at = drawing, at
            taken = time.strftime("%H:%M:%S", time.localtime(at))
            self._words = Span(f"{taken} {self._glyphs.dot} {drawing.cost / 1000:.1f} kB", Role.MUTED)
            self._send_changes()
            if is_new and drawing.graphics:
                self._draw_soon()

    def fail(self, session_id: str, why: str) -> None:
        """Say why there is no new picture; one that is there stays, with the words below it."""
        if session_id == self.session_id:
            self._words = Span(printable(why), Role.WARN)
            self._send_changes()

    def render_line(self, y: int) -> Strip:
        """The strip of a line, which Textual asks for where it is dirty."""
        width = self.size.width
        if self._theme_styles is None:
            return Strip.blank(width, self.rich_style)
        self._sent = lines = self._lines()
        if self._drawing.graphics and self._graphics is TerminalGraphics.SIXEL:
            self._draw_soon()  # what is written over a sixel picture takes its place
        line = lines[y] if y < len(lines) else _Words(())
        blank = (Span(" " * _MARGIN),)
        if isinstance(line, _Words):
            spans = fitted((*blank, *line.spans), width, self._glyphs)
            return Strip(self._theme_styles.segments(spans, Ground.TABLE), width)
        drawn = row_segments(line)
        rest = (Span(" " * (width - _MARGIN - sum(run.cells for run in line))),)
        return Strip(
            [
                *self._theme_styles.segments(blank, Ground.TABLE),
                *drawn,
                *self._theme_styles.segments(rest, Ground.TABLE),
            ],
            width,
        )

    def on_resize(self, _: events.Resize) -> None:
        """Wait for a picture of the new size."""
        self._forget()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a click or a drag on the picture."""
        cell = _cell(event)
        if self._session is not None and event.button == 1 and cell == clamped(cell, self._drawing.size):
            event.stop()
            self._gesture = Gesture(self._session.id, (cell,))
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow a drag."""
        self._follow_mouse(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report what the mouse did."""
        self._follow_mouse(event)
        gesture, self._gesture = self._gesture, None
        self.release_mouse()
        if gesture is not None:
            sent = gesture.input(self._drawing.size)
            self.post_message(self.Pointed(gesture.session_id, sent, self._taken_at, self._held))

    def _follow_mouse(self, event: events.MouseEvent) -> None:
        if self._gesture is not None:
            self._gesture = self._gesture.moved(clamped(_cell(event), self._drawing.size))

    def _draw_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.call_after_refresh(self._draw_graphics)

    def _draw_graphics(self) -> None:
        self._is_due = False
        if self._drawing.graphics and self._is_seen:
            place = (
                f"\x1b[{self.region.y + 2};{self.region.x + _MARGIN + 1}H"  # below the line with the label
            )
            self.app.post_message(self.Drawn(f"\x1b7{place}{self._drawing.graphics}\x1b8"))

    def _forget(self) -> None:
        if self._drawing.graphics and (erase := pictures.ERASE[self._graphics]):
            self.app.post_message(self.Drawn(erase))
        if self._gesture is not None:
            self._gesture = None
            self.release_mouse()
        self._drawing = NOTHING
        self._words = Span(COLORLESS if self.app.no_color else WAITING, Role.MUTED)
        self.moved.set()

    def _lines(self) -> tuple[_Line, ...]:
        if self._session is None:
            return ()
        label = printable(self._session.label or self._session.id)
        words = textwrap.wrap(self._words.text, max(self.room[0], 1))
        return (
            _Words((Span(label, Role.STRONG),)),
            *(self._drawing.rows or [_Words(())] * self._drawing.size[1]),
            *(_Words((Span(line, self._words.role),)) for line in words),
            _Words(last_instruction(self._session)),
        )

    def _send_changes(self) -> None:
        if not self.is_open:
            return
        sent, lines = self._sent, self._lines()
        longest = max(len(sent), len(lines))
        changed = [y for y in range(longest) if sent[y : y + 1] != lines[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))


def _cell(event: events.MouseEvent) -> tuple[int, int]:
    """Where the mouse is, from the picture's left and top."""
    return int(event.x) - _MARGIN, int(event.y) - 1
