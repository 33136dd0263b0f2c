"""An instruction before it enters a session's ledger, and the condition for posting it."""

from dataclasses import dataclass
from typing import Protocol

from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import Entry, Order


class Condition(Protocol):
    """A condition that must hold when an instruction is posted."""

    def objection(self) -> str | None:
        """Why the instruction must no longer be sent, or None."""

    def withdrawn(self) -> None:
        """Note that the instruction was withdrawn before it was sent."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An instruction for one session: ready to be submitted, or refused.

    Args:
        order: the instruction's order, or None if it was refused.
        text: why it was refused.
        begun_at: when the session began in its page; the instruction is sent to no later session in it.
        condition: a further condition, or None.
    """

    session_id: str
    order: Order | None
    text: str = ""
    begun_at: Instant | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class LedgerRef:
    """An instruction and the session whose ledger holds it."""

    session_id: str
    entry: Entry
