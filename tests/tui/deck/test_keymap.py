"""The ids that a key can be given to: those that help shows, on every screen."""

import importlib
import pkgutil
from collections.abc import Iterator

from textual.binding import Binding
from textual.screen import Screen

import tui
from tui import keymap


def screens(of: type[Screen[object]] = Screen) -> Iterator[type[Screen[object]]]:
    for screen in of.__subclasses__():
        yield screen
        yield from screens(screen)


def test_every_screens_ids_can_be_given_keys() -> None:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    own = [screen for screen in screens() if screen.__module__.startswith("tui.")]
    assert len(own) > 10
    ids = {
        binding.id: screen.__name__
        for screen in own
        for binding in screen.BINDINGS
        if isinstance(binding, Binding) and binding.id
    }
    assert keymap.problems(dict.fromkeys(ids, "f9")) == [], ids


def test_an_unknown_id_is_named_with_the_nearest() -> None:
    assert keymap.problems({"browsers.drian": "x"}) == [
        "[tui] keymap: unknown action 'browsers.drian', did you mean 'browsers.drain'"
    ]
