"""What the configuration lets the supervisor do, as one frozen value."""

from dataclasses import dataclass, field

from browser_host.protocol.reader import StatePaths
from browser_host.sessions.staleness import StaleRules

MAX_SESSIONS = 1_000
"""Sessions a host takes: what the dashboard's table is measured with; memory ends sooner."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The supervisor's part of the configuration.

    Args:
        read_only: refuse whatever changes a session.
        raw_instructions: allow instructions as written.
        undo_s: seconds an end waits, so that it can be taken back.
        confirm_within_s: seconds a page has to confirm an instruction.
        ends_per_second: the pace of a bulk end.
        keep_ended_s: seconds an ended session stays listed; None keeps it.
        paths: where generation 2's state says status, colour and mode.
        stale: the limits of staleness.
        rest_fallback: ask the service to end what its page did not confirm.
        automatic: rules of staleness by which the host itself ends sessions.
        automatic_per_hour: never more of these ends within an hour.
    """

    read_only: bool = False
    raw_instructions: bool = False
    undo_s: float = 3.0
    confirm_within_s: float = 5.0
    ends_per_second: float = 50.0
    keep_ended_s: float | None = 3600.0
    max_sessions: int = MAX_SESSIONS
    paths: StatePaths = field(default_factory=StatePaths)
    stale: StaleRules = field(default_factory=StaleRules)
    rest_fallback: bool = False
    automatic: frozenset[str] = frozenset()
    automatic_per_hour: int = 20


class RulesInForce:
    """The rules that hold now: each room reads them here at every use, and a reload alone replaces them.

    Args:
        now: those that the host starts with.
    """

    def __init__(self, now: Rules) -> None:
        self.now = now
        self.refusal = ""
        """Why the newest configuration is not in force, in plain words; empty where it is."""
