"""Choosing the column that rows are sorted by; the one in force is named with its direction."""

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.view.sorting import Sort, SortKey


class ChooseSortScreen(ModalScreen[SortKey | None]):
    """Answers with a column, or None; the one in force again means the other way round.

    Args:
        sort: the order in force.
        choices: each column with its key on the main screen, and what it is in words.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,o,q", "dismiss(None)", "Cancel", id="sort.cancel"),
        Binding("j", "cursor('down')", "Down", show=False),
        Binding("k", "cursor('up')", "Up", show=False),
    ]

    DEFAULT_CSS = """
    ChooseSortScreen { align: center middle; }
    ChooseSortScreen > Vertical {
        width: 50; max-width: 96%; height: auto; max-height: 96%;
        padding: 0 1; background: $surface; border: round $primary;
    }
    ChooseSortScreen OptionList { height: auto; max-height: 16; background: $surface; }
    ChooseSortScreen OptionList, ChooseSortScreen OptionList:focus { border: none; }
    ChooseSortScreen #hint { color: $text-muted; padding: 0 1; }
    """

    def __init__(self, sort: Sort, choices: Iterable[tuple[SortKey, str, str]]) -> None:
        super().__init__()
        self._sort = sort
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """The columns, the one in force under the cursor."""
        with Vertical() as box:
            box.border_title = "Sort by"
            yield OptionList(*(self._option(*choice) for choice in self._choices), markup=False)
            yield Static("enter sorts, again reverses; esc cancels", id="hint", markup=False)

    def on_mount(self) -> None:
        """Put the cursor on the column in force."""
        columns = [column for column, _, _ in self._choices]
        self.query_one(OptionList).highlighted = columns.index(self._sort.key)

    def on_key(self, event: events.Key) -> None:
        """The keys that sort on the main screen do it here."""
        chosen = next((column for column, key, _ in self._choices if key == event.key), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen)

    def action_cursor(self, way: str) -> None:
        """Move the cursor, `up` or `down`."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_up if way == "up" else listed.action_cursor_down)()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])

    def _option(self, column: SortKey, key: str, words: str) -> Option:
        text = Text.assemble((f"{key:>3}  ", "bold"), words)
        if column is self._sort.key:
            text.append(", descending" if self._sort.reverse else ", ascending", "dim")
        return Option(text)
