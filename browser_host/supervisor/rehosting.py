"""When a session that is not hosted any more is tried again. Pure."""

from dataclasses import dataclass, replace

from browser_host.browsers.hosting import SHARED, Placing
from browser_host.sessions.session import ErrorCode, Fault

LOST_DELAYS_S = (0.2, 1.0, 3.0, 10.0, 30.0, 60.0)
"""Seconds before a lost session is hosted again, by how often it was lost of late."""

BLOCKED_DELAYS_S = (10.0, 30.0, 60.0, 300.0)
"""Seconds before a page that could not be reached is tried again."""

STEADY_AFTER_S = 60.0
"""A session that was hosted for so long starts its count anew."""

APART_DELAYS_S = (30.0, 60.0, 300.0, 900.0)
"""Seconds before a session that hung a page of its own is tried again, by how often it did of late."""

FORGOTTEN_AFTER_S = 3600.0
"""Without a fall of its page for so long, a session's falls are forgotten; much longer than `STEADY_AFTER_S`,
so that a page that falls now and then cannot take its neighbours along each time."""

FALLS = frozenset({ErrorCode.PAGE_CRASHED, ErrorCode.PAGE_HUNG, ErrorCode.VIOLATION})
"""What one session's page may do to all that share its page."""

_WORTH_RETRYING = frozenset({ErrorCode.UNREACHABLE, ErrorCode.HTTP_STATUS})


@dataclass(frozen=True, slots=True)
class Tries:
    """How often the hosting of a session failed of late.

    Args:
        failures: in a row, without `STEADY_AFTER_S` of hosting between them.
        falls: crashes and hangs of its page, with less than `FORGOTTEN_AFTER_S` between two.
        fell_at: seconds of the steady clock at the last of them.
        alone: hangs among them of a page that it had to itself.
        placing: where it goes next.
        hosted_at: seconds of the steady clock when it was last opened, or None.
    """

    failures: int = 0
    falls: int = 0
    fell_at: float = 0.0
    alone: int = 0
    placing: Placing = SHARED
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
    lost = fault.code in FALLS or fault.code is ErrorCode.BROWSER_GONE
    if not lost and fault.code not in _WORTH_RETRYING:
        return replace(tries, failures=failures, hosted_at=None), None
    falls, fell_at, alone = tries.falls, tries.fell_at, tries.alone
    if fault.code in FALLS:
        falls, alone = (falls + 1, alone) if now - fell_at < FORGOTTEN_AFTER_S else (1, 0)
        fell_at = now
    delays = LOST_DELAYS_S if lost else BLOCKED_DELAYS_S
    return Tries(failures, falls, fell_at, alone, tries.placing), delays[min(failures, len(delays)) - 1]
