"""Page behaviours by name, and how a scenario assigns them to sessions."""

import difflib
from enum import StrEnum

from browser_host.errors import UsageError
from browser_host.simulator.settings import SimulatorSettings


class Behaviour(StrEnum):
    """How one watch page behaves; all but the first are faults or peculiarities to cope with."""

    NORMAL = "normal"
    AUTHORISATION = "authorisation"
    """Stays `pendingRequest` until an order makes the visitor accept or decline."""
    AUTHORISATION_DEAF = "authorisation-deaf"
    """Stays `pendingRequest`, and records instructions without acting on them."""
    WAITING = "waiting"
    MUTE = "mute"
    """Posts nothing, but records instructions."""
    DEAF = "deaf"
    """Records instructions without acting on them."""
    SLOW = "slow"
    CRASH = "crash"
    """Crashes its renderer soon after it goes live, each time it is opened."""
    CRASH_ONCE = "crash-once"
    LOOP = "loop"
    """Blocks its thread forever, each time it is opened, and again whenever the loop is broken."""
    LOOP_ONCE = "loop-once"
    FRAMING_DENIED = "framing-denied"
    """`X-Frame-Options: DENY`."""
    FRAMING_ANCESTORS = "framing-ancestors"
    """`Content-Security-Policy: frame-ancestors 'none'`."""
    HTTP_404 = "http-404"
    HTTP_500 = "http-500"
    REDIRECT = "redirect"
    """The link redirects to another origin, whose page posts the messages."""
    LEAVES = "leaves"
    """Navigates to another origin right after the end, as with `branding.on_end_url`."""
    RESTARTS = "restarts"
    """Starts a new session in the same frame after its end."""
    ENDS = "ends"
    FLOOD = "flood"
    HOSTILE = "hostile"
    GEN2_PLAIN = "gen2-plain"
    """Posts only generation 2's state, flat, with the plain key names."""
    GEN2_STATE = "gen2-state"
    """Posts only generation 2's state, nested: unreadable without configured paths."""
    ERROR_END = "error-end"
    CLOCK = "clock"
    """Posts the time as its colour and counts its messages, so that delay and loss can be measured."""


DEMO = "demo"
FAULTS = "faults"
NAMES = (DEMO, FAULTS, *(behaviour.value for behaviour in Behaviour))


def assign_behaviours(settings: SimulatorSettings) -> tuple[Behaviour, ...]:
    """Return the behaviour of each session, in order.

    Raises:
        UsageError: the scenario names an unknown behaviour.
    """
    if settings.scenario == FAULTS:
        return tuple(Behaviour)
    names = [name.strip() for name in settings.scenario.split(",")]
    cycle = [_behaviour(name) for name in names]
    return tuple(cycle[number % len(cycle)] for number in range(settings.sessions))


def _behaviour(name: str) -> Behaviour:
    if name == DEMO:
        return Behaviour.NORMAL
    try:
        return Behaviour(name)
    except ValueError:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(
            f"unknown scenario {name[:40]!r}{hint} (known: {', '.join(NAMES)}; "
            f"separate several behaviours with commas; {FAULTS!r} cannot be combined)"
        ) from None
