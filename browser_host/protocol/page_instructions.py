"""The instructions that a watch page accepts, as types whose values are always valid."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias, assert_never


class Mode(StrEnum):
    """The agent's tool; `pointer` is the spotlight."""

    DRAW = "draw"
    POINTER = "pointer"
    CURSOR = "cursor"


class Action(StrEnum):
    """The `action` of an instruction, as named by the vendor; `RAW` stands for a raw instruction."""

    END_SESSION = "endSession"
    SET_MODE = "setMode"
    SWITCH_COLOR = "switchColor"
    RAW = "raw"


RAW_LIMIT = 16_384
"""Characters of JSON in the longest raw instruction; documented ones have fewer than 50."""
_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class EndSession:
    """Ends the session; confirmed by `terminated` or `sessionEnded`."""


@dataclass(frozen=True, slots=True)
class SetMode:
    """Sets the agent's tool; no message of the page confirms it.

    Raises:
        ValueError: the mode is not a `Mode`, such as an unchecked string from a request.
    """

    mode: Mode

    def __post_init__(self) -> None:
        if type(self.mode) is not Mode:
            raise ValueError(f"mode must be a Mode ({', '.join(Mode)}), not {self.mode!r}")


@dataclass(frozen=True, slots=True)
class SwitchColor:
    """Switches the agent's colour, or toggles to the page's next; confirmed by `currentColor`.

    Args:
        color: `#rrggbb` in lower case, or None to toggle.

    Raises:
        ValueError: the colour is not `#rrggbb`.
    """

    color: str | None = None

    def __post_init__(self) -> None:
        if self.color is None:
            return
        if type(self.color) is not str or not _HEX_COLOR.fullmatch(self.color):
            raise ValueError(f"colour must be #rrggbb in lower case, not {self.color!r}")


@dataclass(frozen=True, slots=True)
class Raw:
    """An instruction exactly as the operator wrote it, for future generations; nothing confirms it.

    Args:
        payload: a JSON object; a copy of it is kept, and posted unchanged.

    Raises:
        ValueError: the payload is not a JSON object, or longer than `RAW_LIMIT` as JSON.
    """

    payload: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "payload", _copy_of(self.payload))


def _copy_of(payload: object) -> dict[str, Any]:
    """Copy a JSON object, so that later changes to it have no effect."""
    if not isinstance(payload, Mapping):
        raise ValueError("raw instruction must be a JSON object")  # noqa: TRY004 - one error type for any bad payload
    try:
        text = json.dumps(dict(payload), allow_nan=False)
        copy: dict[str, Any] = json.loads(text)
        is_exact = copy == dict(payload)  # JSON turns numeric keys into strings, and tuples into lists
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"raw instruction must be a JSON object: {error}") from error
    if not is_exact:
        raise ValueError("raw instruction must be a JSON object with string keys")
    if len(text) > RAW_LIMIT:
        raise ValueError(f"raw instruction too long: {len(text)} characters (at most {RAW_LIMIT})")
    return copy


Instruction: TypeAlias = EndSession | SetMode | SwitchColor | Raw


def action_of(instruction: Instruction) -> Action:
    """Return the `action` of an instruction."""
    match instruction:
        case EndSession():
            return Action.END_SESSION
        case SetMode():
            return Action.SET_MODE
        case SwitchColor():
            return Action.SWITCH_COLOR
        case Raw():
            return Action.RAW


def write(instruction: Instruction) -> Mapping[str, Any]:
    """Return the object to post to the frame's `contentWindow`."""
    match instruction:
        case EndSession():
            return {"action": Action.END_SESSION.value}
        case SetMode(mode):
            return {"action": Action.SET_MODE.value, "mode": mode.value}
        case SwitchColor(None):
            return {"action": Action.SWITCH_COLOR.value}
        case SwitchColor(color):
            return {"action": Action.SWITCH_COLOR.value, "color": color}
        case Raw(payload):
            return payload
        case _:
            assert_never(instruction)
