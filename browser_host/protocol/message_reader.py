"""Reads the messages of a watch page, of either generation, into typed and bounded events; never raises."""

from dataclasses import dataclass
from typing import TypeVar

from browser_host.protocol import page_colors
from browser_host.protocol.page_instructions import Mode
from browser_host.protocol.page_messages import (
    Color,
    ColorChanged,
    CustomMessageReceived,
    EndReason,
    ErrorReported,
    PageEvent,
    SessionEnded,
    StateUpdated,
    Status,
    StatusUpdated,
    UnknownReceived,
)
from browser_host.protocol.raw import json_text
from browser_host.protocol.text import printable

TYPE_LIMIT = 64
"""Characters kept of the `type` of an unknown message."""
_LONGEST_INDEX = 9  # digits of a list index in a path

_T = TypeVar("_T")

_STATUS_UPDATED = {status.value: StatusUpdated(status) for status in Status}
_STATUSES = {status.value: status for status in Status}
_MODES = {mode.value: mode for mode in Mode}
_REASONS = {reason.value: reason for reason in EndReason}


@dataclass(frozen=True, slots=True)
class StatePaths:
    """Where to find status, colour and mode in generation 2's message, as dotted paths.

    A path starts at the message (`state.session.phase`) or, if that finds nothing, at its `state`
    (`session.phase`); a number indexes a list. With None, only the plain names at the top of `state` are
    read: `status` and `sessionStatus`, `color` and `currentColor`, `mode`.
    """

    status: str | None = None
    color: str | None = None
    mode: str | None = None


PLAIN_NAMES_ONLY = StatePaths()


def read(message: object, paths: StatePaths = PLAIN_NAMES_ONLY) -> PageEvent:
    """Return the event in a page's message; `UnknownReceived` for anything that is not understood.

    That includes a known type with an unknown value. Only exact dicts, lists, strings and numbers are
    inspected, as JSON makes them; no method of any other object is called.

    Args:
        message: the posted object, whatever it is.
        paths: where generation 2's state holds status, colour and mode.
    """
    if type(message) is not dict:
        return UnknownReceived("", json_text(message))
    kind = message.get("type")
    if type(kind) is not str:
        return UnknownReceived("", json_text(message))
    known = _read_generation_1(kind, message) or _read_generation_2(kind, message, paths)
    return known or UnknownReceived(printable(kind, TYPE_LIMIT), json_text(message))


def _read_generation_1(kind: str, message: dict[str, object]) -> PageEvent | None:
    match kind:
        case "sessionStatusUpdate":
            return _lookup(_STATUS_UPDATED, message.get("sessionStatus"))
        case "currentColor" if (color := message.get("color")) is not None:
            return ColorChanged(page_colors.read(color))
        case _:
            return None


def _read_generation_2(kind: str, message: dict[str, object], paths: StatePaths) -> PageEvent | None:
    match kind:
        case "upscope.sessionState.update":
            return _read_state(message, paths)
        case "sessionEnded":
            return SessionEnded(_lookup(_REASONS, message.get("reason")), json_text(message))
        case "customMessage" if "message" in message:
            return CustomMessageReceived(json_text(message["message"]))
        case "error":
            return ErrorReported(json_text(message))
        case _:
            return None


def _read_state(message: dict[str, object], paths: StatePaths) -> StateUpdated | None:
    state = message.get("state")
    if type(state) is not dict:
        return None
    statuses = _candidates(message, state, paths.status, ("status", "sessionStatus"))
    colors = _candidates(message, state, paths.color, ("color", "currentColor"))
    modes = _candidates(message, state, paths.mode, ("mode",))
    return StateUpdated(
        status=_first_known(_STATUSES, statuses),
        color=_first_color(colors),
        mode=_first_known(_MODES, modes),
        raw=json_text(state),
    )


def _candidates(
    message: dict[str, object], state: dict[str, object], path: str | None, names: tuple[str, ...]
) -> tuple[object, ...]:
    """The values that may hold a field, the likeliest first; None where there is none."""
    if path is None:
        return tuple(state.get(name) for name in names)
    return (_at(message, path), _at(state, path))


def _at(value: object, path: str) -> object:
    """The value at the end of a dotted path, or None."""
    for step in path.split("."):
        if type(value) is dict:
            value = value.get(step)
        elif type(value) is list and step.isdecimal() and len(step) <= _LONGEST_INDEX:
            index = int(step)
            value = value[index] if index < len(value) else None
        else:
            return None
    return value


def _lookup(known: dict[str, _T], value: object) -> _T | None:
    return known.get(value) if type(value) is str else None


def _first_known(known: dict[str, _T], values: tuple[object, ...]) -> _T | None:
    return next((found for value in values if (found := _lookup(known, value)) is not None), None)


def _first_color(values: tuple[object, ...]) -> Color | None:
    found = [page_colors.read(value) for value in values if type(value) is str and value]
    return next((color for color in found if color.value), found[0] if found else None)
