"""Who may be why a page fell, and how the guilty one is found: by halves, each in a page of its own. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.rehosting import APART_DELAYS_S, FALLS, FORGOTTEN_AFTER_S, Tries

CRASHES_TOGETHER = 2
"""Crashes of its page after which a session is suspected: one may be the browser's or the machine's."""

ACQUITTED_AFTER_S = 300.0
"""A half whose page answers for so long is rid of suspicion: its page takes others again. Twice as long with
each further fall of one in it, for a page can behave until it has new neighbours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the sessions of a page that fell.

    Args:
        halves: who is hosted apart from all others, each half in a page of its own; the rest may share.
        opens_after: seconds after which the page of each half takes others too, or None for never.
        guilty: the one that fell by itself, or None.
        again_in_s: seconds until the guilty one is tried again.
    """

    halves: tuple[tuple[str, ...], ...] = ()
    opens_after: tuple[float | None, ...] = ()
    guilty: str | None = None
    again_in_s: float = 0.0


def judge(fallen: Sequence[tuple[str, Tries]], fault: Fault) -> Verdict:
    """Halves the circle of suspects.

    What hangs a page is one of its own sessions; a page that crashes may have been killed from outside.

    Args:
        fallen: who sat in the page, with this fall counted.
    """
    if fault.code not in FALLS:
        return Verdict()
    hung = fault.code is ErrorCode.PAGE_HUNG
    if len(fallen) == 1 and hung:
        session, tries = fallen[0]
        again = APART_DELAYS_S[min(tries.alone, len(APART_DELAYS_S) - 1)]
        return Verdict(((session,),), (None,), session, again)
    suspects = tuple(session for session, tries in fallen if hung or tries.falls >= CRASHES_TOGETHER)
    middle = (len(suspects) + 1) // 2
    halves = tuple(half for half in (suspects[:middle], suspects[middle:]) if half)
    known = dict(fallen)
    return Verdict(halves, tuple(_opens_after([known[one] for one in half]) for half in halves))


def _opens_after(half: Sequence[Tries]) -> float | None:
    """Never for one that was found guilty: it may crash its page instead, for which nobody is."""
    if any(tries.alone for tries in half):
        return None
    return min(ACQUITTED_AFTER_S * 2.0 ** (max(tries.falls for tries in half) - 1), FORGOTTEN_AFTER_S)


def found_guilty(fault: Fault, again_in_s: float) -> Fault:
    """What is said of the one that fell by itself."""
    text = f"{fault.text}, with no other session in it; it is tried again after {again_in_s:.0f} s"
    return Fault(fault.code, text)
