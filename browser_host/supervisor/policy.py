"""The supervisor's part of the configuration, as one frozen value."""

from dataclasses import dataclass, field

from browser_host.protocol.message_reader import StatePaths
from browser_host.sessions.alerts.alert import Alert
from browser_host.sessions.staleness import StaleRules

MAX_SESSIONS = 1_000
"""Most sessions of a host: the dashboard's table is measured with so many; memory is exhausted earlier."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The supervisor's part of the configuration.

    Args:
        read_only: refuse whatever changes a session.
        raw_instructions: allow raw instructions.
        preview: give pictures of the sessions' pages.
        input: send mouse input to the sessions' pages.
        undo_s: seconds that an end waits, so that it can be undone.
        confirm_within_s: seconds a page has to confirm an instruction.
        ends_per_second: the rate of a bulk end.
        keep_ended_s: seconds an ended session stays listed; None keeps it.
        paths: where generation 2's state has status, colour and mode.
        stale: the limits of staleness.
        rest_fallback: ask the service to end sessions whose pages did not confirm their end.
        automatic: rules of staleness by which the host ends sessions.
        automatic_per_hour: most of these ends within an hour.
        alerts: those of the configuration, in its order.
    """

    read_only: bool = False
    raw_instructions: bool = False
    preview: bool = True
    input: bool = False
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
    alerts: tuple[Alert, ...] = ()


class LivePolicy:
    """The policy in force: read here at every use, and replaced only by a reload.

    Args:
        now: the policy that the host starts with.
    """

    def __init__(self, now: Policy) -> None:
        self.now = now
        self.refusal = ""
        """Why the newest configuration is not in force; empty if it is."""
