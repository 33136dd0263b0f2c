"""`watchdeck stats` on a journal that no host has open."""

import json
import stat
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from browser_host.api.replies import StatsRow
from browser_host.cli.charts import bars
from browser_host.errors import Exit
from browser_host.journal.entries import EntryOutcome
from browser_host.journal.reader import Reader
from browser_host.journal.store import Store
from browser_host.supervisor.audit import journal_lives
from tests.journal.conftest import Watchdeck
from tests.journal.samples import entry

NOW = time.time()


@pytest.fixture
def ended(store: Store) -> Store:
    """A session that was active for a minute, and that Kim ended; and one of a day before."""
    store.append(
        [
            entry("old", at=NOW - 100_000, action="session.added", session="old"),
            entry("terminated", at=NOW - 99_000, action="session.ended", session="old"),
            entry("command: link 0123abcd; host 01234567", at=NOW - 100, action="session.added"),
            entry("active", at=NOW - 90),
            entry("terminated", at=NOW - 30, action="session.ended"),
            entry(
                "via page",
                at=NOW - 30,
                action="endSession",
                outcome=EntryOutcome.CONFIRMED,
                instruction="i1",
            ),
        ]
    )
    return store


@pytest.mark.usefixtures("ended")
def test_stats_are_the_contracts_document(watchdeck: Watchdeck) -> None:
    code, out, err = watchdeck("stats", "--json")
    document = json.loads(out)
    assert (code, err) == (Exit.OK, "")
    assert time.time() - 86_400 - 60 < _epoch(document.pop("since")) < time.time() - 86_399
    assert document == {
        "schema": 1,
        "sessions": 1,
        "ended": {"page": 0, "supervisor": 1, "rule": 0, "lost": 0},
        "rows": [{"key": "active", "sessions": 1, "median_s": 60.0, "p95_s": 60.0}],
    }
    by_user = json.loads(watchdeck("stats", "--json", "--by", "by", "--since", "48h")[1])
    assert [(row["key"], row["median_s"]) for row in by_user["rows"]] == [("kim (1000)", 70), ("page", 1000)]


@pytest.mark.usefixtures("ended")
def test_stats_for_people_are_a_table_and_the_ends(watchdeck: Watchdeck) -> None:
    code, out, _ = watchdeck("stats")
    table, numbers = out.splitlines()[:2], out.splitlines()[2:]
    assert code == Exit.OK
    assert [line.split() for line in table] == [
        ["STATUS", "SESSIONS", "MEDIAN", "P95"],
        ["active", "1", "1m00s", "1m00s"],
    ]
    assert numbers[0].startswith("sessions since ")
    assert numbers[1:] == ["ended: 0 by page, 1 by supervisor, 0 by rule", "lost: 0", "never active: 0"]


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize(("name", "begins"), [("chart.svg", b"<?xml"), ("chart.PNG", b"\x89PNG")])
def test_a_plot_is_a_private_picture(watchdeck: Watchdeck, tmp_path: Path, name: str, begins: bytes) -> None:
    picture = tmp_path / name
    assert watchdeck("stats", "--by", "label", "--plot", str(picture))[0] == Exit.OK
    assert picture.read_bytes().startswith(begins)
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600


def test_a_label_like_a_formula_can_be_plotted(watchdeck: Watchdeck, store: Store, tmp_path: Path) -> None:
    row = entry("active", at=NOW - 90, session="$\\frac{$")
    object.__setattr__(row, "label", "$\\frac{1$")
    store.append([row])
    assert watchdeck("stats", "--by", "label", "--plot", str(tmp_path / "chart.svg"))[0] == Exit.OK


@pytest.mark.usefixtures("ended")
def test_a_plot_that_can_not_be_made_says_why(
    watchdeck: Watchdeck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = watchdeck("stats", "--plot", str(tmp_path / "chart.pdf"))
    assert (code, out) == (Exit.USAGE, "")
    assert ".svg or .png" in err
    assert watchdeck("stats", "--plot", str(tmp_path / "no" / "chart.svg"))[0] == Exit.FAILED
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, _, err = watchdeck("stats", "--plot", str(tmp_path / "chart.svg"))
    assert (code, "watchdeck[plot]" in err) == (Exit.FAILED, True)


def test_what_too_many_rows_leave_out_moves_since(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append([entry("active", at=1000.0 + number) for number in range(10)])
    monkeypatch.setattr(journal_lives, "MOST_ROWS", 4)
    with Reader(path) as reader:
        lives, window = journal_lives.read(reader, 1001, 2000)
        assert (window.since, lives[0].opened) == (1006, 1006)
        assert journal_lives.read(reader, 1008, 2000)[1].since == 1008


def test_a_host_start_before_since_begins_the_reading(path: Path, store: Store) -> None:
    store.append(
        [
            entry("active", at=10, session="s0"),
            entry(at=20, action="host.started", session=None),
            entry(at=21, action="session.added"),
            entry("active", at=22),
        ]
    )
    with Reader(path) as reader:
        lives, _ = journal_lives.read(reader, 50, 100)
    assert [(life.session, life.opened) for life in lives] == [("s1", 21)]


def test_bars_are_as_long_as_their_times() -> None:
    rows = [
        StatsRow("active", 2, 10, 20),
        StatsRow("waiting\x1b[2J", 1, 5, 5),
        StatsRow("terminated", 2, 0, 0),
    ]
    lines = bars.chart(rows, 45, "utf-8")
    assert lines[1] == "active".ljust(25) + "█" * 10 + "░" * 10
    assert lines[2].endswith(" " + "█" * 5)
    assert "\x1b" not in lines[2]
    assert "#" * 10 + "-" * 10 in bars.chart(rows, 45, "ascii")[1]
    assert bars.chart(rows, 10, "utf-8") == bars.chart([], 80, "utf-8") == []


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
