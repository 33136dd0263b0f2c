"""The contact sheet's screen: takes the pictures one at a time, at what one preview costs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from browser_host.api.bounds import LEAST_WIDTH
from browser_host.cli.pictures import decoding
from browser_host.errors import WatchdeckError
from tui.host.deck import Deck
from tui.preview.contact_sheet import ContactSheet
from tui.preview.drawing import draw
from tui.preview.preview_panel import COLORLESS
from tui.preview.sheet_layout import MOST
from tui.screens.help import HelpScreen
from tui.style.glyphs import Glyphs
from tui.style.roles import Ground, Role, Span
from tui.style.styles import Styles, styles_of
from tui.view.header import Group, badge_groups, packed
from tui.widgets.lines import Lines

_PREVIEW_CELLS = 60 * 20
"""Cells of a picture whose bytes a line can carry every `tui.preview_every`."""

_LEAST_PAUSE_S = 0.1


class ContactScreen(Screen[None], inherit_bindings=False):
    """Shows several sessions' pages at once.

    Args:
        ids: of the sessions, bound when the key was pressed.
        kind: of the sessions, in a word, such as `marked`.
        deck: the sessions as they are; `show` brings newer ones.
        take: asks the host for a picture of a session's page, so many pixels wide.
        every_s: seconds between two pictures of the preview's size; smaller ones come more often.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "help", tooltip="All keys of this screen", id="contact-sheet.help"),
        Binding("escape,q,I", "leave", "back", tooltip="Back to the sessions", id="contact-sheet.back"),
    ]
    DEFAULT_CSS = """
    ContactScreen { background: $background; }
    ContactScreen > #contact-head { height: 1; }
    ContactScreen > ContactSheet { height: 1fr; }
    """

    def __init__(
        self,
        ids: tuple[str, ...],
        kind: str,
        deck: Deck,
        take: Callable[[str, int], Awaitable[bytes]],
        *,
        every_s: float,
        glyphs: Glyphs,
    ) -> None:
        super().__init__()
        self._ids = ids
        self._kind = kind
        self._deck = deck
        self._now = time.time()
        self._take = take
        self._every_s = every_s
        self._theme_styles: Styles | None = None
        self._head = Lines(Ground.BAR, glyphs, id="contact-head")
        self._sheet = ContactSheet(ids[:MOST], glyphs, id="contact-sheet")
        self._in_sight = asyncio.Event()

    def compose(self) -> ComposeResult:
        """A line of words, and the pictures."""
        yield from (self._head, self._sheet)

    def on_mount(self) -> None:
        """Follow the theme, and begin to take pictures."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())
        self.run_worker(self._take_turns(), name="take pictures", exclusive=True)

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """Take pictures while somebody sees them."""
        self._in_sight.set()

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Something covers the sheet: nobody would see a new picture."""
        self._in_sight.clear()

    def on_resize(self, _: events.Resize) -> None:
        """Lay out again once the parts have their sizes."""
        self.call_after_refresh(self._paint)

    def show(self, deck: Deck, now: float) -> None:
        """Show the labels and states as they are now."""
        self._deck, self._now = deck, now
        self._paint()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(HelpScreen(self.active_bindings.values()))

    def action_leave(self) -> None:
        """Back to the sessions."""
        self.dismiss()

    async def _take_turns(self) -> None:
        """Take one picture after the other until the screen is left."""
        while True:
            await self._in_sight.wait()
            for session_id in self._sheet.shown:
                await self._look(session_id)
                await asyncio.sleep(self._pause_s)
            if not self._sheet.shown:
                await asyncio.sleep(self._every_s)

    @property
    def _pause_s(self) -> float:
        sheet = self._sheet.sheet
        return max(_LEAST_PAUSE_S, self._every_s * sheet.columns * sheet.lines / _PREVIEW_CELLS)

    async def _look(self, session_id: str) -> None:
        sheet, session = self._sheet.sheet, self._deck.sessions.get(session_id)
        if self.app.no_color:
            self._sheet.put(session_id, COLORLESS)
            return
        if session is None or session.ended is not None or not self._in_sight.is_set():
            return
        try:
            decoding.require()  # before anybody's screen is looked at
            png = await self._take(session_id, max(2 * sheet.columns, LEAST_WIDTH))
            picture = await asyncio.to_thread(
                draw, png, sheet.columns, sheet.lines, halved=self._sheet.has_blocks
            )
        except WatchdeckError as error:
            self._sheet.put(session_id, str(error))
        else:
            if sheet == self._sheet.sheet:
                self._sheet.put(session_id, picture)

    def _dress(self) -> None:
        self._theme_styles = None
        self._paint()

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        if self._theme_styles is None:
            self._theme_styles = styles_of(self.app)
        shown = self._sheet.sheet.shown
        left_out = f", the first {shown} of them" if shown < len(self._ids) else ""
        words = f" Pages of {len(self._ids)} {self._kind} sessions{left_out}"
        title = (Group((Span(words, Role.STRONG), Span("   ? help   esc back", Role.MUTED)), 1),)
        head = packed(title, self.size.width, badge_groups(self._deck, self._now))
        self._head.show((head,), self._theme_styles)
        self._sheet.show(self._deck.sessions, self._theme_styles)
