"""Whether the journal can be written, and why not."""

from dataclasses import dataclass
from enum import StrEnum


class JournalState(StrEnum):
    """Whether what changes anything may be done."""

    WRITABLE = "writable"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the journal stands.

    Args:
        reason: why it is unavailable, for the operator; empty where it is writable.
        since: epoch seconds of when it became so.
    """

    state: JournalState
    since: float
    reason: str = ""
