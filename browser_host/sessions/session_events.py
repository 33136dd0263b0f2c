"""What can happen to a session, in the past tense: the input of `transitions.apply`."""

from dataclasses import dataclass
from typing import TypeAlias

from browser_host.protocol.page_messages import PageEvent
from browser_host.sessions.browser_state import LOCAL
from browser_host.sessions.ledger import Order, Via
from browser_host.sessions.session import Fault
from browser_host.sessions.visitor_state import VisitorReport


@dataclass(frozen=True, slots=True)
class Opened:
    """A page was opened for it, and its watch link is loading.

    Args:
        process: number of its renderer process.
        endpoint: the name of the endpoint whose browser hosts it.
    """

    process: int
    endpoint: str = LOCAL


@dataclass(frozen=True, slots=True)
class Spoke:
    """Its page posted a message that was understood.

    Args:
        after: the highest number of the instructions posted to the frame before the message came; 0
            for none. This is what tells an answer from a coincidence.
    """

    event: PageEvent
    after: int


@dataclass(frozen=True, slots=True)
class MessagesLost:
    """Messages of its page were coalesced or dropped, statuses never."""

    count: int


@dataclass(frozen=True, slots=True)
class Violated:
    """Messages pretended to be its page's, or exceeded a bound."""

    count: int


@dataclass(frozen=True, slots=True)
class NestedFrameRefused:
    """Messages came from frames inside its page, and were ignored."""

    count: int


@dataclass(frozen=True, slots=True)
class DocumentReplaced:
    """Its page, which had reported something, has another document.

    Args:
        origin: scheme, host and port of the new document, or `null`.
        text: what happened, for people.
    """

    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Its page could not be shown in the iframe."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class PageLost:
    """Its page or browser died."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Requeued:
    """It waits for a page again (after it was lost, or for a retry)."""


@dataclass(frozen=True, slots=True)
class PageHung:
    """Its page does not answer."""


@dataclass(frozen=True, slots=True)
class PageAnswered:
    """Its page answers again."""


@dataclass(frozen=True, slots=True)
class FrameReleased:
    """Its iframe was removed (after the end); it has no page."""


@dataclass(frozen=True, slots=True)
class InstructionGiven:
    """An instruction was accepted for it."""

    order: Order


@dataclass(frozen=True, slots=True)
class InstructionHandedOver:
    """The browser has the instruction; whether it was posted follows."""

    number: int


@dataclass(frozen=True, slots=True)
class InstructionSent:
    """The instruction was posted to its frame."""

    number: int


@dataclass(frozen=True, slots=True)
class InstructionFailed:
    """The instruction is known not to have been posted."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionUnaccounted:
    """Whether the instruction was posted is unknown (the page died or hung meanwhile)."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionCancelled:
    """The instruction was cancelled before it was posted."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionRerouted:
    """The page did not confirm the end; this is the state of the request to the REST service.

    Args:
        via: `REST` once the service was asked.
        text: the request and its answer, or why there was none.
    """

    number: int
    via: Via
    text: str


@dataclass(frozen=True, slots=True)
class InstructionsUnheard:
    """Its page is no longer observed: pending instructions will get no confirmation."""

    text: str


@dataclass(frozen=True, slots=True)
class LinkReplaced:
    """It has a new watch link.

    Args:
        fingerprint: of the new one.
    """

    fingerprint: str


@dataclass(frozen=True, slots=True)
class VisitorReported:
    """The REST service reported on its visitor.

    Args:
        look: the number of the look; later looks have higher ones.
    """

    report: VisitorReport
    look: int


@dataclass(frozen=True, slots=True)
class VisitorNotReported:
    """A look at its visitor through the REST service failed, or the service knows no such visitor."""

    look: int


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Time passed: deadlines of the ledger are checked.

    Args:
        escalated: numbers of ends that the service will be asked about; their deadlines wait for its answer.
    """

    escalated: frozenset[int] = frozenset()


SessionEvent: TypeAlias = (
    Opened
    | Spoke
    | MessagesLost
    | Violated
    | NestedFrameRefused
    | DocumentReplaced
    | Blocked
    | PageLost
    | Requeued
    | PageHung
    | PageAnswered
    | FrameReleased
    | InstructionGiven
    | InstructionHandedOver
    | InstructionSent
    | InstructionFailed
    | InstructionUnaccounted
    | InstructionCancelled
    | InstructionRerouted
    | InstructionsUnheard
    | LinkReplaced
    | VisitorReported
    | VisitorNotReported
    | TimePassed
)
