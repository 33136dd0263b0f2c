"""The growth of memory over an hour."""

import time
from collections.abc import Mapping

from tests.bench.figures import Figure
from tests.bench.meter import BROWSER, DRIVER, OWN, Cost, cost_of
from tests.bench.raw_terminal import raw_terminal
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK

TITLE = "An hour of 100 sessions that post five messages a second each"
ROUNDS = 1
SESSIONS = 100
RATE = 5.0
RUNS_S = 3600.0
WARMS_UP_S = 600.0
"""Until then buffers, caches and heaps fill up to their bounds."""
SAMPLES = 10
SAMPLE_EVERY_S = 6.0
"""Seconds between the samples, of which the median counts: a heap fluctuates."""

WHO = ("host", "driver", "dashboard", "browser")
FIGURES = (
    *(Figure(f"after the warm-up: {who}", "MB") for who in WHO),
    *(Figure(f"grown since: {who}", "%", at_most=None if who == "browser" else 2.0) for who in WHO),
    Figure("messages", ""),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure the only round; a smaller scale makes it shorter."""
    sessions = stand.scale.sessions(SESSIONS)
    with stand.pages(sessions, RATE) as links, stand.host(links) as hosted:
        hosted.open_s(sessions)
        with raw_terminal(hosted.home, (WATCHDECK, "attach")) as window:
            dashboard = window.process.pid
            time.sleep(stand.scale.seconds(WARMS_UP_S))
            first = _samples(stand, hosted.program.pid, dashboard)
            time.sleep(stand.scale.seconds(RUNS_S - WARMS_UP_S))
            last = _samples(stand, hosted.program.pid, dashboard)
        messages = sum(one["events"] + one["dropped"] for one in hosted.sessions())
    return {
        **{f"after the warm-up: {who}": first[who] for who in WHO},
        **{f"grown since: {who}": 100 * (last[who] / first[who] - 1) for who in WHO},
        "messages": messages,
    }


def _samples(stand: Stand, host: int, dashboard: int) -> Mapping[str, float]:
    """Return the median of several samples, some seconds apart."""
    samples: list[tuple[Cost, Cost]] = []
    for _ in range(SAMPLES):
        samples.append((cost_of(host), cost_of(dashboard)))
        time.sleep(stand.scale.share * SAMPLE_EVERY_S)
    whose = {"host": (0, OWN), "driver": (0, DRIVER), "dashboard": (1, OWN), "browser": (0, BROWSER)}
    return {
        who: sorted(sample[at].memory_mb[name] for sample in samples)[SAMPLES // 2]
        for who, (at, name) in whose.items()
    }
