"""Opening a hundred sessions, and the memory that each of them takes."""

import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Figure
from tests.bench.meter import BROWSER, DRIVER, OWN, Cost, cost_of
from tests.bench.stand import Stand

TITLE = "Opening, and memory per session (100 sessions, 500 rows of DOM, an event per second each)"
ROUNDS = 3
SESSIONS = 100
SETTLES_S = 10.0

FIGURES = (
    Figure("open all: the naive script", "s"),
    Figure("open all: the naive script, all at once", "s"),
    Figure("open all: one page, raw CDP", "s"),
    Figure("open all: watchdeck", "s"),
    Figure("open all: watchdeck, 10 per process", "s"),
    Figure("open all: watchdeck / naive", "x", at_most=0.32),
    Figure("memory per session: the naive script", "MB"),
    Figure("memory per session: one page, raw CDP", "MB"),
    Figure("memory per session: watchdeck", "MB"),
    Figure("memory per session: watchdeck, 10 per process", "MB"),
    Figure("memory: watchdeck / naive", "x", at_most=0.38),
    Figure("memory: watchdeck, 10 per process / naive", "x"),
    Figure("one more session: one page, raw CDP", "MB"),
    Figure("one more session: watchdeck", "MB"),
    Figure("one more session: watchdeck / one page", "x", at_most=1.5),
    Figure("processes: the naive script", ""),
    Figure("processes: watchdeck", ""),
    Figure("memory of watchdeck's host", "MB"),
    Figure("memory of watchdeck's driver", "MB"),
    Figure("memory of watchdeck's browser", "MB"),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """One round: each way in turn, on the same pages."""
    many = stand.scale.sessions(SESSIONS)
    half = many // 2
    with stand.pages(many, 1.0) as links:
        naive_s, naive = _subject(stand, "naive", links)
        together_s, _ = _subject(stand, "naive", links, "together")
        limit_s, limit = _subject(stand, "limit", links)
        _, limit_half = _subject(stand, "limit", links[:half])
        own_s, own = _host(stand, links)
        _, own_half = _host(stand, links[:half])
        small_s, small = _host(stand, links, pages_of=10)
    limit_more = (limit.total_mb - limit_half.total_mb) / (many - half)
    own_more = (own.total_mb - own_half.total_mb) / (many - half)
    return {
        "open all: the naive script": naive_s,
        "open all: the naive script, all at once": together_s,
        "open all: one page, raw CDP": limit_s,
        "open all: watchdeck": own_s,
        "open all: watchdeck, 10 per process": small_s,
        "open all: watchdeck / naive": own_s / naive_s,
        "memory per session: the naive script": naive.total_mb / many,
        "memory per session: one page, raw CDP": limit.total_mb / many,
        "memory per session: watchdeck": own.total_mb / many,
        "memory per session: watchdeck, 10 per process": small.total_mb / many,
        "memory: watchdeck / naive": own.total_mb / naive.total_mb,
        "memory: watchdeck, 10 per process / naive": small.total_mb / naive.total_mb,
        "one more session: one page, raw CDP": limit_more,
        "one more session: watchdeck": own_more,
        "one more session: watchdeck / one page": own_more / limit_more,
        "processes: the naive script": naive.processes,
        "processes: watchdeck": own.processes,
        "memory of watchdeck's host": own.memory_mb[OWN],
        "memory of watchdeck's driver": own.memory_mb[DRIVER],
        "memory of watchdeck's browser": own.memory_mb[BROWSER],
    }


def _subject(stand: Stand, name: str, links: Sequence[str], *arguments: str) -> tuple[float, Cost]:
    with stand.subject(name, links, *arguments) as program:
        time.sleep(stand.scale.seconds(SETTLES_S))
        return program.ready["open_s"], cost_of(program.pid)


def _host(stand: Stand, links: Sequence[str], pages_of: int | None = None) -> tuple[float, Cost]:
    with stand.host(links, pages_of=pages_of) as hosted:
        took = hosted.open_s(len(links))
        time.sleep(stand.scale.seconds(SETTLES_S))
        return took, cost_of(hosted.program.pid)
