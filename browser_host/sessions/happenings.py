"""What can happen to a session, in the past tense: the input of `transitions.apply`."""

from dataclasses import dataclass
from typing import TypeAlias

from browser_host.protocol.events import PageEvent
from browser_host.sessions.ledger import Order
from browser_host.sessions.session import Fault


@dataclass(frozen=True, slots=True)
class Opened:
    """An iframe was made for it and its address is loading."""

    page: int


@dataclass(frozen=True, slots=True)
class Spoke:
    """Its page posted a message that was read.

    Args:
        after: the highest number of the instructions posted to the frame before the message came; 0
            for none. This is what tells an answer from a coincidence.
    """

    event: PageEvent
    after: int


@dataclass(frozen=True, slots=True)
class MessagesDropped:
    """Messages of its page were coalesced or thrown away, statuses never."""

    count: int


@dataclass(frozen=True, slots=True)
class Violated:
    """Messages claimed to be its page's and were not, or broke a bound."""

    count: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """Its page could not be shown in the iframe."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class PageLost:
    """The page it lived in, or the browser, died."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Requeued:
    """It waits for a place again (after it was lost, or to be tried anew)."""


@dataclass(frozen=True, slots=True)
class PageHung:
    """The page it lives in does not answer."""


@dataclass(frozen=True, slots=True)
class PageAnswered:
    """The page it lives in answers again."""


@dataclass(frozen=True, slots=True)
class FrameReleased:
    """Its iframe was taken away (after the end); it lives in no page."""


@dataclass(frozen=True, slots=True)
class InstructionGiven:
    """An instruction was accepted for it."""

    order: Order


@dataclass(frozen=True, slots=True)
class InstructionPosted:
    """The instruction was posted to its frame."""

    number: int


@dataclass(frozen=True, slots=True)
class InstructionFailed:
    """The instruction is known not to have been posted."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionUncertain:
    """It is not known whether the instruction was posted (the page died or hung meanwhile)."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionCancelled:
    """The instruction was taken back before it was posted."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionRerouted:
    """The page did not confirm the instruction, and the REST service was asked; or it has answered.

    Args:
        text: plain words on what was asked and answered.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InstructionsUnheard:
    """Nobody listens to its page any more: no answer to what is under way will be heard.

    Args:
        handed: numbers of the queued that are on their way to the page already.
        text: why.
    """

    handed: frozenset[int]
    text: str


@dataclass(frozen=True, slots=True)
class LinkReplaced:
    """It has a watch link, or another one than before.

    Args:
        fingerprint: of the new one.
    """

    fingerprint: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The clock moved on: deadlines of the ledger are looked at."""


Happening: TypeAlias = (
    Opened
    | Spoke
    | MessagesDropped
    | Violated
    | Blocked
    | PageLost
    | Requeued
    | PageHung
    | PageAnswered
    | FrameReleased
    | InstructionGiven
    | InstructionPosted
    | InstructionFailed
    | InstructionUncertain
    | InstructionCancelled
    | InstructionRerouted
    | InstructionsUnheard
    | LinkReplaced
    | TimePassed
)
