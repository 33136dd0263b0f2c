"""The keys that work, read from the live bindings, so that a user's own are in it."""

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

KEYMAP_WORD = 'To change a key, name its id in the configuration:  [tui]  keymap = { "end" = "x" }'


def by_action(bindings: Iterable[ActiveBinding]) -> dict[tuple[str, str], list[ActiveBinding]]:
    """What can be done now, with all keys that do it, in the bindings' own order."""
    found: dict[tuple[str, str], list[ActiveBinding]] = {}
    for active in bindings:
        binding = active.binding
        if active.enabled and binding.description and binding.id:  # Textual's own bear no id
            found.setdefault((binding.action, binding.description), []).append(active)
    return found


class HelpScreen(ModalScreen[None]):
    """Lists the keys of the screen below it.

    Args:
        bindings: that screen's active bindings.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Back", id="help.back"),
        Binding("j,down", "scroll('down')", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll('up')", "Up", show=False, id="help.up"),
    ]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 100; max-width: 98%; height: auto; max-height: 94%;
        padding: 1 2; background: $surface; border: round $primary;
    }
    """

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._listed = tuple(bindings)

    def compose(self) -> ComposeResult:
        """One table that scrolls."""
        with VerticalScroll() as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            yield Static(self._keys())

    def action_scroll(self, way: str) -> None:
        """Scrolls a line, `up` or `down`."""
        box = self.query_one(VerticalScroll)
        (box.scroll_up if way == "up" else box.scroll_down)(animate=False)

    def _keys(self) -> Table:
        table = Table.grid(padding=(0, 3, 0, 0))
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        table.add_column(no_wrap=True)
        for (_, description), actives in by_action(self._listed).items():
            keys = "  ".join(self.app.get_key_display(active.binding) for active in actives)
            binding = actives[0].binding
            words = Text(binding.tooltip or description)
            table.add_row(Text(keys, "bold"), words, Text(binding.id or "", "dim"))
        table.add_section()
        table.add_row(Text(""), Text(KEYMAP_WORD, "dim"), Text(""))
        return table
