"""What the hosting reports to the supervisor: plain values in the past tense, put on its one queue."""

from dataclasses import dataclass
from typing import TypeAlias

from browser_host.sessions.session import Fault


@dataclass(frozen=True, slots=True)
class BrowserStarted:
    """A browser runs; `number` rises with every start of this host."""

    number: int
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class BrowserLost:
    """A browser or its driver died; its sessions were reported lost before this."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class BrowserReplaced:
    """A browser was closed because a younger one took all its sessions; nothing was lost."""

    number: int


@dataclass(frozen=True, slots=True)
class BrowsersGivenUp:
    """No further browser is started until `retry`; these sessions wait for one in vain.

    Args:
        starts: in a row that came to nothing, or to a browser that fell at once.
    """

    session_ids: tuple[str, ...]
    starts: int


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """An iframe of page number `page` was given the session's address."""

    session_id: str
    page: int


@dataclass(frozen=True, slots=True)
class SessionBlocked:
    """The session's address could not be shown; its iframe was taken away."""

    session_id: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class SessionsLost:
    """A page died with these sessions in it, or could not be made for them."""

    session_ids: tuple[str, ...]
    fault: Fault


@dataclass(frozen=True, slots=True)
class SessionsUnresponsive:
    """The page of these sessions does not answer its heartbeat."""

    session_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionsResponsive:
    """The page of these sessions answers again."""

    session_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionLeft:
    """The session's frame navigated to another origin by itself.

    Args:
        origin: scheme, host and port of where it is now; never a whole address.
    """

    session_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message that the session's own frame posted, proved by `event.source` and its origin.

    Args:
        data: what was posted, JSON-shaped, bounded in size and depth.
        after: number of the newest instruction posted to the frame before the message came, or 0.
        waited_ms: milliseconds between the message's arrival in the page and its batch's leaving.
    """

    session_id: str
    data: object
    after: int
    waited_ms: float


@dataclass(frozen=True, slots=True)
class MessagesDropped:
    """Messages of the session's frame were coalesced or thrown away in the page; never a status."""

    session_id: str
    count: int


@dataclass(frozen=True, slots=True)
class MessagesRefused:
    """Messages of the session's frame broke a bound or came from another origin than its own."""

    session_id: str
    count: int


@dataclass(frozen=True, slots=True)
class InstructionPosted:
    """The instruction was posted to the session's frame."""

    session_id: str
    number: int


@dataclass(frozen=True, slots=True)
class InstructionNotPosted:
    """The instruction was certainly not posted."""

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
    | BrowsersGivenUp
    | SessionOpened
    | SessionBlocked
    | SessionsLost
    | SessionsUnresponsive
    | SessionsResponsive
    | SessionLeft
    | MessageReceived
    | MessagesDropped
    | MessagesRefused
    | InstructionPosted
    | InstructionNotPosted
    | InstructionUncertain
)
