"""The events that the pool reports to the supervisor: immutable values, put on its one queue."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from browser_host.sessions.browser_state import LOCAL
from browser_host.sessions.session import Fault


@dataclass(frozen=True, slots=True)
class BrowserStarted:
    """A browser is running; `number` increases with every browser that this host starts."""

    number: int
    name: str
    version: str
    endpoint: str = LOCAL


@dataclass(frozen=True, slots=True)
class BrowserLost:
    """A browser or its driver died; its sessions have been reported lost already."""

    number: int
    text: str
    endpoint: str = LOCAL


@dataclass(frozen=True, slots=True)
class EndpointDraining:
    """An endpoint takes no more sessions; its own move elsewhere, or stay until they end."""

    name: str


@dataclass(frozen=True, slots=True)
class EndpointDrained:
    """A draining endpoint has no sessions left, and its browsers were closed."""

    name: str


@dataclass(frozen=True, slots=True)
class EndpointTakesSessions:
    """A drained endpoint takes sessions again."""

    name: str


@dataclass(frozen=True, slots=True)
class BrowserReplaced:
    """A browser was closed after its sessions had moved to a newer one; nothing was lost."""

    number: int


@dataclass(frozen=True, slots=True)
class BrowsersGivenUp:
    """No browser is started until `retry`; these sessions have none.

    Args:
        starts: consecutive starts that failed, or whose browser was lost at once.
    """

    session_ids: tuple[str, ...]
    starts: int


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The session's page was given its watch link.

    Args:
        group: its number, and so of the renderer process.
        endpoint: name of its browser's endpoint.
    """

    session_id: str
    group: int
    endpoint: str = LOCAL


@dataclass(frozen=True, slots=True)
class SessionBlocked:
    """The session's watch link could not be shown; its page was closed."""

    session_id: str
    fault: Fault


class LossCause(StrEnum):
    """Why sessions were lost, as far as it says which of them may be the cause."""

    CRASH = "crash"
    """Their process or page died, or could not be opened."""
    HANG = "hang"
    """Their process stopped answering."""
    FLOOD = "flood"
    """The host ended their process, because it kept the whole browser busy."""
    BROWSER = "browser"
    """Their browser or its driver died."""


@dataclass(frozen=True, slots=True)
class SessionsLost:
    """The group of these sessions died, or the page of one, or no page could be opened."""

    session_ids: tuple[str, ...]
    fault: Fault
    cause: LossCause = LossCause.CRASH


@dataclass(frozen=True, slots=True)
class SessionsUnresponsive:
    """The process of these sessions does not answer its heartbeat."""

    session_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionsResponsive:
    """The process of these sessions answers again."""

    session_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageReplaced:
    """The session's page, which had reported something, has another document.

    Args:
        origin: scheme, host and port of the new document, or `null`; never a whole address.
        fault: why it is no longer the session's page; None if the page only reloaded itself.
    """

    session_id: str
    origin: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message that the session's own frame posted, as `event.source` and its origin prove.

    Args:
        data: what was posted, JSON-shaped, bounded in size and depth.
        after: number of the newest instruction posted to the frame before the message, or 0.
        waited_ms: milliseconds from the message's arrival in the page to the sending of its batch.
    """

    session_id: str
    data: object
    after: int
    waited_ms: float


@dataclass(frozen=True, slots=True)
class MessagesDropped:
    """Messages of the session's frame were coalesced or dropped in the page; never a status."""

    session_id: str
    count: int


@dataclass(frozen=True, slots=True)
class MessagesRefused:
    """Messages of the session's frame exceeded a limit, or came from another origin than its own."""

    session_id: str
    count: int


@dataclass(frozen=True, slots=True)
class NestedFrameHeard:
    """Messages came from frames inside the session's page, and were refused."""

    session_id: str
    count: int


@dataclass(frozen=True, slots=True)
class InstructionPosted:
    """The instruction was posted to the session's frame."""

    session_id: str
    number: int


@dataclass(frozen=True, slots=True)
class InstructionNotPosted:
    """The instruction was not posted, which is certain."""

    session_id: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionUncertain:
    """The page died or stopped answering while the instruction was being posted."""

    session_id: str
    number: int
    text: str


Report: TypeAlias = (
    BrowserStarted
    | BrowserLost
    | BrowserReplaced
    | EndpointDraining
    | EndpointDrained
    | EndpointTakesSessions
    | BrowsersGivenUp
    | SessionOpened
    | SessionBlocked
    | SessionsLost
    | SessionsUnresponsive
    | SessionsResponsive
    | PageReplaced
    | MessageReceived
    | MessagesDropped
    | MessagesRefused
    | NestedFrameHeard
    | InstructionPosted
    | InstructionNotPosted
    | InstructionUncertain
)

ReportSink: TypeAlias = Callable[[Report], None]
"""Takes a report without blocking; called only on the host's event loop."""
