"""What a preview costs: the events of the sessions beside it, and the dashboard's keys while it is open."""

import random
import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Figure, quantile
from tests.bench.raw_terminal import RawTerminal, raw_terminal
from tests.bench.stand import Hosted, Stand
from tests.bench.tap import tapped
from tests.support.programs import WATCHDECK

TITLE = "A session is previewed (400 sessions, one message a second each, 160 by 45)"
ROUNDS = 3
SESSIONS = 400
TURNS = 3
COUNTS_S = 10.0
SETTLES_S = 6.0
PRESSES = 100
PAUSE_S = (0.05, 0.25)
"""Random pauses between two keys, so that they are not in step with the refreshes."""

PICTURE = "▀".encode()

FIGURES = (
    Figure("event to a client, nobody looks: p99", "ms"),
    Figure("event to a client, one is previewed: p99", "ms"),
    Figure("one is previewed / nobody looks: p99", "x", at_most=1.1),
    Figure("of the same process / nobody looks: p99", "x", at_most=1.5),
    Figure("key to cursor, preview open: p50", "ms"),
    Figure("key to cursor, preview open: p99", "ms", at_most=50),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round: the same sessions by turns without and with the preview."""
    sessions = stand.scale.sessions(SESSIONS)
    with (
        stand.pages(sessions, 1.0) as links,
        stand.host(links) as hosted,
        raw_terminal(hosted.home, (WATCHDECK, "attach")) as window,
    ):
        hosted.open_s(sessions)
        window.until(b"s0 ")
        time.sleep(stand.scale.seconds(SETTLES_S))
        processes = {one["id"]: one["process"] for one in hosted.sessions()}
        viewed = next(one["id"] for one in hosted.sessions() if one["label"] == "s0")
        before: list[float] = []
        beside: list[float] = []
        same: list[float] = []
        for _ in range(TURNS):
            before += [age for ages in _ages(stand, hosted).values() for age in ages]
            place = window.here()
            window.press(b"i")
            window.until(PICTURE, place)
            for one, ages in _ages(stand, hosted).items():
                if one != viewed:
                    beside += ages
                    same += ages if processes[one] == processes[viewed] else ()
            window.press(b"i")
        echoes = _echoes(stand, window, sessions)
    return {
        "event to a client, nobody looks: p99": quantile(before, 0.99),
        "event to a client, one is previewed: p99": quantile(beside, 0.99),
        "one is previewed / nobody looks: p99": quantile(beside, 0.99) / quantile(before, 0.99),
        "of the same process / nobody looks: p99": quantile(same, 0.99) / quantile(before, 0.99),
        "key to cursor, preview open: p50": quantile(echoes, 0.5),
        "key to cursor, preview open: p99": quantile(echoes, 0.99),
    }


def _ages(stand: Stand, hosted: Hosted) -> Mapping[str, Sequence[float]]:
    """Milliseconds from a page's message to a client, by session."""
    with tapped(hosted.home.socket) as tap:
        time.sleep(stand.scale.seconds(COUNTS_S))
    return tap.ages_ms


def _echoes(stand: Stand, window: RawTerminal, sessions: int) -> Sequence[float]:
    """Milliseconds from each key to the label of the new row; the preview follows the cursor."""
    chance = random.Random(1)
    place = window.here()
    window.press(b"i")
    window.until(PICTURE, place)
    found = []
    for row in range(1, min(sessions, 1 + max(3, round(stand.scale.share * PRESSES)))):
        time.sleep(chance.uniform(*PAUSE_S))
        found.append(window.echo_ms(b"j", b"s%d" % row))
    return found
