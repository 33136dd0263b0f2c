"""The messages that a watch page can post, as frozen types.

Source: the vendor's page on embedded session control (generation 1), and what is known of its successor
(generation 2). Nothing marks a page's generation, so both are read side by side.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from browser_host.protocol.page_instructions import Mode


class Status(StrEnum):
    """The session's status as the page reports it: never translated, never inferred."""

    WAITING = "waiting"
    PENDING_REQUEST = "pendingRequest"
    ACTIVE = "active"
    SNAPSHOT_RECEIVED = "snapshotReceived"
    VIEWER_READY = "viewerReady"
    TERMINATED = "terminated"


class EndReason(StrEnum):
    """The reason for a session's end in generation 2."""

    ENDED = "ended"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Color:
    """A colour as a page reported it.

    Args:
        value: `#rrggbb` in lower case, or None if the page's text is not a known colour.
        raw: the page's text, printable, at most 64 characters.
    """

    value: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class StatusUpdated:
    """Generation 1's `sessionStatusUpdate`."""

    status: Status


@dataclass(frozen=True, slots=True)
class ColorChanged:
    """Generation 1's `currentColor`: the current colour of the agent's tool."""

    color: Color


@dataclass(frozen=True, slots=True)
class StateUpdated:
    """Generation 2's full state; only status, colour and mode are read from it.

    Args:
        raw: the state as JSON text, printable and bounded, for the detail view.
    """

    status: Status | None
    color: Color | None
    mode: Mode | None
    raw: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Generation 2's `sessionEnded`; together with `terminated` it counts as one end.

    Args:
        reason: None if the page gave no known reason.
    """

    reason: EndReason | None
    raw: str


@dataclass(frozen=True, slots=True)
class CustomMessageReceived:
    """Generation 2's `customMessage`, sent by the visitor's SDK."""

    raw: str


@dataclass(frozen=True, slots=True)
class ErrorReported:
    """Generation 2's `error`; its fields are undocumented, so it is kept raw."""

    raw: str


@dataclass(frozen=True, slots=True)
class UnknownReceived:
    """Any other message, including a known type with an unknown value.

    Args:
        type: the message's `type`, printable and at most 64 characters; empty if it had none.
    """

    type: str
    raw: str


PageEvent: TypeAlias = (
    StatusUpdated
    | ColorChanged
    | StateUpdated
    | SessionEnded
    | CustomMessageReceived
    | ErrorReported
    | UnknownReceived
)
