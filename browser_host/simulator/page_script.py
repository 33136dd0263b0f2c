"""The script of one watch page: all random choices are made here, so that the page only plays it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from browser_host.simulator.scenarios import Behaviour
from browser_host.simulator.seeded import seeded_random
from browser_host.simulator.settings import SimulatorSettings

Step = tuple[float, str]
"""Milliseconds after the start, and the status posted then."""

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
REQUIRES_ACCEPTANCE = 0.3
"""Shares of sessions: of generation 2, and those whose visitor must accept first."""

FORMATS = ("hex", "upper", "short", "rgb", "rgba", "name")


@dataclass(frozen=True, slots=True)
class PageScript:
    """The script of a page, as its JavaScript reads it; times in milliseconds.

    Args:
        generation: 1 or 2.
        status_formats: how it posts its status: `plain` as generation 1, `flat` or `nested` as generation 2.
        steps: the statuses it posts from its start on.
        steps_after_accept: the statuses it posts once the visitor has accepted.
        end_events: how it posts its end: `terminated`, `sessionEnded`, or both in that order.
        color_format: how it writes colours.
        rate: messages a second while it is live.
        poll: interval at which it asks for orders.
        mute: whether it posts nothing at all.
        deaf: whether it ignores instructions.
        fault: what goes wrong `fault_after` milliseconds after it went live.
        flood: messages a second of the fault `flood`.
        end_after: delay from `endSession` to the end.
        after_end: whether it stays, navigates to another origin, or starts a new session.
        activity: what it posts while it is live: what a usual session does, or the time.
        names: colour names by `#rrggbb`.
    """

    generation: Literal[1, 2]
    status_formats: tuple[str, ...]
    steps: tuple[Step, ...]
    steps_after_accept: tuple[Step, ...]
    end_events: tuple[str, ...]
    palette: tuple[str, ...]
    color_format: str
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
    activity: Literal["usual", "clock"] = "usual"
    names: dict[str, str] = field(default_factory=lambda: {value: name for name, value in COLORS})


def write_script(settings: SimulatorSettings, number: int, behaviour: Behaviour) -> PageScript:
    """Write the script of session `number` (from 0); it depends on the seed and nothing else."""
    chance = seeded_random(settings.seed, "script", number)
    generation: Literal[1, 2] = 2 if chance.random() < GENERATION_2 else 1
    must_accept = chance.random() < REQUIRES_ACCEPTANCE
    steps, after_accept = _steps(chance.uniform, behaviour, must_accept=must_accept, pace=settings.pace)
    status_formats: tuple[str, ...] = ("plain",) if generation == 1 else ("flat", "plain")
    end_events: tuple[str, ...] = ("terminated",)
    if generation == 2:  # noqa: PLR2004 - the generation's number
        end_events = chance.choice((("sessionEnded",), ("terminated", "sessionEnded")))
    palette = tuple(value for _, value in chance.sample(COLORS, k=PALETTE))
    parts: dict[str, Any] = {
        "generation": generation,
        "status_formats": status_formats,
        "steps": steps,
        "steps_after_accept": after_accept,
        "end_events": end_events,
        "palette": palette,
        "color_format": chance.choice(FORMATS),
        "rate": settings.rate,
        "seed": chance.randrange(2**31),
        # 50 polls a second from all pages together cost the simulator a few per cent of a core.
        "poll": max(500.0, 1000 * settings.sessions / settings.polls_per_second),
        "fault_after": 500 * settings.pace,
    }
    return PageScript(**(parts | _overrides(behaviour, settings)))


def _steps(
    uniform: Callable[[float, float], float], behaviour: Behaviour, *, must_accept: bool, pace: float
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The usual order of statuses: inferred, for the vendor promises none."""
    order = ["waiting"]
    stays_pending = behaviour in {Behaviour.AUTHORISATION, Behaviour.AUTHORISATION_DEAF}
    stays_waiting = behaviour is Behaviour.WAITING
    if stays_pending or (must_accept and not stays_waiting):
        order.append("pendingRequest")
    is_held = stays_pending or stays_waiting
    live = ["active", "snapshotReceived", "viewerReady"]
    at = 0.0
    steps: list[Step] = []
    for status in order if is_held else order + live:
        steps.append((round(at), status))
        at += uniform(150, 1000) * pace
    after_accept = tuple(
        (round(uniform(200, 300) * pace * place), status) for place, status in enumerate(live)
    )
    return tuple(steps), after_accept


def _overrides(behaviour: Behaviour, settings: SimulatorSettings) -> dict[str, Any]:
    """The fields of the usual script that a behaviour changes."""
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
        Behaviour.CLOCK: {
            "activity": "clock",
            "generation": 1,
            "status_formats": ("plain",),
            "end_events": ("terminated",),
        },
        Behaviour.GEN2_PLAIN: {
            "generation": 2,
            "status_formats": ("flat",),
            "end_events": ("sessionEnded",),
        },
        Behaviour.GEN2_STATE: {
            "generation": 2,
            "status_formats": ("nested",),
            "end_events": ("sessionEnded",),
        },
    }
    return changes.get(behaviour, {})
