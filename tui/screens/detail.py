"""Everything that is known of one session, live."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group, RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from browser_host.api.schema import SessionDetail
from browser_host.errors import WatchdeckError
from tui import detail_text
from tui.state import Deck

if TYPE_CHECKING:
    from browser_host.sessions.views import SessionView

FETCH_EVERY_S = 1.0
"""Seconds between questions to the host at least, however fast the session changes."""


class DetailScreen(ModalScreen[None]):
    """Shows a session's facts, timeline, ledger and last raw message.

    The facts follow the deck; timeline and ledger are asked for when the session changed.

    Args:
        session_id: whose detail it is, whatever the list below does.
        deck: the sessions as they are; `show` brings newer ones.
        fetch: asks the host for a session's detail.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back", id="detail.back"),
        Binding("j,down", "scroll('down')", "Down", show=False, id="detail.down"),
        Binding("k,up", "scroll('up')", "Up", show=False, id="detail.up"),
        Binding("y", "copy", "Copy the id", id="detail.copy"),
    ]

    DEFAULT_CSS = """
    DetailScreen { align: center middle; }
    DetailScreen > VerticalScroll {
        width: 110; max-width: 98%; height: 94%;
        padding: 0 2; background: $surface; border: round $primary;
    }
    DetailScreen Static { height: auto; }
    """

    def __init__(self, session_id: str, deck: Deck, fetch: Callable[[str], Awaitable[SessionDetail]]) -> None:
        super().__init__()
        self._session_id = session_id
        self._session: SessionView | None = deck.sessions.get(session_id)
        self._fetch = fetch
        self._fetched: SessionDetail | None = None
        self._trouble = ""
        self._outdated = asyncio.Event()
        self._outdated.set()

    def compose(self) -> ComposeResult:
        """Facts, which the deck brings; history, which the host is asked for."""
        with VerticalScroll() as box:
            box.border_subtitle = "esc goes back"
            yield Static(self._facts(time.time()), id="facts")
            yield Static(self._history(), id="history")

    def on_mount(self) -> None:
        """Begins to ask."""
        self.run_worker(self._keep_fetched(), name="fetch the detail", exclusive=True)

    def show(self, deck: Deck, now: float) -> None:
        """Takes in the session as it is now, or that it is gone; the last that was known stays."""
        session = deck.sessions.get(self._session_id)
        if session is not None and session != self._session:
            self._session = session
            self._outdated.set()
        if session is None:
            self._trouble = "The host does not list this session any more; this is the last that was known."
        if self.is_mounted:
            self.query_one("#facts", Static).update(self._facts(now))

    def action_scroll(self, way: str) -> None:
        """Scrolls a line, `up` or `down`."""
        box = self.query_one(VerticalScroll)
        (box.scroll_up if way == "up" else box.scroll_down)(animate=False)

    def action_copy(self) -> None:
        """Sends the id to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._session_id)
        self.notify("id sent to the terminal", markup=False)

    async def _keep_fetched(self) -> None:
        while True:
            await self._outdated.wait()
            self._outdated.clear()
            try:
                self._fetched = await self._fetch(self._session_id)
                self._trouble = ""
            except WatchdeckError as error:
                self._trouble = str(error)
            self.query_one("#history", Static).update(self._history())
            await asyncio.sleep(FETCH_EVERY_S)

    def _facts(self, now: float) -> RenderableType:
        if self._session is None:
            return detail_text.notice(f"{self._session_id} is not known to the host")
        return detail_text.facts(self._session, now)

    def _history(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self._trouble:
            parts.append(detail_text.notice(self._trouble))
        if self._fetched is not None:
            parts.extend(detail_text.history(self._fetched))
        elif not self._trouble:
            parts.append(detail_text.notice("asking the host …"))
        return Group(*parts)
