"""A key as the screen that it came to knows it."""

from collections.abc import Iterator
from typing import Any

from textual import events
from textual.binding import Binding
from textual.screen import Screen

from tui.keyboard.keyboard_hints import Pressed


def pressed(event: events.Key, screen: Screen[Any]) -> Pressed:
    """What a key means on a screen."""
    here = tuple(_bindings(screen, event.key))
    small = event.character.lower() if event.character is not None else ""
    return Pressed(
        key=event.key,
        character=event.character,
        is_bound=bool(here),
        is_bound_small=any(_bindings(screen, small)),
        opens_plan=any(binding.id == "plan" for binding in here),
    )


def _bindings(screen: Screen[Any], key: str) -> Iterator[Binding]:
    # Not `active_bindings`: it asks about every binding there is, which was half of what a key cost.
    for _, bindings in screen._modal_binding_chain:  # noqa: SLF001 - Textual's own way to a key's bindings
        yield from bindings.key_to_bindings.get(key, ())
