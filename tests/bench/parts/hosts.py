"""One dashboard over a simulated fleet: its keys, its output, its memory and its share of a core."""

import random
import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Figure, quantile
from tests.bench.meter import cost_of, percent
from tests.bench.raw_terminal import RawTerminal, raw_terminal
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK

HOSTS = 15
SESSIONS = 700
"""Of each host."""
CHANGES_A_SECOND = 20
"""Of each host, on its first 36 rows. By label the first rows of all hosts stand together, and in order of
arrival those of the first host: in sight are some 20 changes a second either way."""

TITLE = (
    f"One dashboard of 160x45 over {HOSTS} scripted hosts with {SESSIONS} sessions each, "
    f"{CHANGES_A_SECOND} changes a second on each host"
)
ROUNDS = 1
SETTLES_S = 10.0
COUNTS_S = 20.0
PRESSES = 100
PAUSE_S = (0.05, 0.25)
"""Random pauses between two keys, so that they are not in step with the refreshes."""
COMES_WITHIN_S = 60.0

ARRIVAL = "in order of arrival"
ORDERS: Mapping[str, bytes] = {
    ARRIVAL: b"",
    "by label": b"L",
    "by label, filtered": b"/label:v\r",
    "by label, filtered, all marked": b"a",
}
"""The keys that lead from each to the next; the filter looks at every label, and hides no session."""
_FIRST = b"g"

FIGURES = (
    Figure("start to all rows", "s"),
    *(
        figure
        for order in ORDERS
        for figure in (
            Figure(f"{order}: key to cursor: p50", "ms"),
            Figure(f"{order}: key to cursor: p99", "ms", at_most=50),
            Figure(f"{order}: to the terminal", "B/s", at_most=8000),
            Figure(f"{order}: CPU of the dashboard", "%"),
        )
    ),
    Figure("memory of the dashboard", "MB", at_most=250),
    Figure("CPU of all hosts", "%"),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round: the same dashboard with its rows in each order."""
    hosts, sessions = stand.scale.sessions(HOSTS, least=2), stand.scale.sessions(SESSIONS)
    every = hosts * sessions
    rows = range(1, min(sessions, 1 + max(3, round(stand.scale.share * PRESSES))))
    with (
        stand.several_scripted(hosts, sessions, CHANGES_A_SECOND, "changes") as hosted,
        raw_terminal(hosted.home, (WATCHDECK, "attach")) as window,
    ):
        shown = window.until(b"%d/%d" % (every, every), within=COMES_WITHIN_S)
        found = {"start to all rows": window.at(shown) - window.began}
        before, began = [cost_of(one.pid, memory=False) for one in hosted.programs], time.monotonic()
        for order, keys in ORDERS.items():
            window.press(_FIRST + keys)
            time.sleep(stand.scale.seconds(SETTLES_S))
            labels = [
                b"v%d-h0" % row if order is ARRIVAL else b"v%d-h%d" % divmod(row, hosts) for row in rows
            ]
            found |= {f"{order}: {what}": value for what, value in _measured(stand, window, labels).items()}
        took = time.monotonic() - began
        after = [cost_of(one.pid, memory=False) for one in hosted.programs]
        found["memory of the dashboard"] = cost_of(window.process.pid).total_mb
    used = (percent(first, last, took) for first, last in zip(before, after, strict=True))
    return {**found, "CPU of all hosts": sum(used)}


def _measured(stand: Stand, window: RawTerminal, labels: Sequence[bytes]) -> Mapping[str, float]:
    """Measure bytes and CPU while nobody types, then keys that go down from the first row.

    Args:
        labels: of the rows below the first.
    """
    place, before, began = window.here(), cost_of(window.process.pid, memory=False), time.monotonic()
    time.sleep(stand.scale.seconds(COUNTS_S))
    sent, after = window.here() - place, cost_of(window.process.pid, memory=False)
    took = time.monotonic() - began
    chance = random.Random(1)
    echoes = []
    for label in labels:
        time.sleep(chance.uniform(*PAUSE_S))
        echoes.append(window.echo_ms(b"j", label))
    return {
        "key to cursor: p50": quantile(echoes, 0.5),
        "key to cursor: p99": quantile(echoes, 0.99),
        "to the terminal": sent / took,
        "CPU of the dashboard": percent(before, after, took),
    }
