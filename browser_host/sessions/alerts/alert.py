"""An alert of the configuration, how it stands, and what is announced of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from browser_host.sessions.alerts.alert_state import AlertState, Severity
from browser_host.sessions.clock import Instant
from browser_host.sessions.filter import Filter

BURST = 6
"""Announcements of an alert that may follow each other at once."""

REFILL_S = 60.0
"""Seconds after which one more is allowed: an alert that flaps is announced once a minute."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of the configuration.

    Args:
        when: the sessions that it is about.
        hold_s: seconds that the filter must match a session without a break.
        repeat_s: seconds after which an alert that still fires is announced again; None for never.
        notify: where dashboards announce it.
    """

    name: str
    when: Filter
    hold_s: float = 30.0
    severity: Severity = Severity.WARNING
    repeat_s: float | None = None
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A session of an alert.

    Args:
        state: pending, firing or acknowledged.
        since: when it reached its state.
        held_until: seconds of the steady clock until which it stays although the filter does not match it:
            after a restart of the host, before its page has reported anything.
    """

    state: AlertState
    since: Instant
    held_until: float | None = None


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """How an alert stands.

    Args:
        members: its sessions by id.
        state: None until the filter matches a session for the first time.
        since: when it reached its state.
        resolved_at: when it was resolved last.
        announced: the sessions for which it was announced as firing; None if it was announced as resolved,
            or not at all.
        announced_at: seconds of the steady clock.
        spare: announcements that the limit still allowed at `announced_at`.
    """

    members: Mapping[str, Member] = field(default_factory=dict)
    state: AlertState | None = None
    since: Instant | None = None
    resolved_at: Instant | None = None
    announced: frozenset[str] | None = None
    announced_at: float | None = None
    spare: float = BURST

    def sessions(self, *states: AlertState) -> tuple[str, ...]:
        """The sessions in these states, in the order in which the filter first matched them."""
        return tuple(session_id for session_id, member in self.members.items() if member.state in states)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is announced of an alert.

    Args:
        state: firing, acknowledged or resolved.
        sessions: the sessions that it is about, all that fire among them.
        fresh: those of them that were not announced before.
    """

    state: AlertState
    sessions: tuple[str, ...]
    fresh: tuple[str, ...] = ()
