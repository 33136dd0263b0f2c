"""Find the session that makes a shared process fail, by bisection: each half gets its own process. Pure."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from browser_host.bridge.events import LossCause
from browser_host.sessions.session import Fault
from browser_host.supervisor.hosting.retry_policy import APART_DELAYS_S, FORGOTTEN_AFTER_S, Tries

CRASHES_TOGETHER = 2
"""Crashes of its process from which a session may be the cause: a single one may be the browser's or the
machine's."""

CLEARED_AFTER_S = 300.0
"""Seconds that the process of a half must answer before it accepts other sessions. They double with each
further loss of one of its sessions, because a page can behave until it has new neighbours."""


@dataclass(frozen=True, slots=True)
class Bisection:
    """Where the sessions of a lost process go next.

    Args:
        halves: the sessions hosted apart from all others, each half in its own process; the rest may share.
        opens_after: seconds after which the process of each half accepts other sessions, or None for never.
        culprits: the sessions known to be the cause, each with the seconds until it is tried again.
    """

    halves: tuple[tuple[str, ...], ...] = ()
    opens_after: tuple[float | None, ...] = ()
    culprits: Mapping[str, float] = field(default_factory=dict)


def bisect(lost: Sequence[tuple[str, Tries]], cause: LossCause, flooding: Container[str] = ()) -> Bisection:
    """Split the sessions that may be the cause into halves.

    A process hangs, or floods the browser, because of one of its sessions; a process that crashes may have
    been killed from outside.

    Args:
        lost: the sessions that shared the process, with this loss counted.
        flooding: the sessions that are known to flood.
    """
    known = dict(lost)
    match cause:
        case LossCause.BROWSER:
            return Bisection()
        case LossCause.CRASH:
            suspects = [session for session, tries in lost if tries.losses >= CRASHES_TOGETHER]
        case LossCause.HANG | LossCause.FLOOD:
            culprits = [session for session in known if session in flooding or len(known) == 1]
            if culprits:
                return Bisection(
                    tuple((one,) for one in culprits),
                    (None,) * len(culprits),
                    {one: apart_for(known[one]) for one in culprits},
                )
            suspects = list(known)
    middle = (len(suspects) + 1) // 2
    halves = tuple(tuple(half) for half in (suspects[:middle], suspects[middle:]) if half)
    return Bisection(halves, tuple(_opens_after([known[one] for one in half]) for half in halves))


def apart_for(tries: Tries) -> float:
    """Seconds until a culprit is tried again; longer each time it was the cause recently."""
    return APART_DELAYS_S[min(tries.alone, len(APART_DELAYS_S) - 1)]


def _opens_after(half: Sequence[Tries]) -> float | None:
    """Never for a known culprit: it may crash its process next, and the first crash has no known cause."""
    if any(tries.alone for tries in half):
        return None
    return min(CLEARED_AFTER_S * 2.0 ** (max(tries.losses for tries in half) - 1), FORGOTTEN_AFTER_S)


def culprit_fault(fault: Fault, why: str, again_in_s: float) -> Fault:
    """The fault shown for a culprit.

    Args:
        why: how it is known to be the cause.
    """
    return Fault(fault.code, f"{fault.text}, {why}; it is tried again after {again_in_s:.0f} s")
