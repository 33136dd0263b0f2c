"""Whether memory stays where it is over a long run."""

import time
from collections.abc import Mapping

from tests.bench.figures import Figure
from tests.bench.line import line
from tests.bench.meter import BROWSER, DRIVER, OWN, Cost, cost_of
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK

TITLE = "An hour of 100 sessions that say five words a second each"
ROUNDS = 1
SESSIONS = 100
RATE = 5.0
RUNS_S = 3600.0
WARMS_UP_S = 600.0
"""Until then rings, caches and heaps fill to what they are bounded to."""
LOOKS = 10
LOOKS_EVERY_S = 6.0
"""Looks of which each end's figure is the median: a heap breathes."""

WHO = ("host", "driver", "dashboard", "browser")
FIGURES = (
    *(Figure(f"after the warm-up: {who}", "MB") for who in WHO),
    *(Figure(f"grown since: {who}", "%", at_most=None if who == "browser" else 2.0) for who in WHO),
    Figure("words carried", ""),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """The one round; a smaller scale runs as much shorter."""
    sessions = stand.scale.sessions(SESSIONS)
    with stand.pages(sessions, RATE) as links, stand.host(links) as hosted:
        hosted.open_s(sessions)
        with line(hosted.home, (WATCHDECK, "attach")) as window:
            dashboard = window.process.pid
            time.sleep(stand.scale.seconds(WARMS_UP_S))
            first = _looks(stand, hosted.program.pid, dashboard)
            time.sleep(stand.scale.seconds(RUNS_S - WARMS_UP_S))
            last = _looks(stand, hosted.program.pid, dashboard)
        words = sum(one["events"] + one["dropped"] for one in hosted.sessions())
    return {
        **{f"after the warm-up: {who}": first[who] for who in WHO},
        **{f"grown since: {who}": 100 * (last[who] / first[who] - 1) for who in WHO},
        "words carried": words,
    }


def _looks(stand: Stand, host: int, dashboard: int) -> Mapping[str, float]:
    """The median of several looks, some seconds apart."""
    looks: list[tuple[Cost, Cost]] = []
    for _ in range(LOOKS):
        looks.append((cost_of(host), cost_of(dashboard)))
        time.sleep(stand.scale.share * LOOKS_EVERY_S)
    whose = {"host": (0, OWN), "driver": (0, DRIVER), "dashboard": (1, OWN), "browser": (0, BROWSER)}
    return {
        who: sorted(look[at].memory_mb[name] for look in looks)[LOOKS // 2]
        for who, (at, name) in whose.items()
    }
