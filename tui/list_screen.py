"""A screen with a list of what the host has, and a line that says what became of the last key."""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from browser_host.errors import WatchdeckError
from tui.host.deck import Deck
from tui.host.host_calls import HostCalls
from tui.host.repeats import ANSWER_S
from tui.screens.frame import MOVES, Frame, notice
from tui.screens.help import HelpScreen
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.header import Group, badge_groups, packed
from tui.widgets.listing import Listing, ListRow, stepped

Answer = TypeVar("Answer")


def keys(name: str, *own: tuple[str, str, str, str]) -> list[Binding]:
    """The bindings of a list: help, its own, the way back, and those that move the cursor.

    Args:
        name: of the list in the user's keymap.
        own: for each the keys, the action, its words in the footer, and a sentence for help.
    """
    every = (
        ("question_mark", "help", "help", "All keys of this screen"),
        *own,
        ("escape,q", "leave", "back", "Back to the sessions"),
    )
    named = [Binding(key, act, words, id=f"{name}.{act}", tooltip=tip) for key, act, words, tip in every]
    return [*named, *MOVES]


class ListScreen(Screen[None], inherit_bindings=False):
    """A list of the host's things; a subclass says which, and what its keys do.

    Args:
        client: the host's client; its owner closes it.
        deck: the host as it is; `show` brings newer ones.
        start: starts work that outlives the screen.
        glyphs: the signs.
        head: lines above the titles of the columns.
        placeholder: what the box says while nothing is typed, where there is one.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    HEADING = ""
    NOTHING = ("", "")
    """What an empty list says: a headline, and a text below it."""
    KEYS: ClassVar[Sequence[tuple[str, str]] | None] = None
    """The keys that are named while something is typed; None for those of the bindings."""

    def __init__(
        self,
        client: HostCalls,
        deck: Deck,
        start: Callable[[Coroutine[Any, Any, None]], None],
        *,
        glyphs: Glyphs,
        head: int = 1,
        placeholder: str = "",
    ) -> None:
        super().__init__()
        self._client = client
        self._deck = deck
        self._now = time.time()
        self._start = start
        self._said: tuple[str, Role] = ("", Role.WARN)
        self._cursor: str | None = None
        self._frame = Frame(self, glyphs, head, placeholder)

    @abstractmethod
    def rows(self, width: int, glyphs: Glyphs) -> Sequence[ListRow]:
        """The rows as they are now."""

    @abstractmethod
    def titles(self, width: int, glyphs: Glyphs) -> Cell:
        """The names of their columns."""

    def head(self) -> tuple[Cell, ...]:
        """The lines above the titles: what the list is of, and how the host stands."""
        title = Group((Span(f"  {self.HEADING}", Role.STRONG),), 1)
        return (packed((title,), self._frame.width, badge_groups(self._deck, self._now)),)

    def words(self) -> Cell:
        """The line above the keys: what became of the last one."""
        said, role = self._said
        return (Span(printable(said), role),)

    def notice(self) -> tuple[str, ...]:
        """The words in place of rows."""
        return notice(*self.NOTHING, self._frame.width)

    def compose(self) -> ComposeResult:
        """Bar, list, words and keys."""
        yield from self._frame.parts()

    def on_mount(self) -> None:
        """Show what is known."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._frame.dress())
        self._paint()

    def on_resize(self, _: events.Resize) -> None:
        """Lay out again once the parts have their sizes."""
        self.call_after_refresh(self._paint)

    def show(self, deck: Deck, now: float) -> None:
        """Take in how the host stands."""
        self._deck, self._now = deck, now
        self._paint()

    def say(self, words: str, role: Role = Role.WARN) -> None:
        """Show a notice on the line above the keys."""
        self._said = (words, role)
        self._paint()

    def on_listing_pressed(self, message: Listing.Pressed) -> None:
        """The mouse chose a row."""
        message.stop()
        self._cursor = message.row_id
        self._paint()

    def action_move(self, by: int, unit: str) -> None:
        """Move the cursor by rows, pages, or all the way."""
        self._said = ("", Role.WARN)
        rows = self.rows(self._frame.width, self._frame.glyphs)
        self._cursor = stepped(rows, self._cursor, self._frame.steps(by, unit))
        self._paint()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(HelpScreen(self.active_bindings.values()))

    def action_leave(self) -> None:
        """Back to the sessions."""
        self.dismiss()

    async def report(self, asked: Awaitable[Answer], done: Callable[[Answer], str], *, failed: str) -> None:
        """Wait for the host's answer, and say what became of it.

        Args:
            done: words for the answer.
            failed: what to say before the host's reason.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await asked
        except WatchdeckError as error:
            self.say(f"{failed}: {error}", Role.BAD)
        except TimeoutError:
            waited = f"No response from the host within {ANSWER_S:.0f} s"
            self.say(f"{waited}; the list shows what it did", Role.BAD)
        else:
            self.say(done(answer), Role.GOOD)

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        width, glyphs = self._frame.width, self._frame.glyphs
        rows = self.rows(width, glyphs)
        if all(row.id != self._cursor for row in rows):
            self._cursor = rows[0].id if rows else None
        self._frame.paint(
            head=self.head(),
            titles=self.titles(width, glyphs),
            rows=rows,
            cursor=self._cursor,
            words=self.words(),
            notice=self.notice(),
            keys=self.KEYS,
        )
