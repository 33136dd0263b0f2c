"""The footer: the keys that work now, from the live bindings, as many as there is room for; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from textual.binding import ActiveBinding, Binding

from tui.style.cells import Cell, text_width
from tui.style.roles import Role, Span
from tui.view.actions import BY_ID, KeyAction


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key in a footer.

    Args:
        run: the action that a click runs, in Textual's notation; empty for none.
    """

    key: str
    words: str
    run: str = ""

    @property
    def width(self) -> int:
        """Columns, with a space on each side and between."""
        return text_width(self.key) + text_width(self.words) + 3


@dataclass(frozen=True, slots=True)
class Footer:
    """Hints side by side, after one space."""

    hints: tuple[KeyHint, ...] = ()

    @property
    def spans(self) -> Cell:
        """The line."""
        spans: list[Span] = [Span(" ")]
        for hint in self.hints:
            spans += [Span(f" {hint.key}", Role.INFO), Span(f" {hint.words} ", Role.MUTED)]
        return tuple(spans)

    def run_at(self, column: int) -> str:
        """The action of the hint at a column; empty if there is none."""
        left = 1
        for hint in self.hints:
            if left <= column < left + hint.width:
                return hint.run
            left += hint.width
        return ""


def fitting(hints: Iterable[KeyHint], width: int) -> Footer:
    """The hints that fit a width, in their order."""
    kept: list[KeyHint] = []
    room = width - 1
    for hint in hints:
        if hint.width <= room:
            kept.append(hint)
            room -= hint.width
    return Footer(tuple(kept))


def footer(bindings: Mapping[str, ActiveBinding], width: int, display: Callable[[Binding], str]) -> Footer:
    """Keys and words of the enabled bindings, the most useful first.

    Args:
        bindings: the screen's active bindings by key.
        display: how a binding's key is written (`App.get_key_display`).
    """
    offered = sorted(_offered(bindings.values()), key=lambda pair: pair[0].footer)
    return fitting(
        (KeyHint(display(binding), action.words, action.run) for action, binding in offered), width
    )


def _offered(bindings: Iterable[ActiveBinding]) -> list[tuple[KeyAction, Binding]]:
    """The first binding of each enabled action that has a place in the footer."""
    found: dict[str, tuple[KeyAction, Binding]] = {}
    for active in bindings:
        action = BY_ID.get(active.binding.id or "")
        if active.enabled and action is not None and action.footer:
            found.setdefault(action.id, (action, active.binding))
    return list(found.values())
