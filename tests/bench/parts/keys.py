"""From a key to its picture under load, and what filtering and sorting a thousand rows take."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from tests.bench.figures import Figure, quantile
from tests.bench.line import line
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK
from tests.tui.deck.screen_samples import NOW, busy_deck
from tui.order import Sort, SortKey
from tui.view_state import ViewState, laid_out, typed

TITLE = "Keys and rows (1,000 rows, 1,000 events a second, 160 by 45)"
ROUNDS = 3
ROWS = 1000
EVENTS_A_SECOND = 1000
SETTLES_S = 3.0
PRESSES = 150
PAUSE_S = (0.05, 0.25)
"""Between two presses, each time another: in step with no refresh."""
LAYOUTS = 50

FIRST_ROW = b"visitor 0 "
FILTER = "status:active !label:acme age>10m"

FIGURES = (
    Figure("key to cursor: p50", "ms"),
    Figure("key to cursor: p99", "ms", at_most=50),
    Figure("rows made anew: as they arrived", "ms", at_most=30),
    Figure("rows made anew: filtered", "ms", at_most=30),
    Figure("rows made anew: by label", "ms", at_most=30),
    Figure("rows made anew: by staleness", "ms", at_most=30),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """One round."""
    echoes = _echoes(stand)
    rows = stand.scale.sessions(ROWS)
    return {
        "key to cursor: p50": quantile(echoes, 0.5),
        "key to cursor: p99": quantile(echoes, 0.99),
        "rows made anew: as they arrived": _laid_out_ms(rows, ViewState()),
        "rows made anew: filtered": _laid_out_ms(rows, typed(ViewState(), FILTER)),
        "rows made anew: by label": _laid_out_ms(rows, ViewState(sort=Sort(SortKey.LABEL))),
        "rows made anew: by staleness": _laid_out_ms(rows, ViewState(sort=Sort(SortKey.STALE))),
    }


def _echoes(stand: Stand) -> Sequence[float]:
    """Milliseconds from each press to the cursor's new row, whose label nothing else sends.

    The cursor's sign would not do: where the table scrolls under it, it stays where it stands.
    """
    chance = random.Random(1)
    found = []
    rows = stand.scale.sessions(ROWS)
    with (
        stand.scripted(rows, stand.scale.rate(EVENTS_A_SECOND)) as hosted,
        line(hosted.home, (WATCHDECK, "attach")) as window,
    ):
        window.until(FIRST_ROW)
        time.sleep(stand.scale.share * SETTLES_S)
        for row in range(1, min(rows, 1 + max(10, round(stand.scale.share * PRESSES)))):
            time.sleep(chance.uniform(*PAUSE_S))
            place = window.here()
            pressed = window.press(b"j")
            found.append(1000 * (window.at(window.until(b"visitor %d " % row, place)) - pressed))
    return found


def _laid_out_ms(rows: int, view: ViewState) -> float:
    """The median of many, each a second after the last and after news of one session."""
    held = busy_deck(rows)
    some = next(iter(held.sessions))
    took = []
    for number in range(LAYOUTS):
        changed = replace(held.sessions[some], events=number)
        held = replace(held, sessions={**held.sessions, some: changed})
        began = time.perf_counter()
        laid_out(view, held, NOW + number)
        took.append(1000 * (time.perf_counter() - began))
    return median(took)
