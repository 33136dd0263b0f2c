"""The ledger: each instruction to a session, and what is known of its result."""

from dataclasses import dataclass
from enum import StrEnum

from browser_host.protocol.page_instructions import Instruction
from browser_host.sessions.clock import Instant

LIMIT = 32
"""Entries kept per session; the journal keeps all."""


class EntryState(StrEnum):
    """The state of an instruction; `SENT` is final for those that no event can confirm."""

    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({EntryState.CONFIRMED, EntryState.UNCONFIRMED, EntryState.FAILED, EntryState.CANCELLED})


class Via(StrEnum):
    """How an instruction was delivered."""

    PAGE = "page"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction as submitted.

    Args:
        number: rises with every instruction of this host; the page repeats it, so that an event can
            be told to have come after the instruction (`transitions`).
        by: the user who submitted it.
        client: the program used, such as `tui` or `cli`.
        not_before: nothing is posted before this moment (the time to undo, the pace of a bulk end).
        confirm_within: seconds after posting within which the page must confirm.
    """

    number: int
    instruction: Instruction
    by: str
    client: str
    at: Instant
    not_before: Instant
    confirm_within: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger.

    Args:
        text: details of the state: why it failed, what the page reported instead.
        sent_at: when it was posted to the page, or None.
        finished_at: when it reached its final state, or None.
        handed_over: the browser has it: it can't be withheld any more, and the report of its posting is due.
    """

    order: Order
    state: EntryState
    text: str = ""
    via: Via = Via.PAGE
    sent_at: Instant | None = None
    finished_at: Instant | None = None
    handed_over: bool = False

    @property
    def id(self) -> str:
        """The contract's id of an instruction."""
        return f"i{self.order.number}"
