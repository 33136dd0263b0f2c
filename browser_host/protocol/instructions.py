"""What a watch page can be told, as types that cannot be wrong once they exist."""

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
    """The `action` of the envelope, in the vendor's own words; `RAW` is an instruction as written."""

    END_SESSION = "endSession"
    SET_MODE = "setMode"
    SWITCH_COLOR = "switchColor"
    RAW = "raw"


RAW_LIMIT = 16_384
"""Characters of JSON in the longest instruction as written; the documented ones have under fifty."""
_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class EndSession:
    """Ends the session; `terminated` or `sessionEnded` shows that it did."""


@dataclass(frozen=True, slots=True)
class SetMode:
    """Chooses the agent's tool; nothing the page says ever confirms it.

    Raises:
        ValueError: the mode is a mere string, such as came with a request and was never checked.
    """

    mode: Mode

    def __post_init__(self) -> None:
        if type(self.mode) is not Mode:
            raise ValueError(f"a mode is one of {', '.join(Mode)}, as a Mode, not {self.mode!r}")


@dataclass(frozen=True, slots=True)
class SwitchColor:
    """Switches the agent's colour, or toggles to the page's next; `currentColor` shows that it did.

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
            raise ValueError(f"a colour to switch to is #rrggbb in lower case, not {self.color!r}")


@dataclass(frozen=True, slots=True)
class Raw:
    """An instruction as the operator wrote it, for generations to come; nothing confirms it.

    Args:
        payload: a JSON object, of which a copy is kept; the writer sends it unchanged.

    Raises:
        ValueError: the payload is no JSON object, or longer than `RAW_LIMIT` as JSON.
    """

    payload: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "payload", _copied(self.payload))


def _copied(payload: object) -> dict[str, Any]:
    """A JSON object's own copy, so that nobody can make it wrong later."""
    if not isinstance(payload, Mapping):
        raise ValueError("an instruction as written is a JSON object")  # noqa: TRY004 one error for one mistake
    try:
        text = json.dumps(dict(payload), allow_nan=False)
        copy: dict[str, Any] = json.loads(text)
        exact = copy == dict(payload)  # JSON turns keys that are numbers into strings, and tuples into lists
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"an instruction as written is a JSON object: {error}") from error
    if not exact:
        raise ValueError("an instruction as written is a JSON object, with strings for keys")
    if len(text) > RAW_LIMIT:
        raise ValueError(f"an instruction as written has at most {RAW_LIMIT} characters, not {len(text)}")
    return copy


Instruction: TypeAlias = EndSession | SetMode | SwitchColor | Raw


def action_of(instruction: Instruction) -> Action:
    """The envelope's `action` for an instruction."""
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
    """The object that is posted to the frame's `contentWindow`."""
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
