"""What a watch page can be told, as types that cannot be wrong once they exist."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias


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


_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class EndSession:
    """Ends the session; `terminated` or `sessionEnded` shows that it did."""


@dataclass(frozen=True, slots=True)
class SetMode:
    """Chooses the agent's tool; nothing the page says ever confirms it."""

    mode: Mode


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
        if self.color is not None and not _HEX_COLOR.fullmatch(self.color):
            raise ValueError(f"a colour to switch to is #rrggbb in lower case, not {self.color!r}")


@dataclass(frozen=True, slots=True)
class Raw:
    """An instruction as the operator wrote it, for generations to come; nothing confirms it.

    Args:
        payload: a JSON object; the writer sends it unchanged.
    """

    payload: Mapping[str, Any]


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
