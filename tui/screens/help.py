"""The keys that work, read from the live bindings with the user's own in them, and the filter language."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.view import help_text
from tui.view.help_text import HelpRow
from tui.widgets.filter_bar import FilterInput


def by_action(bindings: Iterable[ActiveBinding]) -> dict[tuple[str, str], list[ActiveBinding]]:
    """The enabled actions with all their keys, in the bindings' own order."""
    found: dict[tuple[str, str], list[ActiveBinding]] = {}
    for active in bindings:
        binding = active.binding
        if active.enabled and binding.description and binding.id:  # Textual's own bear no id
            found.setdefault((binding.action, binding.description), []).append(active)
    return found


class HelpScreen(ModalScreen[None]):
    """The keys of the screen below it, and with a filter's key among them the filter language; searchable.

    Args:
        bindings: that screen's active bindings.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Back", id="help.back"),
        Binding("slash", "search", "Search", id="help.search"),
        Binding("j,down", "scroll('down')", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll('up')", "Up", show=False, id="help.up"),
        Binding("pagedown", "scroll('page_down')", "A page down", show=False, id="help.page-down"),
        Binding("pageup", "scroll('page_up')", "A page up", show=False, id="help.page-up"),
        Binding("g,home", "scroll('home')", "To the top", show=False, id="help.first"),
        Binding("G,end", "scroll('end')", "To the end", show=False, id="help.last"),
    ]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > Vertical {
        width: 104; max-width: 98%; height: auto; max-height: 94%;
        padding: 0 1; background: $surface; border: round $primary;
    }
    HelpScreen VerticalScroll { height: auto; max-height: 1fr; }
    HelpScreen FilterInput { border: none; height: 1; padding: 0; background: $panel; display: none; }
    HelpScreen FilterInput:focus { border: none; display: block; }
    """

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._listed = tuple(bindings)

    def compose(self) -> ComposeResult:
        """The box of the search, and one table that scrolls."""
        with Vertical() as box:
            box.border_title = "Keys"
            box.border_subtitle = "j k scroll, / searches, esc closes"
            yield FilterInput(compact=True, placeholder="words, such as end or stale", id="help-search")
            with VerticalScroll(can_focus=False):
                yield Static(self._rows(""), id="help-rows")

    def action_search(self) -> None:
        """Give the keys to the box."""
        self.query_one(FilterInput).display = True
        self.set_focus(self.query_one(FilterInput))

    def action_scroll(self, way: str) -> None:
        """Scroll a line, a page, or all the way."""
        box = self.query_one(VerticalScroll)
        getattr(box, f"scroll_{way}")(animate=False)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search while it is typed."""
        message.stop()
        self.query_one("#help-rows", Static).update(self._rows(message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep what was found."""
        message.stop()
        self.set_focus(None)

    def on_filter_input_left(self, message: FilterInput.Left) -> None:
        """Show all again."""
        message.stop()
        box = self.query_one(FilterInput)
        box.value = ""
        box.display = False
        self.set_focus(None)

    def _keys(self) -> Iterator[HelpRow]:
        for (_, description), actives in by_action(self._listed).items():
            binding = actives[0].binding
            keys = "  ".join(self.app.get_key_display(active.binding) for active in actives)
            yield HelpRow(keys, binding.tooltip or description, binding.id or "")

    def _rows(self, query: str) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        table.add_column()
        _add(table, help_text.matching(self._keys(), query))
        terms = help_text.filter_rows() if any(one.binding.id == "filter" for one in self._listed) else ()
        if found := help_text.matching(terms, query):
            table.add_row("", Text("Filter", "bold underline"), "")
            _add(table, found)
        if not table.row_count:
            table.add_row("", Text("Nothing has these words"), "")
        elif not query:
            table.add_row("", Text(help_text.KEYMAP, "dim"), "")
        return table


def _add(table: Table, rows: Iterable[HelpRow]) -> None:
    for row in rows:
        table.add_row(Text(row.name, "bold"), Text(row.words), Text(row.detail, "dim"))
