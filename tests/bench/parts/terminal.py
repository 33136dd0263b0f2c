"""The dashboard's output: bytes, CPU use, and the delay from an event to the terminal."""

import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.clockwork import age_ms
from tests.bench.figures import Figure, quantile
from tests.bench.meter import cost_of, percent
from tests.bench.raw_terminal import RawTerminal, raw_terminal
from tests.bench.stand import Hosted, Stand
from tests.support.programs import WATCHDECK

TITLE = "Bytes to the terminal (200 sessions, 160 by 45), and from an event to them"
ROUNDS = 3
SESSIONS = 200
CHANGES_A_SECOND = 20
EVENTS_A_SECOND = 1000
SETTLES_S = 3.0
IDLE_S = 60.0
"""Within it, every age in minutes changes once."""
BUSY_S = 20.0

FIRST_ROW = b"visitor-0 "
OFTEN = "[tui]\nrefresh_hz = 50\n"

FIGURES = (
    Figure("idle: watchdeck", "B/s", at_most=300),
    Figure("20 changes a second: watchdeck", "B/s", at_most=4000),
    Figure("20 changes a second: DataTable", "B/s"),
    Figure("20 changes a second: watchdeck / DataTable", "x"),
    Figure("a core, 20 changes a second: watchdeck", "%"),
    Figure("a core, 20 changes a second: DataTable", "%"),
    Figure("event to terminal, 1,000 a second: p50", "ms"),
    Figure("event to terminal, 1,000 a second: p99", "ms"),
    Figure("event to terminal, at 50 refreshes a second: p50", "ms"),
    Figure("event to terminal, at 50 refreshes a second: p99", "ms", at_most=150),
)

_HEX = re.compile(rb"#[0-9a-f]{6}")


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round: dashboard and DataTable on the same changes, then the dashboard on more events."""
    many = stand.scale.sessions(SESSIONS)
    with stand.scripted(many) as hosted:
        idle, _ = _sent(stand, hosted, (WATCHDECK, "attach"), IDLE_S)
    with stand.scripted(many, stand.scale.rate(CHANGES_A_SECOND), "changes") as hosted:
        own, own_core = _sent(stand, hosted, (WATCHDECK, "attach"), BUSY_S)
        naive_command = (sys.executable, "-m", "tests.bench.subjects.data_table", hosted.home.socket)
        naive, naive_core = _sent(stand, hosted, naive_command, BUSY_S)
    with stand.scripted(many, stand.scale.rate(EVENTS_A_SECOND), "clock") as hosted:
        usual = _ages(stand, hosted)
        hosted.home.configure(OFTEN)
        often = _ages(stand, hosted)
    return {
        "idle: watchdeck": idle,
        "20 changes a second: watchdeck": own,
        "20 changes a second: DataTable": naive,
        "20 changes a second: watchdeck / DataTable": own / naive,
        "a core, 20 changes a second: watchdeck": own_core,
        "a core, 20 changes a second: DataTable": naive_core,
        "event to terminal, 1,000 a second: p50": quantile(usual, 0.5),
        "event to terminal, 1,000 a second: p99": quantile(usual, 0.99),
        "event to terminal, at 50 refreshes a second: p50": quantile(often, 0.5),
        "event to terminal, at 50 refreshes a second: p99": quantile(often, 0.99),
    }


def _sent(stand: Stand, hosted: Hosted, command: Sequence[str | Path], seconds: float) -> tuple[float, float]:
    """Return bytes a second, and per cent of a core."""
    with raw_terminal(hosted.home, command) as window:
        _settle(stand, window)
        place, before, began = window.here(), cost_of(window.process.pid, memory=False), time.monotonic()
        time.sleep(stand.scale.seconds(seconds))
        sent, after = window.here() - place, cost_of(window.process.pid, memory=False)
        took = time.monotonic() - began
        return sent / took, percent(before, after, took)


def _ages(stand: Stand, hosted: Hosted) -> Sequence[float]:
    """Return the age of each colour on arrival, in milliseconds."""
    with raw_terminal(hosted.home, (WATCHDECK, "attach")) as window:
        _settle(stand, window)
        place = window.here()
        time.sleep(stand.scale.seconds(BUSY_S))
        return shown_ages(window, place)


def shown_ages(window: RawTerminal, place: int) -> Sequence[float]:
    """Return the ages of the colours after a position, each at its first occurrence."""
    first: dict[bytes, int] = {}
    for found in _HEX.finditer(window.since(place)):
        first.setdefault(found[0], place + found.end())
    ages = (age_ms(color.decode(), 1000 * window.at(behind)) for color, behind in first.items())
    return [age for age in ages if age is not None]


def _settle(stand: Stand, window: RawTerminal) -> None:
    window.until(FIRST_ROW)
    time.sleep(stand.scale.share * SETTLES_S)
