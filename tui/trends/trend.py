"""Counts of sessions over time, sampled from decks, and their chart; pure."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.host.deck import Deck
from tui.style.cells import Cell
from tui.style.glyphs import ASCII, Glyphs
from tui.style.roles import Role, Span

EVERY_S = 5.0
MOST = 720
"""Samples kept: an hour."""

ROWS = 3
"""Lines of a chart."""

_BLOCKS, _PLAIN = " ▁▂▃▄▅▆▇█", " .:-=+*%#"
_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """How many sessions there were of each kind at a moment, epoch seconds."""

    at: float
    live: int
    stale: int
    ended: int
    unconfirmed: int


SERIES = (("live", Role.GOOD), ("stale", Role.BAD), ("ended", Role.MUTED), ("unconfirmed", Role.WARN))


@dataclass(frozen=True, slots=True)
class Trend:
    """The samples of this dashboard, oldest first, at most `MOST`."""

    samples: tuple[Sample, ...] = ()


def sampled(trend: Trend, deck: Deck, now: float) -> Trend:
    """The trend with a sample of the deck, where one is due; nothing later than now stays in it.

    Args:
        now: epoch seconds; a replay, or a clock that is set, may go back.
    """
    past = trend.samples
    if past and past[-1].at > now:
        past = tuple(sample for sample in past if sample.at <= now)
    if deck.host is None or (past and now - past[-1].at < EVERY_S):
        return trend if past is trend.samples else replace(trend, samples=past)
    views = deck.sessions.values()
    sample = Sample(
        now,
        live=sum(view.hosting == "live" for view in views),
        stale=sum(view.stale is not None for view in views),
        ended=sum(view.ended is not None for view in views),
        unconfirmed=sum(
            view.instruction is not None and view.instruction.state == "unconfirmed" for view in views
        ),
    )
    return Trend((*past[1 - MOST :], sample))


def lines(trend: Trend, width: int, glyphs: Glyphs) -> tuple[Cell, ...]:
    """A chart of each series, with its newest, least and greatest count; the newest is at the right."""
    if not trend.samples:
        return ((Span("  No counts yet", Role.MUTED),),)
    first, last = (
        time.strftime("%H:%M:%S", time.localtime(one.at)) for one in (trend.samples[0], trend.samples[-1])
    )
    shown: list[Cell] = [(Span("  Sessions", Role.STRONG), Span(f"   {first} to {last}", Role.MUTED)), ()]
    for name, role in SERIES:
        counts = [getattr(sample, name) for sample in trend.samples]
        extremes = f"least {min(counts)}, most {max(counts)}"
        shown.append(
            (Span(f"  {name} ", Role.STRONG), Span(f"{counts[-1]}", role), Span(f"   {extremes}", Role.MUTED))
        )
        shown += [(Span(" " * _MARGIN + row, role),) for row in chart(counts, width - 2 * _MARGIN, glyphs)]
        shown.append(())
    return tuple(shown)


def chart(counts: Sequence[int], width: int, glyphs: Glyphs, rows: int = ROWS) -> tuple[str, ...]:
    """The rows of a bar chart from 0, the greatest count of the samples that share a cell in each cell."""
    signs = _PLAIN if glyphs is ASCII else _BLOCKS
    steps = len(signs) - 1
    share = max(1, math.ceil(len(counts) / max(1, width)))
    cells = [max(counts[at : at + share]) for at in range(0, len(counts), share)]
    top = max(cells) or 1
    levels = [math.ceil(cell / top * rows * steps) for cell in cells]
    return tuple(
        "".join(signs[min(steps, max(0, level - row * steps))] for level in levels)
        for row in reversed(range(rows))
    )
