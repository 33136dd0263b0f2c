"""The journal as the host tells it: for all sessions or one, filtered by text, the newest last."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from browser_host.errors import WatchdeckError
from tui.host.deck import Deck
from tui.screens.frame import MOVES, Frame, notice
from tui.screens.help import HelpScreen
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view import history_text
from tui.view.header import Group, badge_groups, packed
from tui.view.history_text import Entry
from tui.widgets.filter_bar import FilterInput
from tui.widgets.listing import Listing, stepped

Fetch = Callable[[str | None], Awaitable[Sequence[Entry]]]


def _key(keys: str, action: str, words: str, sentence: str) -> Binding:
    return Binding(keys, action, words, id=f"history.{action.partition('(')[0]}", tooltip=sentence)


class HistoryScreen(Screen[None], inherit_bindings=False):
    """The journal's newest entries, as they were when last read.

    Args:
        session_id: of the session that was under the cursor, or None.
        deck: the sessions as they are; `show` brings newer ones.
        fetch: asks the host for the entries of one session, or of all.
        glyphs: the signs.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("question_mark", "help", "help", "All keys of this screen"),
        _key("escape,q", "leave", "back", "Leave the filter, else back to the sessions"),
        _key("slash", "filter", "filter", "Only entries that contain all of these words"),
        _key("tab", "scope", "all or one", "All sessions, or the one that was under the cursor"),
        _key("r", "refresh", "refresh", "Read the journal again"),
        *MOVES,
    ]

    def __init__(self, session_id: str | None, deck: Deck, fetch: Fetch, *, glyphs: Glyphs) -> None:
        super().__init__()
        self._session_id = session_id
        self._one = False
        self._deck = deck
        self._now = time.time()
        self._fetch = fetch
        self._entries: tuple[Entry, ...] = ()
        self._asked_at: float | None = None
        self._trouble = ""
        self._cursor: str | None = None
        self._frame = Frame(self, glyphs, head=2, placeholder="words, such as end unconfirmed")

    def compose(self) -> ComposeResult:
        """Bars, the list, the filter, words and keys."""
        yield from self._frame.parts()

    def on_mount(self) -> None:
        """Ask for the first time."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._frame.dress())
        self.action_refresh()

    def on_resize(self, _: events.Resize) -> None:
        """Lay out again once the parts have their sizes."""
        self.call_after_refresh(self._paint)

    def show(self, deck: Deck, now: float) -> None:
        """Take in how the host stands; the entries stay those that were asked for."""
        self._deck, self._now = deck, now
        self._paint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """While a filter is typed its keys act on nothing; one session needs one under the cursor."""
        if self._frame.is_typing and action not in {"move", "leave"}:
            return False
        return action != "scope" or self._session_id is not None

    def on_listing_pressed(self, message: Listing.Pressed) -> None:
        """The mouse chose a row."""
        message.stop()
        self._cursor = message.row_id
        self._paint()

    def on_input_changed(self, message: Input.Changed) -> None:
        """The filter works while it is typed."""
        message.stop()
        self._paint()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep the filter."""
        message.stop()
        self._frame.close_box(clear=False)
        self._paint()

    def on_filter_input_left(self, message: FilterInput.Left) -> None:
        """Leave the filter."""
        message.stop()
        self._frame.close_box(clear=True)
        self._paint()

    def action_move(self, by: int, unit: str) -> None:
        """Move the cursor by rows, pages, or all the way."""
        rows = history_text.rows(self._shown, self._frame.width, self._frame.glyphs)
        self._cursor = stepped(rows, self._cursor, self._frame.steps(by, unit))
        self._paint()

    def action_filter(self) -> None:
        """Open the filter."""
        self._frame.open_box()

    def action_scope(self) -> None:
        """All sessions, or the one that was under the cursor."""
        self._one = not self._one
        self.action_refresh()

    def action_refresh(self) -> None:
        """Ask the host again, and go to the newest."""
        self.run_worker(self._ask(), name="history", group="history", exclusive=True)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(HelpScreen(self.active_bindings.values()))

    def action_leave(self) -> None:
        """Out of the filter, else back to the sessions."""
        if self._frame.typed:
            self._frame.close_box(clear=True)
            self._paint()
        else:
            self.dismiss()

    @property
    def _shown(self) -> tuple[Entry, ...]:
        return history_text.matching(self._entries, self._frame.typed)

    async def _ask(self) -> None:
        try:
            self._entries = tuple(await self._fetch(self._session_id if self._one else None))
            self._trouble = ""
        except WatchdeckError as error:
            self._trouble = str(error)
        self._asked_at = time.time()
        self._cursor = str(self._shown[-1]["seq"]) if self._shown else None
        self._paint()

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        shown, width, glyphs = self._shown, self._frame.width, self._frame.glyphs
        if shown and all(str(entry["seq"]) != self._cursor for entry in shown):
            self._cursor = str(shown[-1]["seq"])
        self._frame.paint(
            head=self._head(len(shown)),
            titles=history_text.titles(width, glyphs),
            rows=history_text.rows(shown, width, glyphs),
            cursor=self._cursor,
            words=self._words(shown),
            notice=self._notice(),
            keys=(("⏎", "keep"), ("esc", "leave")) if self._frame.is_typing else None,
        )

    def _head(self, shown: int) -> tuple[Cell, ...]:
        width = self._frame.width
        loud = badge_groups(self._deck, self._now)
        of = f"of {self._label}" if self._one else "of all sessions"
        title = Group((Span("  History ", Role.STRONG), Span(of, Role.MUTED)), 1)
        counts = [
            Group((Span(f"  {shown}/{len(self._entries)}", Role.STRONG), Span(" shown", Role.MUTED)), 1)
        ]
        if self._frame.typed:
            counts.append(Group((Span(f"/ {printable(self._frame.typed)}", Role.INFO),), 2))
        if self._asked_at is not None:
            at = time.strftime("%H:%M:%S", time.localtime(self._asked_at))
            counts.append(Group((Span(f"as of {at}; r reads again", Role.FAINT),), 3))
        return packed((title,), width, loud), packed(counts, width - 1)

    @property
    def _label(self) -> str:
        session = self._deck.sessions.get(self._session_id or "")
        return printable(session.label if session is not None and session.label else self._session_id or "")

    def _words(self, shown: Sequence[Entry]) -> Cell:
        if self._trouble and shown:
            return (Span(f"Can't read the journal: {printable(self._trouble)}", Role.BAD),)
        entry = next((entry for entry in shown if str(entry["seq"]) == self._cursor), None)
        return () if entry is None else (Span(history_text.whole(entry), Role.MUTED),)

    def _notice(self) -> tuple[str, ...]:
        if self._asked_at is None:
            return ("Asking the host …",)
        if self._trouble:
            return notice("Can't read the journal", f"{self._trouble}; r reads again", self._frame.width)
        return ("No entry contains these words",) if self._entries else ("The journal is empty",)
