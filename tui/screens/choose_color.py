"""Choosing a colour to switch to: plain names with their swatches, or any #rrggbb."""

import re
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.validation import Regex
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

PALETTE = {
    "red": "#e6194b",
    "orange": "#f58231",
    "yellow": "#ffe119",
    "green": "#3cb44b",
    "cyan": "#42d4f4",
    "blue": "#4363d8",
    "purple": "#911eb4",
    "pink": "#f032e6",
    "brown": "#9a6324",
    "black": "#000000",
    "grey": "#808080",
    "white": "#ffffff",
}
"""Names that anyone knows, in shades that are easily told apart (after Sasha Trubetskoy's list)."""

_SHORT_OR_LONG_HEX = re.compile(r"\s*#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\s*")


def as_hex(text: str) -> str | None:
    """What somebody typed, with or without `#`, three digits or six, as `#rrggbb`; None if it is none."""
    if not _SHORT_OR_LONG_HEX.fullmatch(text):
        return None
    digits = text.strip().removeprefix("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))  # noqa: PLR2004 - rrggbb


def swatch_line(name: str, color: str) -> Text:
    """A colour in the list: its swatch, its name, its digits."""
    return Text.assemble(("    ", Style(bgcolor=color)), f"  {name:<8} ", (color, "dim"))


class ChooseColorScreen(ModalScreen[str | None]):
    """Answers with `#rrggbb`, or None.

    Args:
        target: what the colour is for, such as `3 marked sessions`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="color.cancel"),
    ]

    DEFAULT_CSS = """
    ChooseColorScreen { align: center middle; }
    ChooseColorScreen > Vertical {
        width: 54; max-width: 96%; height: auto; max-height: 96%;
        padding: 0 1; background: $surface; border: round $primary;
    }
    ChooseColorScreen OptionList { height: auto; max-height: 12; background: $surface; }
    ChooseColorScreen OptionList, ChooseColorScreen OptionList:focus { border: none; }
    ChooseColorScreen Input { margin: 0; border: tall $border-blurred; }
    ChooseColorScreen #hint { color: $text-muted; padding: 0 1; }
    """

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = target

    def compose(self) -> ComposeResult:
        """The names, and a line for any other colour."""
        with Vertical() as box:
            box.border_title = Text(f"Color for {self._target}").markup
            yield OptionList(
                *(Option(swatch_line(*item), id=item[1]) for item in PALETTE.items()), markup=False
            )
            yield Input(
                placeholder="or type #rrggbb",
                max_length=9,
                validators=[Regex(_SHORT_OR_LONG_HEX.pattern)],
                validate_on=["submitted"],
            )
            yield Static("enter chooses, tab types one, esc cancels", id="hint", markup=False)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        color = as_hex(event.value)
        if color is not None:
            self.dismiss(color)
            return
        self.query_one("#hint", Static).update(
            Text("expected # and six digits 0-9 or a-f, as #1e90ff", style="bold")
        )
