"""The CPU use of host and dashboard, busy and idle."""

import time
from collections.abc import Mapping

from tests.bench.figures import Figure
from tests.bench.meter import BROWSER, DRIVER, OWN, cost_of, percent
from tests.bench.raw_terminal import raw_terminal
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK

TITLE = "CPU use by process (100 sessions, one dashboard of 160x45)"
ROUNDS = 3
SESSIONS = 100
COUNTS_S = 20.0
SETTLES_S = 8.0
GOES_QUIET_S = 65.0
"""Before that, the age in each row counts seconds."""

RATES = {"busy, one message a second each": 1.0, "idle": 0.0}
FIGURES = tuple(
    Figure(f"{rate}: {who}", "%", at_most=goal)
    for rate, goals in zip(RATES, ({"host and dashboard": 5.0}, {"host and dashboard": 1.0}), strict=True)
    for who, goal in (
        ("host", None),
        ("dashboard", None),
        ("host and dashboard", goals["host and dashboard"]),
        ("driver", None),
        ("browser", None),
    )
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round."""
    found: dict[str, float] = {}
    sessions = stand.scale.sessions(SESSIONS)
    for name, rate in RATES.items():
        with stand.pages(sessions, rate) as links, stand.host(links) as hosted:
            hosted.open_s(sessions)
            with raw_terminal(hosted.home, (WATCHDECK, "attach")) as window:
                dashboard = window.process.pid
                time.sleep(stand.scale.seconds(SETTLES_S if rate else GOES_QUIET_S))
                host, front = cost_of(hosted.program.pid, memory=False), cost_of(dashboard, memory=False)
                seconds = stand.scale.seconds(COUNTS_S)
                time.sleep(seconds)
                later = cost_of(hosted.program.pid, memory=False)
                shown = percent(front, cost_of(dashboard, memory=False), seconds)
        own = percent(host, later, seconds, OWN)
        found |= {
            f"{name}: host": own,
            f"{name}: dashboard": shown,
            f"{name}: host and dashboard": own + shown,
            f"{name}: driver": percent(host, later, seconds, DRIVER),
            f"{name}: browser": percent(host, later, seconds, BROWSER),
        }
    return found
