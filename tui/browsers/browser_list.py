"""The list of the browsers' endpoints; `d` drains the one under the cursor, `u` takes it back."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from browser_host.api.replies import Drain
from tui.browsers import browser_text
from tui.host.deck import refusal
from tui.list_screen import ListScreen, keys
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.widgets.listing import ListRow


class BrowsersScreen(ListScreen, inherit_bindings=False):
    """The endpoints as they stand."""

    HEADING = "Browsers"
    NOTHING = ("No browser yet", "the host is starting one, or names none")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys(
            "browsers",
            ("d", "drain", "drain", "Give the endpoint no more sessions, and move those that it has"),
            ("u", "undrain", "undrain", "Give the endpoint sessions again"),
        )
    ]

    def rows(self, width: int, glyphs: Glyphs) -> Sequence[ListRow]:
        """The endpoints."""
        return browser_text.rows(self._deck, self._now, width, glyphs)

    def titles(self, width: int, glyphs: Glyphs) -> Cell:
        """The names of the columns."""
        return browser_text.titles(width, glyphs)

    def action_drain(self) -> None:
        """Drain the endpoint under the cursor; `u` takes it back, so nothing is asked."""
        self._order(self._client.drain)

    def action_undrain(self) -> None:
        """Give the endpoint under the cursor sessions again."""
        self._order(self._client.undrain)

    def _order(self, order: Callable[[str], Awaitable[Drain]]) -> None:
        if (why := refusal(self._deck)) is not None:
            self.say(why)
        elif (endpoint := self._cursor) is not None:
            failed = f"{endpoint} stays as it is"
            self._start(self.report(order(endpoint), lambda it: f"{it.name} {it.text}", failed=failed))
