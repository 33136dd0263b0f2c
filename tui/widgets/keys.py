"""The footer: the keys that work now, from the live bindings, as many as there is room for; pure."""

from collections.abc import Callable, Iterable, Mapping

from rich.cells import cell_len
from textual.binding import ActiveBinding, Binding

from tui.actions import BY_ID, Action
from tui.cells import Cell
from tui.tones import Span, Tone


def footer(bindings: Mapping[str, ActiveBinding], width: int, display: Callable[[Binding], str]) -> Cell:
    """Keys and words of the enabled bindings, the most useful first.

    Args:
        bindings: the screen's active bindings by key.
        display: how a binding's key is written (`App.get_key_display`).
    """
    spans: list[Span] = [Span(" ")]
    room = width - 1
    for action, binding in sorted(_offered(bindings.values()), key=lambda pair: pair[0].footer):
        key, words = display(binding), action.words
        size = 1 + cell_len(key) + 1 + cell_len(words) + 1
        if size > room:
            continue
        spans += [Span(f" {key}", Tone.INFO), Span(f" {words} ", Tone.MUTED)]
        room -= size
    return tuple(spans)


def _offered(bindings: Iterable[ActiveBinding]) -> list[tuple[Action, Binding]]:
    """One binding, the first, of each enabled action that has a place in the footer."""
    found: dict[str, tuple[Action, Binding]] = {}
    for active in bindings:
        action = BY_ID.get(active.binding.id or "")
        if active.enabled and action is not None and action.footer:
            found.setdefault(action.id, (action, active.binding))
    return list(found.values())
