"""What an event changed in a session, as published in the event stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChangeType(StrEnum):
    """The contract's event types about one session."""

    ADDED = "session.added"
    HOSTING = "session.hosting"
    STATUS = "session.status"
    COLOR = "session.color"
    STALE = "session.stale"
    ENDED = "session.ended"
    VISITOR = "session.visitor"
    DOCUMENT = "session.document"
    MESSAGE = "session.message"
    VIEWED = "session.viewed"
    REMOVED = "session.removed"
    INSTRUCTION_QUEUED = "instruction.queued"
    INSTRUCTION_SENT = "instruction.sent"
    INSTRUCTION_CONFIRMED = "instruction.confirmed"
    INSTRUCTION_UNCONFIRMED = "instruction.unconfirmed"
    INSTRUCTION_FAILED = "instruction.failed"
    INSTRUCTION_CANCELLED = "instruction.cancelled"


@dataclass(frozen=True, slots=True)
class Change:
    """One event to be published about a session.

    Args:
        keys: the keys of the contract's SESSION that changed; the event carries their new values at
            its top level, so that a client that merges them has exactly what the host has.
        extra: what the event says beyond SESSION's keys (a message's raw text, an instruction that is
            not the last one).
    """

    type: ChangeType
    keys: tuple[str, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)
