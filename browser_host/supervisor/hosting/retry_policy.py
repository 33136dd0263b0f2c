"""Decide when a session that is no longer hosted is retried. Pure."""

from dataclasses import dataclass, replace

from browser_host.browsers.interface import SHARED, Placing
from browser_host.sessions.session import ErrorCode, Fault

LOST_DELAYS_S = (0.2, 1.0, 3.0, 10.0, 30.0, 60.0)
"""Seconds before a lost session is reopened, by how often it was lost in a row."""

BLOCKED_DELAYS_S = (10.0, 30.0, 60.0, 300.0)
"""Seconds before a page that could not be reached is retried."""

STEADY_AFTER_S = 60.0
"""Seconds of hosting after which a session's count of failures starts over."""

APART_DELAYS_S = (30.0, 60.0, 300.0, 900.0)
"""Seconds before a culprit is retried, by how often it was the cause recently."""

FORGOTTEN_AFTER_S = 3600.0
"""Seconds without a loss of its process after which a session's losses are forgotten. Much longer than
`STEADY_AFTER_S`, so that a page that fails now and then does not take its neighbours down each time."""

SHARED_LOSSES = frozenset({ErrorCode.PAGE_CRASHED, ErrorCode.PAGE_HUNG, ErrorCode.VIOLATION})
"""Faults that one session's page can cause for all sessions in its process."""

_WORTH_RETRYING = frozenset({ErrorCode.UNREACHABLE, ErrorCode.HTTP_STATUS})


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a session's hosting failed recently.

    Args:
        failures: in a row, without `STEADY_AFTER_S` of hosting between them.
        losses: crashes and hangs of its process, with less than `FORGOTTEN_AFTER_S` between two.
        lost_at: steady seconds of the last loss.
        alone: how often this session was the known cause.
        placing: where it is placed next.
        hosted_at: steady seconds when it was last opened, or None.
    """

    failures: int = 0
    losses: int = 0
    lost_at: float = 0.0
    alone: int = 0
    placing: Placing = SHARED
    hosted_at: float | None = None


def opened(tries: Tries, now: float) -> Tries:
    """Note that the session has a page."""
    return replace(tries, hosted_at=now)


def failed(tries: Tries, fault: Fault, now: float) -> tuple[Tries, float | None]:
    """Count a loss or a refusal, and decide the next try.

    Args:
        now: seconds of the steady clock.

    Returns:
        The new count, and the seconds to wait, or None if another try makes no sense.
    """
    steady = tries.hosted_at is not None and now - tries.hosted_at >= STEADY_AFTER_S
    failures = 1 if steady else tries.failures + 1
    lost = fault.code in SHARED_LOSSES or fault.code in {ErrorCode.BROWSER_GONE, ErrorCode.PAGE_REPLACED}
    if not lost and fault.code not in _WORTH_RETRYING:
        return replace(tries, failures=failures, hosted_at=None), None
    losses, lost_at, alone = tries.losses, tries.lost_at, tries.alone
    if fault.code in SHARED_LOSSES:
        losses, alone = (losses + 1, alone) if now - lost_at < FORGOTTEN_AFTER_S else (1, 0)
        lost_at = now
    delays = LOST_DELAYS_S if lost else BLOCKED_DELAYS_S
    return Tries(failures, losses, lost_at, alone, tries.placing), delays[min(failures, len(delays)) - 1]
