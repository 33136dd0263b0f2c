"""The time from a key to the screen under load, and of filtering and sorting 1,000 rows."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from tests.bench.figures import Figure, quantile
from tests.bench.raw_terminal import raw_terminal
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK
from tests.tui.deck.screen_samples import NOW, busy_deck
from tui.view.sorting import Sort, SortKey
from tui.view.view_state import ViewState, laid_out, typed

TITLE = "Keys and rows (1,000 rows, 1,000 events a second, 160 by 45)"
ROUNDS = 3
ROWS = 1000
EVENTS_A_SECOND = 1000
SETTLES_S = 3.0
PRESSES = 150
PAUSE_S = (0.05, 0.25)
"""Random pauses between two keys, so that they are not in step with the refreshes."""
LAYOUTS = 50

FIRST_ROW = b"visitor-0 "
FILTER = "status:active !label:acme age>10m"

FIGURES = (
    Figure("key to cursor: p50", "ms"),
    Figure("key to cursor: p99", "ms", at_most=50),
    Figure("rows rebuilt: in order of arrival", "ms", at_most=30),
    Figure("rows rebuilt: filtered", "ms", at_most=30),
    Figure("rows rebuilt: by label", "ms", at_most=30),
    Figure("rows rebuilt: by staleness", "ms", at_most=30),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round."""
    echoes = _echoes(stand)
    rows = stand.scale.sessions(ROWS)
    return {
        "key to cursor: p50": quantile(echoes, 0.5),
        "key to cursor: p99": quantile(echoes, 0.99),
        "rows rebuilt: in order of arrival": _laid_out_ms(rows, ViewState()),
        "rows rebuilt: filtered": _laid_out_ms(rows, typed(ViewState(), FILTER)),
        "rows rebuilt: by label": _laid_out_ms(rows, ViewState(sort=Sort(SortKey.LABEL))),
        "rows rebuilt: by staleness": _laid_out_ms(rows, ViewState(sort=Sort(SortKey.STALE))),
    }


def _echoes(stand: Stand) -> Sequence[float]:
    """Milliseconds from each key to the label of the new row under the cursor.

    The cursor itself may not move on the screen, where the table scrolls under it.
    """
    chance = random.Random(1)
    found = []
    rows = stand.scale.sessions(ROWS)
    with (
        stand.scripted(rows, stand.scale.rate(EVENTS_A_SECOND)) as hosted,
        raw_terminal(hosted.home, (WATCHDECK, "attach")) as window,
    ):
        window.until(FIRST_ROW)
        time.sleep(stand.scale.share * SETTLES_S)
        for row in range(1, min(rows, 1 + max(10, round(stand.scale.share * PRESSES)))):
            time.sleep(chance.uniform(*PAUSE_S))
            found.append(window.echo_ms(b"j", b"visitor-%d" % row))
    return found


def _laid_out_ms(rows: int, view: ViewState) -> float:
    """The median of many rebuilds, each a second after the last and after a change of one session."""
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
