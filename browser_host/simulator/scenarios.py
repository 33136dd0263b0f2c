"""What a session's page does, by name, and how a scenario deals the behaviours out."""

import difflib
from enum import StrEnum

from browser_host.errors import UsageError
from browser_host.simulator.settings import SimulatorSettings


class Behaviour(StrEnum):
    """How one watch page behaves; all but the first are there to be coped with."""

    NORMAL = "normal"
    AUTHORISATION = "authorisation"
    """Stays `pendingRequest` until the visitor is made to accept or decline."""
    AUTHORISATION_DEAF = "authorisation-deaf"
    """Stays `pendingRequest`, notes what it is told, and does nothing of it."""
    WAITING = "waiting"
    MUTE = "mute"
    """Never speaks, but notes what it is told."""
    DEAF = "deaf"
    """Notes what it is told, and does nothing of it."""
    SLOW = "slow"
    CRASH = "crash"
    """Kills its renderer soon after it went live, each time it is opened."""
    CRASH_ONCE = "crash-once"
    LOOP = "loop"
    """Keeps its thread busy for ever, each time it is opened, and again whenever that is broken."""
    LOOP_ONCE = "loop-once"
    FRAMING_DENIED = "framing-denied"
    """`X-Frame-Options: DENY`."""
    FRAMING_ANCESTORS = "framing-ancestors"
    """`Content-Security-Policy: frame-ancestors 'none'`."""
    HTTP_404 = "http-404"
    HTTP_500 = "http-500"
    REDIRECT = "redirect"
    """The link leads to another origin, and that one speaks."""
    LEAVES = "leaves"
    """Navigates to another origin right after the end, as with `branding.on_end_url`."""
    RESTARTS = "restarts"
    """Begins anew in the same frame after it was ended."""
    ENDS = "ends"
    FLOOD = "flood"
    HOSTILE = "hostile"
    GEN2_PLAIN = "gen2-plain"
    """Says only generation 2's state, with keys that plainly say what they are."""
    GEN2_STATE = "gen2-state"
    """Says only generation 2's state, nested: nobody can read it without configured paths."""
    ERROR_END = "error-end"
    CLOCK = "clock"
    """Says the time as its colour and counts its own words, so that what becomes of them can be measured."""


DEMO = "demo"
FAULTS = "faults"
NAMES = (DEMO, FAULTS, *(behaviour.value for behaviour in Behaviour))


def deal(settings: SimulatorSettings) -> tuple[Behaviour, ...]:
    """The behaviour of each session, in order.

    Raises:
        UsageError: the scenario names what does not exist.
    """
    if settings.scenario == FAULTS:
        return tuple(Behaviour)
    names = [name.strip() for name in settings.scenario.split(",")]
    hand = [_behaviour(name) for name in names]
    return tuple(hand[number % len(hand)] for number in range(settings.sessions))


def _behaviour(name: str) -> Behaviour:
    if name == DEMO:
        return Behaviour.NORMAL
    try:
        return Behaviour(name)
    except ValueError:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(
            f"there is no scenario {name[:40]!r}{hint} Known are: {', '.join(NAMES)}; "
            f"several behaviours are given with commas, {FAULTS!r} stands alone"
        ) from None
