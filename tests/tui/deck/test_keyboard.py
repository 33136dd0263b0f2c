"""Another layout, Caps Lock and ctrl-z get a hint once, and Caps Lock never opens the bulk end unnoticed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.keyboard import keyboard_hints
from tui.keyboard.keyboard_hints import Keyboard, KeyboardHint, Pressed

BOUND = frozenset("dpcseEzUjkGLPS")


def press(character: str, key: str = "") -> Pressed:
    return Pressed(
        key or character,
        character,
        is_bound=character in BOUND,
        is_bound_small=character.lower() in BOUND,
        opens_plan=character == "E",
    )


def typed(*keys: Pressed) -> list[tuple[str, bool]]:
    held, told = Keyboard(), []
    for key in keys:
        result = keyboard_hints.heard(held, key)
        held = result.keyboard
        told.append((result.words, result.is_refused))
    return told


@pytest.mark.parametrize("letter", ["ф", "ш", "ε", "Ω", "ش"])
def test_letters_of_another_script_get_a_hint_once(letter: str) -> None:
    assert typed(press(letter), press(letter)) == [(KeyboardHint.LAYOUT.value, False), ("", False)]


def test_ctrl_z_says_what_leaves_and_what_undoes() -> None:
    key = Pressed("ctrl+z", None, is_bound=False, is_bound_small=False, opens_plan=False)
    assert typed(key, key) == [(KeyboardHint.SUSPEND.value, False), ("", False)]


def test_caps_lock_is_noticed_before_the_bulk_end_opens() -> None:
    told = typed(press("J"), press("E"), press("E"))
    assert [refused for _, refused in told] == [False, True, False]
    assert "Caps Lock" in told[0][0]
    assert "press E again" in told[1][0]
    assert [refused for _, refused in typed(*map(press, "LSPE"))] == [False, False, False, True]


def test_a_capital_that_is_meant_opens_at_once() -> None:
    assert typed(press("U"), press("E")) == [("", False), ("", False)]
    assert typed(press("J"), press("d"), press("E"))[-1] == ("", False)
    assert typed(*map(press, "UEEEE")) == [("", False)] * 5


@given(st.lists(st.sampled_from("dpcseEzUjkGLPSJKф1 "), max_size=12))
def test_only_the_bulk_end_is_ever_refused_and_never_twice(keys: str) -> None:
    told = typed(*map(press, keys))
    refused = [at for at, (_, is_refused) in enumerate(told) if is_refused]
    assert all(keys[at] == "E" for at in refused)
    assert all(after > before + 1 for before, after in itertools.pairwise(refused))
