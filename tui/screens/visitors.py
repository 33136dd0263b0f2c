"""Choosing a visitor of the REST service to host, after a question."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from browser_host.api.schema import VisitorView
from browser_host.errors import WatchdeckError
from tui.host.deck import Deck
from tui.host.host_calls import HostCalls
from tui.list_screen import ListScreen
from tui.screens.agreement import on_agreement
from tui.screens.confirm import ConfirmScreen
from tui.screens.frame import MOVES, notice
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view import visitor_text
from tui.view.actions import Needs, why_not
from tui.view.header import Group, badge_groups, packed
from tui.widgets.filter_bar import FilterInput
from tui.widgets.listing import ListRow

PAUSE_S = 0.3
"""Seconds without a key before the service is asked: its rate limit is not known."""

ANSWER_S = 20.0
"""Seconds for the service's answer, by way of the host."""


class VisitorsScreen(ListScreen, inherit_bindings=False):
    """A search of the service's visitors, of whom one can be hosted.

    Args:
        client: the host's client; its owner closes it.
        deck: the sessions as they are; `show` brings newer ones.
        start: starts work that outlives the screen.
        glyphs: the signs.
    """

    KEYS: ClassVar[Sequence[tuple[str, str]] | None] = (
        ("⏎", "watch"),
        ("up down", "choose"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1, 'row')", "Down", show=False, id="visitors.down"),
        Binding("up", "move(-1, 'row')", "Up", show=False, id="visitors.up"),
        *(move for move in MOVES if move.key.startswith("page")),
    ]

    def __init__(
        self,
        client: HostCalls,
        deck: Deck,
        start: Callable[[Coroutine[Any, Any, None]], None],
        *,
        glyphs: Glyphs,
    ) -> None:
        super().__init__(client, deck, start, glyphs=glyphs, head=2, placeholder=visitor_text.SEARCH_HINT)
        self._found: tuple[VisitorView, ...] | None = None
        self._trouble = ""

    def rows(self, width: int, glyphs: Glyphs) -> Sequence[ListRow]:
        """The visitors, in the service's order."""
        return visitor_text.rows(self._found or (), width, glyphs)

    def titles(self, width: int, glyphs: Glyphs) -> Cell:
        """The names of the columns."""
        return visitor_text.titles(width, glyphs)

    def head(self) -> tuple[Cell, ...]:
        """What can be done here and how the host stands, and below it how many were found."""
        width = self._frame.width
        title = Group((Span("  Host a visitor", Role.STRONG),), 1)
        found = "" if self._found is None else f"  {len(self._found)}"
        counts = (Group((Span(found, Role.STRONG), Span(" found" if found else "", Role.MUTED)), 1),)
        first = packed((title,), width, badge_groups(self._deck, self._now))
        return first, packed(counts, width - 1)

    def words(self) -> Cell:
        """What became of the last key, else who is under the cursor."""
        if self._said[0]:
            return super().words()
        chosen = self._chosen
        who = ", ".join(filter(None, (*chosen.identities, chosen.email))) if chosen is not None else ""
        return (Span(printable(who), Role.MUTED),)

    def notice(self) -> tuple[str, ...]:
        """Why there are no visitors, or none yet."""
        if self._found is None:
            return ("Asking the service …",)
        if self._trouble:
            why, _, advice = self._trouble.partition("; ")
            return notice(f"Can't list visitors: {printable(why)}", advice, self._frame.width)
        return notice("No visitors found", visitor_text.SEARCH_HINT, self._frame.width)

    def on_mount(self) -> None:
        """Give the keys to the box, and ask for the latest visitors."""
        self._frame.open_box()
        self._search("", pause_s=0.0)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search once the typing pauses."""
        message.stop()
        self._search(message.value, pause_s=PAUSE_S)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Ask about the visitor under the cursor."""
        message.stop()
        chosen = self._chosen
        if chosen is None or not self.is_current:  # a second enter, typed ahead of the question
            return
        if (why := why_not(Needs.HOST, self._deck)) is not None:
            self.say(why)
            return

        def agreed(_: tuple[str, ...]) -> None:
            self._start(self._host(chosen))

        asked = visitor_text.hosting(chosen)
        self.app.push_screen(ConfirmScreen(asked, self._deck), on_agreement(agreed, self.say))

    def on_filter_input_left(self, message: FilterInput.Left) -> None:
        """Empty the box, else go back to the sessions."""
        message.stop()
        if self._frame.typed:
            self._frame.box.box.value = ""
        else:
            self.dismiss()

    def _search(self, words: str, *, pause_s: float) -> None:
        self.run_worker(self._ask(words, pause_s), name="visitors", group="visitors", exclusive=True)

    async def _ask(self, words: str, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        try:
            async with asyncio.timeout(ANSWER_S):
                found = await self._client.visitors(words)
        except WatchdeckError as error:
            self._trouble, self._found = str(error), ()
        except TimeoutError:
            self._trouble, self._found = f"no response from the service within {ANSWER_S:.0f} s", ()
        else:
            self._trouble, self._found = "", found
        self._paint()

    async def _host(self, visitor: VisitorView) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                session = await self._client.add(visitor=visitor.id, label=visitor.label)
        except WatchdeckError as error:
            self.say(f"{visitor.label} is not hosted: {error}")
        except TimeoutError:
            self.say(f"No response from the host within {ANSWER_S:.0f} s; the main screen shows what it did")
        else:
            self.say(f"{visitor.label} is hosted as {session}", Role.GOOD)
            if self.is_mounted:
                self._search(self._frame.typed, pause_s=0.0)

    @property
    def _chosen(self) -> VisitorView | None:
        return next((one for one in self._found or () if one.id == self._cursor), None)
