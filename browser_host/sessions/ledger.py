"""The ledger: each instruction to a session, and what is truly known of what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from browser_host.protocol.instructions import Instruction
from browser_host.sessions.instant import Instant

LIMIT = 32
"""Entries kept for each session; the journal keeps them all."""


class EntryState(StrEnum):
    """How far an instruction came. `SENT` is the last word for what no event can confirm."""

    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({EntryState.CONFIRMED, EntryState.UNCONFIRMED, EntryState.FAILED, EntryState.CANCELLED})


class Via(StrEnum):
    """The way an instruction took."""

    PAGE = "page"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction as it was given.

    Args:
        number: rises with every instruction of this host; the page repeats it, so that an event can
            be told to have come after the instruction (`transitions`).
        by: who gave it, a user's name.
        client: what it was given with, such as `tui` or `cli`.
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
        text: plain words on the state: why it failed, what the page said instead.
        sent_at: when it was posted to the page, or None.
        finished_at: when it reached its final state, or None.
    """

    order: Order
    state: EntryState
    text: str = ""
    via: Via = Via.PAGE
    sent_at: Instant | None = None
    finished_at: Instant | None = None

    @property
    def id(self) -> str:
        """The contract's id of an instruction."""
        return f"i{self.order.number}"
