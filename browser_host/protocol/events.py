"""What a watch page can say, as frozen types.

Source: the vendor's page on embedded session control (generation 1) and what is partly known of its
successor (generation 2). No marker tells the generations apart, so both are read side by side.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from browser_host.protocol.instructions import Mode


class Status(StrEnum):
    """The page's own words for how the session stands; never translated, never inferred."""

    WAITING = "waiting"
    PENDING_REQUEST = "pendingRequest"
    ACTIVE = "active"
    SNAPSHOT_RECEIVED = "snapshotReceived"
    VIEWER_READY = "viewerReady"
    TERMINATED = "terminated"


class EndReason(StrEnum):
    """Why generation 2 says that a session ended."""

    ENDED = "ended"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Color:
    """A colour as a page named it.

    Args:
        value: `#rrggbb` in lower case, or None where the page's word is no colour that we know.
        raw: the page's word, printable, at most 64 characters.
    """

    value: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class StatusUpdated:
    """Generation 1's `sessionStatusUpdate`."""

    status: Status


@dataclass(frozen=True, slots=True)
class ColorChanged:
    """Generation 1's `currentColor`: the agent's present tool colour."""

    color: Color


@dataclass(frozen=True, slots=True)
class StateUpdated:
    """Generation 2's full snapshot; only what plainly says status, colour or mode is read from it.

    Args:
        raw: the state as JSON text, printable and bounded, for the session's detail.
    """

    status: Status | None
    color: Color | None
    mode: Mode | None
    raw: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Generation 2's `sessionEnded`; with `terminated` it is one ending.

    Args:
        reason: None where the page gave none, or one that is not known.
    """

    reason: EndReason | None
    raw: str


@dataclass(frozen=True, slots=True)
class CustomMessageReceived:
    """Generation 2's `customMessage`, sent by the visitor's SDK."""

    raw: str


@dataclass(frozen=True, slots=True)
class ErrorReported:
    """Generation 2's `error`; its fields are not known, so it is kept raw."""

    raw: str


@dataclass(frozen=True, slots=True)
class UnknownReceived:
    """Anything else a page posted, a known type with a value that is not known included.

    Args:
        type: the message's `type`, printable and at most 64 characters; empty where it had none.
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
