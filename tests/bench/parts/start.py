"""Start times of commands in new processes, and the share of Python and of libraries."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.bench.raw_terminal import AS_INSTALLED, raw_terminal
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK, Home

TITLE = "Starts (100 sessions; files cached, modules compiled)"
ROUNDS = 3
SESSIONS = 100
TIMES = 7
ENDS_WITHIN_S = 30.0

FIRST_ROW = b"visitor-0 "

FIGURES = (
    Figure("watchdeck attach, to the first row", "s", at_most=0.35),
    Figure("watchdeck list --json, to its end", "s", at_most=0.10),
    Figure("watchdeck --version", "s", at_most=0.10),
    Figure("python -c pass", "s"),
    Figure("python -c 'import click'", "s"),
    Figure("python -c 'import textual.app'", "s"),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round: the median of several runs of each in turn, without the first."""
    with stand.scripted(stand.scale.sessions(SESSIONS)) as hosted:
        home = hosted.home

        def ran(*command: str | Path) -> Callable[[], float]:
            return lambda: _to_its_end_s(home, command)

        subjects: Mapping[str, Callable[[], float]] = {
            "watchdeck attach, to the first row": lambda: _to_first_row_s(home),
            "watchdeck list --json, to its end": ran(WATCHDECK, "list", "--json"),
            "watchdeck --version": ran(WATCHDECK, "--version"),
            "python -c pass": ran(sys.executable, "-c", "pass"),
            "python -c 'import click'": ran(sys.executable, "-c", "import click"),
            "python -c 'import textual.app'": ran(sys.executable, "-c", "import textual.app"),
        }
        for start in subjects.values():
            start()
        took: Mapping[str, list[float]] = {name: [] for name in subjects}
        for _ in range(max(1, round(stand.scale.share * TIMES))):
            for name, start in subjects.items():
                took[name].append(start())
    return {name: median(seconds) for name, seconds in took.items()}


def _to_first_row_s(home: Home) -> float:
    with raw_terminal(home, (WATCHDECK, "attach")) as window:
        return window.at(window.until(FIRST_ROW)) - window.began


def _to_its_end_s(home: Home, command: Sequence[str | Path]) -> float:
    began = time.monotonic()
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=home.environment(**AS_INSTALLED),
        timeout=ENDS_WITHIN_S,
        check=True,
    )
    return time.monotonic() - began
