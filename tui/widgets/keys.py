"""The footer: the keys that work now, from the live bindings, as many as there is room for; pure."""

from collections.abc import Callable, Iterable, Mapping

from rich.cells import cell_len
from textual.binding import ActiveBinding, Binding

from tui.actions import BY_RUN
from tui.rows import Cell
from tui.tones import Span, Tone


def footer(bindings: Mapping[str, ActiveBinding], width: int, display: Callable[[Binding], str]) -> Cell:
    """Keys and words of the enabled bindings, the most useful first.

    Args:
        bindings: the screen's active bindings by key.
        display: how a binding's key is written (`App.get_key_display`).
    """
    spans: list[Span] = []
    room = width
    for binding in sorted(_offered(bindings.values()), key=lambda held: BY_RUN[held.action].footer):
        key, words = display(binding), BY_RUN[binding.action].words
        size = 1 + cell_len(key) + 1 + cell_len(words) + 1
        if size > room:
            continue
        spans += [Span(f" {key}", Tone.INFO), Span(f" {words} ", Tone.MUTED)]
        room -= size
    return tuple(spans)


def _offered(bindings: Iterable[ActiveBinding]) -> list[Binding]:
    """One binding, the first, of each enabled action that has a place in the footer."""
    found: dict[str, Binding] = {}
    for active in bindings:
        action = BY_RUN.get(active.binding.action)
        if active.enabled and action is not None and action.footer:
            found.setdefault(action.id, active.binding)
    return list(found.values())
