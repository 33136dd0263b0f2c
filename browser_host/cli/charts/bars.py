"""The chart of `watchdeck stats` in a terminal: bars to the median, and on to the 95th percentile. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.api.replies import StatsRow
from browser_host.cell_width import cut, padded
from browser_host.protocol.text import printable
from browser_host.sessions.durations import short_age

MOST = 20
"""Bars drawn; the table above them has every row."""

LABEL_CELLS = 24


@dataclass(frozen=True, slots=True)
class _Marks:
    median: str
    rest: str


_BLOCKS = _Marks("█", "░")
_ASCII = _Marks("#", "-")


def chart(rows: Sequence[StatsRow], width: int, encoding: str) -> list[str]:
    """Lines with a bar for each of the first rows, and what the bars mean; nothing without a time to draw.

    Args:
        width: columns of the terminal.
        encoding: of the terminal, which decides what a bar is drawn with.
    """
    shown = [row for row in rows if row.p95_s > 0][:MOST]
    room = width - LABEL_CELLS - 1
    if not shown or room < 1:
        return []
    marks = _BLOCKS if _has_blocks(encoding) else _ASCII
    longest = max(row.p95_s for row in shown)
    lines = [_bar(row, room / longest, marks) for row in shown]
    legend = f"{marks.median} median  {marks.rest} to the 95th percentile, the longest {short_age(longest)}"
    return ["", *lines, cut(legend, width), ""]


def _bar(row: StatsRow, cells_a_second: float, marks: _Marks) -> str:
    median = round(min(row.median_s, row.p95_s) * cells_a_second)
    whole = round(row.p95_s * cells_a_second)
    label = padded(cut(printable(row.key or "-", LABEL_CELLS), LABEL_CELLS), LABEL_CELLS)
    return f"{label} {marks.median * median}{marks.rest * (whole - median)}"


def _has_blocks(encoding: str) -> bool:
    try:
        (_BLOCKS.median + _BLOCKS.rest).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
