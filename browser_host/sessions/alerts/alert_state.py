"""The words for an alert's state and severity; apart, because commands need no more."""

from enum import StrEnum

MOST_ALERTS = 100
"""Alerts of a host: each is compared with every session once a second."""


class Severity(StrEnum):
    """How bad it is; the least first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """The contract's states of an alert."""

    PENDING = "pending"
    """The filter matches a session, but not for long enough."""
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    """It fires for sessions, and somebody acknowledged each of them."""
    RESOLVED = "resolved"
    """It fired, and the filter matches none of its sessions now."""
