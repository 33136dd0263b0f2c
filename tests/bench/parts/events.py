"""From a page's message to Python: how long it takes, and how many are carried."""

import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Figure
from tests.bench.meter import Cost, cost_of, percent
from tests.bench.stand import Stand

TITLE = "From a page's message to the host (100 sessions; offered by all together)"
ROUNDS = 3
SESSIONS = 100
COUNTS_S = 15.0
SETTLES_S = 5.0
OPENS_S = {"the naive script": 45.0}
"""Seconds that pages stay quiet, so that all can be opened: most subjects need five."""
USUALLY_OPENS_S = 12.0

SUBJECTS = {
    "the naive script": ("naive",),
    "one page, raw CDP, a call per message": ("limit", "listen"),
    "watchdeck": ("own_pool", "25"),
}
RATES = (100, 2_000, 10_000)

_GOALS = {
    ("watchdeck", 100, "p50"): (5.0, None),
    ("watchdeck", 2_000, "p99"): (100.0, None),
    ("watchdeck", 10_000, "carried"): (None, 9_900.0),
    ("watchdeck", 10_000, "statuses lost"): (0.0, None),
}
"""At most, at least."""
DRIFT = 1.06
"""A busy frame's timers lag by some hundredths: so much more is asked that the rate is really offered."""

_UNITS = {"offered": "1/s", "carried": "1/s", "p50": "ms", "p99": "ms", "statuses lost": "", "CPU": "%"}


def _name(subject: str, rate: int, what: str) -> str:
    return f"{rate:,}/s, {what}: {subject}"


FIGURES = tuple(
    Figure(_name(subject, rate, what), unit, *_GOALS.get((subject, rate, what), (None, None)))
    for rate in RATES
    for what, unit in _UNITS.items()
    for subject in SUBJECTS
)


def measure(stand: Stand) -> Mapping[str, float]:
    """One round: at each rate, each way in turn."""
    sessions = stand.scale.sessions(SESSIONS)
    found: dict[str, float] = {}
    for rate in RATES:
        for subject, program in SUBJECTS.items():
            quiet = stand.scale.seconds(OPENS_S.get(subject, USUALLY_OPENS_S))
            began = time.monotonic()
            with stand.pages(sessions, DRIFT * rate / SESSIONS, quiet=quiet) as links:
                told, cpu = _counted(stand, program, links, began + quiet)
            found |= {
                _name(subject, rate, "offered"): told["offered_per_s"],
                _name(subject, rate, "carried"): told["carried_per_s"],
                _name(subject, rate, "p50"): told["p50_ms"],
                _name(subject, rate, "p99"): told["p99_ms"],
                _name(subject, rate, "statuses lost"): told["lost"],
                _name(subject, rate, "CPU"): cpu,
            }
    return found


def _counted(
    stand: Stand, program: tuple[str, ...], links: Sequence[str], lively_at: float
) -> tuple[Mapping[str, float], float]:
    with stand.subject(program[0], links, *program[1:]) as subject:
        time.sleep(max(0.0, lively_at - time.monotonic()) + stand.scale.seconds(SETTLES_S))
        before: Cost = cost_of(subject.pid, memory=False)
        subject.ask("begin")
        seconds = stand.scale.seconds(COUNTS_S)
        time.sleep(seconds)
        told = subject.ask("tell")
        return told, percent(before, cost_of(subject.pid, memory=False), seconds)
