"""Instructions are written as documented, and invalid ones cannot be made."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.protocol import page_colors
from browser_host.protocol.page_instructions import (
    RAW_LIMIT,
    Action,
    EndSession,
    Instruction,
    Mode,
    Raw,
    SetMode,
    SwitchColor,
    action_of,
    write,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ANYTHING = JSON | st.sampled_from([b"draw", 1j, object(), float("nan"), ["draw"]])


@pytest.mark.parametrize(
    ("instruction", "action", "written"),
    [
        (EndSession(), Action.END_SESSION, {"action": "endSession"}),
        (SetMode(Mode.DRAW), Action.SET_MODE, {"action": "setMode", "mode": "draw"}),
        (SetMode(Mode.POINTER), Action.SET_MODE, {"action": "setMode", "mode": "pointer"}),
        (SetMode(Mode.CURSOR), Action.SET_MODE, {"action": "setMode", "mode": "cursor"}),
        (SwitchColor(), Action.SWITCH_COLOR, {"action": "switchColor"}),
        (SwitchColor("#ff8800"), Action.SWITCH_COLOR, {"action": "switchColor", "color": "#ff8800"}),
        (Raw({"action": "new", "x": [1]}), Action.RAW, {"action": "new", "x": [1]}),
    ],
)
def test_instructions_are_written_as_documented(
    instruction: Instruction, action: Action, written: Mapping[str, Any]
) -> None:
    assert write(instruction) == written
    assert action_of(instruction) is action
    if action is not Action.RAW:
        assert all(type(value) is str for value in write(instruction).values())  # no enum leaks into the JSON


@given(
    ANYTHING
    | st.sampled_from(["#FF0000", "#fff", "#ff0000\n", "red", "#ff00000", ""])
    | st.text("#0f", max_size=8)
)
@settings(deadline=None)
def test_switch_color_accepts_only_lower_case_rrggbb(color: object) -> None:
    try:
        instruction = SwitchColor(cast("str | None", color))
    except ValueError:
        assert color is not None
        assert not (type(color) is str and len(color) == 7 and page_colors.parse(color) == color)
    else:
        written = write(instruction)
        assert written == {"action": "switchColor"} | ({} if color is None else {"color": color})
        assert color is None or page_colors.parse(cast("str", color)) == color


@given(ANYTHING | st.sampled_from([mode.value for mode in Mode]))
@settings(deadline=None)
def test_set_mode_accepts_only_a_mode(mode: object) -> None:
    with pytest.raises(ValueError, match=r"must be a Mode \(draw, pointer, cursor\)"):
        SetMode(cast("Mode", mode))


@given(st.dictionaries(st.text(), JSON, max_size=4))
@settings(deadline=None)
def test_a_raw_instruction_is_written_unchanged(payload: dict[str, object]) -> None:
    assert write(Raw(payload)) == payload


def test_a_raw_instruction_copies_its_payload() -> None:
    payload: dict[str, Any] = {"action": "new", "list": []}
    instruction = Raw(payload)
    payload["list"].append(object())
    payload["action"] = "endSession"
    assert write(instruction) == {"action": "new", "list": []}


RING: dict[str, object] = {}
RING["ring"] = RING


NO_OBJECTS: tuple[object, ...] = (None, 5, "x", [], [1], [("a", 1)])
NOT_OF_JSON = (float("nan"), float("inf"), object(), {None: 1}, {1: 1}, (1,), b"", {1}, 10**5_000)


@pytest.mark.parametrize(
    "payload", [*NO_OBJECTS, *({"a": value} for value in NOT_OF_JSON), {1: 2}, RING, {"a": "x" * RAW_LIMIT}]
)
def test_a_raw_instruction_must_be_a_bounded_json_object(payload: Any) -> None:
    with pytest.raises(ValueError, match="raw instruction"):
        Raw(payload)


def test_writing_anything_else_fails() -> None:
    with pytest.raises(AssertionError):
        write(cast("Instruction", "endSession"))
