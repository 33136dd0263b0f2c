"""From a command to what it is for, in new processes, and what Python and the libraries take of that."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.bench.line import AS_INSTALLED, line
from tests.bench.stand import Stand
from tests.support.programs import WATCHDECK, Home

TITLE = "Starts (100 sessions; files are in memory, modules are compiled)"
ROUNDS = 3
SESSIONS = 100
TIMES = 7
ENDS_WITHIN_S = 30.0

FIRST_ROW = b"visitor 0 "

FIGURES = (
    Figure("watchdeck attach, to the first row", "s", at_most=0.6),
    Figure("watchdeck list --json, to its end", "s", at_most=0.25),
    Figure("python -c pass", "s"),
    Figure("python -c 'import httpx'", "s"),
    Figure("python -c 'import textual.app'", "s"),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """One round: each in turn, several times, and the medians; the first time of each is not counted."""
    with stand.scripted(stand.scale.sessions(SESSIONS)) as hosted:
        home = hosted.home

        def ran(*command: str | Path) -> Callable[[], float]:
            return lambda: _to_its_end_s(home, command)

        subjects: Mapping[str, Callable[[], float]] = {
            "watchdeck attach, to the first row": lambda: _to_first_row_s(home),
            "watchdeck list --json, to its end": ran(WATCHDECK, "list", "--json"),
            "python -c pass": ran(sys.executable, "-c", "pass"),
            "python -c 'import httpx'": ran(sys.executable, "-c", "import httpx"),
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
    with line(home, (WATCHDECK, "attach")) as window:
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
