"""What a check of `doctor` found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The result of a check."""

    OK = "ok"
    NOTE = "note"
    """Works but could be better, or is not needed now."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Args:
        advice: what to do; empty if there is nothing to do.
    """

    check: str
    state: State
    found: str
    advice: str = ""
