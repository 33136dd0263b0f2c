"""When a session that is not hosted any more is tried again, and with whom it may share a page. Pure."""

from dataclasses import dataclass, replace

from browser_host.browsers.hosting import Placing
from browser_host.sessions.session import ErrorCode, Fault

LOST_DELAYS_S = (0.2, 1.0, 3.0, 10.0, 30.0, 60.0)
"""Seconds before a lost session is hosted again, by how often it was lost of late."""

BLOCKED_DELAYS_S = (10.0, 30.0, 60.0, 300.0)
"""Seconds before a page that could not be reached is tried again."""

STEADY_AFTER_S = 60.0
"""A session that was hosted for so long starts its count anew."""

CRASHES_TOGETHER = 2
"""Crashes of its page after which a session gets a page of its own: the first may be a neighbour's."""

FORGOTTEN_AFTER_S = 3600.0
"""Without a crash for so long, a session's crashes are forgotten; much longer than `STEADY_AFTER_S`, so that
a page that crashes now and then cannot take its neighbours along each time."""

_WORTH_RETRYING = frozenset({ErrorCode.UNREACHABLE, ErrorCode.HTTP_STATUS})


@dataclass(frozen=True, slots=True)
class Tries:
    """How often the hosting of a session failed of late.

    Args:
        failures: in a row, without `STEADY_AFTER_S` of hosting between them.
        crashes: of its page, with less than `FORGOTTEN_AFTER_S` between two.
        crashed_at: seconds of the steady clock at the last of them.
        placing: where it goes next.
        hosted_at: seconds of the steady clock when it was last opened, or None.
    """

    failures: int = 0
    crashes: int = 0
    crashed_at: float = 0.0
    placing: Placing = Placing.SHARED
    hosted_at: float | None = None


def opened(tries: Tries, now: float) -> Tries:
    """The session was given a page."""
    return replace(tries, hosted_at=now)


def failed(tries: Tries, fault: Fault, now: float) -> tuple[Tries, float | None]:
    """What a loss or a refusal means for the next try.

    Args:
        now: seconds of the steady clock.

    Returns:
        The new count, and the seconds to wait, or None where another try makes no sense.
    """
    steady = tries.hosted_at is not None and now - tries.hosted_at >= STEADY_AFTER_S
    failures = 1 if steady else tries.failures + 1
    lost = fault.code in (ErrorCode.PAGE_CRASHED, ErrorCode.PAGE_HUNG, ErrorCode.BROWSER_GONE)
    if not lost and fault.code not in _WORTH_RETRYING:
        return replace(tries, failures=failures, hosted_at=None), None
    crashes, crashed_at = tries.crashes, tries.crashed_at
    if fault.code is ErrorCode.PAGE_CRASHED:
        crashes = crashes + 1 if now - crashed_at < FORGOTTEN_AFTER_S else 1
        crashed_at = now
    suspect = fault.code is ErrorCode.PAGE_HUNG or crashes >= CRASHES_TOGETHER
    delays = LOST_DELAYS_S if lost else BLOCKED_DELAYS_S
    after = Tries(failures, crashes, crashed_at, Placing.ALONE if suspect else tries.placing)
    return after, delays[min(failures, len(delays)) - 1]
