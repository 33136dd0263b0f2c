"""What one watch page is told to do: all chance is spent here, so that the page itself only plays."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from browser_host.simulator.dice import dice
from browser_host.simulator.scenarios import Behaviour
from browser_host.simulator.settings import SimulatorSettings

Step = tuple[float, str]
"""Milliseconds after the beginning, and the status said then."""

COLORS = (
    ("red", "#ff0000"),
    ("blue", "#0000ff"),
    ("green", "#008000"),
    ("orange", "#ffa500"),
    ("purple", "#800080"),
    ("teal", "#008080"),
    ("magenta", "#ff00ff"),
    ("gold", "#ffd700"),
    ("tomato", "#ff6347"),
    ("orchid", "#da70d6"),
)
PALETTE = 6
GENERATION_2 = 0.4
ASKS_FIRST = 0.3
"""Shares of sessions: of the newer generation, and where the visitor must accept first."""

FORMATS = ("hex", "upper", "short", "rgb", "rgba", "name")


@dataclass(frozen=True, slots=True)
class PageScript:
    """A page's part, as its JavaScript reads it; times in milliseconds.

    Args:
        generation: 1 or 2.
        says: how it tells its status: `plain` as generation 1 does, `flat` or `nested` as 2 does.
        steps: what it says by itself; `then` what it says once the visitor accepted.
        ending: how it tells its end: `terminated`, `sessionEnded`, or both in that order.
        format: how it writes colours down.
        fault: what happens to it `fault_after` it went live.
        after_end: whether it stays, leaves for another origin, or begins anew.
        stirs: what it says of itself while it is live: as a session does, or the time.
        poll: how often it asks for what the test wants of it.
    """

    generation: Literal[1, 2]
    says: tuple[str, ...]
    steps: tuple[Step, ...]
    then: tuple[Step, ...]
    ending: tuple[str, ...]
    palette: tuple[str, ...]
    format: str
    rate: float
    seed: int
    poll: float
    mute: bool = False
    deaf: bool = False
    fault: Literal["crash", "loop", "loops", "flood", "hostile", "end", "error"] | None = None
    fault_after: float = 500
    flood: int = 0
    end_after: float = 30
    after_end: Literal["stay", "leave", "restart"] = "stay"
    stirs: Literal["usual", "clock"] = "usual"
    names: dict[str, str] = field(default_factory=lambda: {value: name for name, value in COLORS})


def write_script(settings: SimulatorSettings, number: int, behaviour: Behaviour) -> PageScript:
    """The part of session `number` (from 0), the same for the same seed whatever the others do."""
    chance = dice(settings.seed, "script", number)
    generation: Literal[1, 2] = 2 if chance.random() < GENERATION_2 else 1
    asks = chance.random() < ASKS_FIRST
    steps, then = _steps(chance.uniform, behaviour, asks=asks, pace=settings.pace)
    says: tuple[str, ...] = ("plain",) if generation == 1 else ("flat", "plain")
    ending: tuple[str, ...] = ("terminated",)
    if generation == 2:  # noqa: PLR2004 - the generation's number
        ending = chance.choice((("sessionEnded",), ("terminated", "sessionEnded")))
    palette = tuple(value for _, value in chance.sample(COLORS, k=PALETTE))
    parts: dict[str, Any] = {
        "generation": generation,
        "says": says,
        "steps": steps,
        "then": then,
        "ending": ending,
        "palette": palette,
        "format": chance.choice(FORMATS),
        "rate": settings.rate,
        "seed": chance.randrange(2**31),
        # Fifty questions a second from all pages together cost the simulator a few per cent of a core.
        "poll": max(500.0, 1000 * settings.sessions / settings.asks),
        "fault_after": 500 * settings.pace,
    }
    return PageScript(**(parts | _peculiar(behaviour, settings)))


def _steps(
    uniform: Callable[[float, float], float], behaviour: Behaviour, *, asks: bool, pace: float
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The usual order of statuses; none promised by the vendor, this one is inferred."""
    order = ["waiting"]
    must_accept = behaviour in {Behaviour.AUTHORISATION, Behaviour.AUTHORISATION_DEAF}
    waits = behaviour is Behaviour.WAITING
    if must_accept or (asks and not waits):
        order.append("pendingRequest")
    held = must_accept or waits
    rest = ["active", "snapshotReceived", "viewerReady"]
    at = 0.0
    steps: list[Step] = []
    for status in order if held else order + rest:
        steps.append((round(at), status))
        at += uniform(150, 1000) * pace
    then = tuple((round(uniform(200, 300) * pace * place), status) for place, status in enumerate(rest))
    return tuple(steps), then


def _peculiar(behaviour: Behaviour, settings: SimulatorSettings) -> dict[str, Any]:
    """What a behaviour changes of the ordinary part."""
    changes: dict[Behaviour, dict[str, Any]] = {
        Behaviour.MUTE: {"mute": True},
        Behaviour.DEAF: {"deaf": True},
        Behaviour.AUTHORISATION_DEAF: {"deaf": True},
        Behaviour.SLOW: {"end_after": settings.slow * 1000},
        Behaviour.CRASH: {"fault": "crash"},
        Behaviour.CRASH_ONCE: {"fault": "crash"},
        Behaviour.LOOP: {"fault": "loops"},
        Behaviour.LOOP_ONCE: {"fault": "loop"},
        Behaviour.FLOOD: {"fault": "flood", "flood": settings.flood},
        Behaviour.HOSTILE: {"fault": "hostile"},
        Behaviour.ENDS: {"fault": "end"},
        Behaviour.ERROR_END: {"fault": "error", "generation": 2},
        Behaviour.LEAVES: {"after_end": "leave"},
        Behaviour.RESTARTS: {"after_end": "restart"},
        Behaviour.CLOCK: {"stirs": "clock", "generation": 1, "says": ("plain",), "ending": ("terminated",)},
        Behaviour.GEN2_PLAIN: {"generation": 2, "says": ("flat",), "ending": ("sessionEnded",)},
        Behaviour.GEN2_STATE: {"generation": 2, "says": ("nested",), "ending": ("sessionEnded",)},
    }
    return changes.get(behaviour, {})
