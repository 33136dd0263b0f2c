"""Reads what a watch page posted, of either generation, into typed and bounded events; never raises."""

from dataclasses import dataclass
from typing import TypeVar

from browser_host.protocol import colors
from browser_host.protocol.events import (
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
from browser_host.protocol.instructions import Mode
from browser_host.protocol.raw import json_text
from browser_host.protocol.text import printable

TYPE_LIMIT = 64
"""Characters kept of the `type` of a message that was not understood."""
_LONGEST_INDEX = 9  # digits of a list index in a path

_T = TypeVar("_T")

_STATUS_UPDATED = {status.value: StatusUpdated(status) for status in Status}
_STATUSES = {status.value: status for status in Status}
_MODES = {mode.value: mode for mode in Mode}
_REASONS = {reason.value: reason for reason in EndReason}


@dataclass(frozen=True, slots=True)
class StatePaths:
    """Where generation 2's message says what, as dotted paths that a user read off the raw object.

    A path is followed from the message (`state.session.phase`), and from its `state` (`session.phase`) where
    that leads nowhere; a number is an index where it meets a list. With None, only the plain names at the
    top of `state` are read: `status` and `sessionStatus`, `color` and `currentColor`, `mode`.
    """

    status: str | None = None
    color: str | None = None
    mode: str | None = None


PLAIN_NAMES_ONLY = StatePaths()


def read(message: object, paths: StatePaths = PLAIN_NAMES_ONLY) -> PageEvent:
    """What a page said, as one of the events; `UnknownReceived` for whatever is not understood.

    A known type whose value is not known is not understood either. Only exact dicts, lists, strings and
    numbers are looked into, as JSON makes them; nothing else of the page's making is ever called.

    Args:
        message: what was posted, whatever it is.
        paths: where generation 2's state says what.
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
            return _known_word(_STATUS_UPDATED, message.get("sessionStatus"))
        case "currentColor" if (color := message.get("color")) is not None:
            return ColorChanged(colors.read(color))
        case _:
            return None


def _read_generation_2(kind: str, message: dict[str, object], paths: StatePaths) -> PageEvent | None:
    match kind:
        case "upscope.sessionState.update":
            return _read_state(message, paths)
        case "sessionEnded":
            return SessionEnded(_known_word(_REASONS, message.get("reason")), json_text(message))
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
    statuses = _said(message, state, paths.status, ("status", "sessionStatus"))
    shades = _said(message, state, paths.color, ("color", "currentColor"))
    modes = _said(message, state, paths.mode, ("mode",))
    return StateUpdated(
        status=_first_known(_STATUSES, statuses),
        color=_first_color(shades),
        mode=_first_known(_MODES, modes),
        raw=json_text(state),
    )


def _said(
    message: dict[str, object], state: dict[str, object], path: str | None, names: tuple[str, ...]
) -> tuple[object, ...]:
    """The values that may say a thing, the likeliest first; None where nothing stands."""
    if path is None:
        return tuple(state.get(name) for name in names)
    return (_at(message, path), _at(state, path))


def _at(value: object, path: str) -> object:
    """What stands at the end of a dotted path, or None."""
    for step in path.split("."):
        if type(value) is dict:
            value = value.get(step)
        elif type(value) is list and step.isdecimal() and len(step) <= _LONGEST_INDEX:
            index = int(step)
            value = value[index] if index < len(value) else None
        else:
            return None
    return value


def _known_word(words: dict[str, _T], said: object) -> _T | None:
    return words.get(said) if type(said) is str else None


def _first_known(words: dict[str, _T], said: tuple[object, ...]) -> _T | None:
    return next((known for value in said if (known := _known_word(words, value)) is not None), None)


def _first_color(said: tuple[object, ...]) -> Color | None:
    read_as = [colors.read(value) for value in said if type(value) is str and value]
    return next((color for color in read_as if color.value), read_as[0] if read_as else None)
