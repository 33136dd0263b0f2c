"""Whether the journal can be written, and why not."""

from dataclasses import dataclass
from enum import StrEnum


class JournalState(StrEnum):
    """Whether changes are allowed."""

    WRITABLE = "writable"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of the journal.

    Args:
        reason: why it is unavailable, for the operator; empty if it is writable.
        since: when this state began, in epoch seconds.
    """

    state: JournalState
    since: float
    reason: str = ""
