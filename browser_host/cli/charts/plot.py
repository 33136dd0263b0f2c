"""The chart of `watchdeck stats` as a file, drawn by matplotlib (the extra `plot`)."""

import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from browser_host import private_files
from browser_host.api.replies import Grouping, StatsReport
from browser_host.errors import WatchdeckError
from browser_host.protocol.text import printable
from browser_host.sessions.clock import iso

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 40
"""Rows drawn, the first ones; more can't be read."""

LABEL_LIMIT = 40
"""Characters of a row's name."""

_BAR = 0.38
"""Of the height of a row."""


def save(report: StatsReport, grouping: Grouping, path: Path) -> None:
    """Write the chart to a private file, in the format of its suffix.

    Raises:
        WatchdeckError: matplotlib is not installed, or the file can't be written.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is an extra
    except ImportError:
        raise WatchdeckError(
            "--plot needs matplotlib, which is not installed: pip install 'watchdeck[plot]'"
        ) from None
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that its font lacks: drawn as boxes
        _draw(Figure(figsize=(9, 1.6 + 0.35 * min(len(report.rows), MOST))), report, grouping).savefig(
            picture, format=path.suffix.lower().removeprefix(".")
        )
    try:
        descriptor = private_files.open_output(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(picture.getvalue())
    except OSError as error:
        raise WatchdeckError(f"can't write {path}: {error.strerror}") from None


def _draw(figure: "Figure", report: StatsReport, grouping: Grouping) -> "Figure":
    rows = report.rows[:MOST]
    axes = figure.add_subplot()
    places = range(len(rows))
    axes.barh([at - _BAR / 2 for at in places], [row.median_s for row in rows], _BAR, label="median")
    axes.barh([at + _BAR / 2 for at in places], [row.p95_s for row in rows], _BAR, label="95th percentile")
    names = [f"{printable(row.key or '-', LABEL_LIMIT)} ({row.sessions})" for row in rows]
    # A label may have the dollars that matplotlib reads formulas between.
    axes.set_yticks(list(places), names, parse_math=False)
    axes.invert_yaxis()
    axes.set_xlabel("seconds of a session")
    axes.set_title(f"{report.sessions} sessions since {iso(report.since)}, by {grouping.value}")
    if rows:
        axes.legend()
    figure.set_layout_engine("constrained")
    return figure
