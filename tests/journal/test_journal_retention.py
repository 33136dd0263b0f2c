"""Retention: old rows go from the beginning, a row says so, and the chain still holds."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from browser_host.journal.entries import HostAction
from browser_host.journal.reader import Reader
from browser_host.journal.retention import FAR_S, ClockWatch, trim
from browser_host.journal.store import Store
from browser_host.journal.verify import Flaw
from tests.journal.samples import entry
from tests.journal.test_journal_store import flaw, tamper


def test_old_rows_go_and_a_row_says_so(five: Store, path: Path) -> None:
    assert trim(five, keep_s=10.0, now=1013.5) == 3
    with Reader(path) as reader:
        verified = reader.verify()
        left = reader.history()
    assert (verified.finding, verified.first, verified.rows) == (None, 4, 3)
    assert [line["seq"] for line in left] == [4, 5, 6]
    assert left[-1]["action"] == HostAction.TRIMMED
    assert left[-1]["text"].startswith("3 rows older than 10 s removed, the last of them 3:")


def test_nothing_old_leaves_no_trace(five: Store) -> None:
    assert trim(five, keep_s=10.0, now=1005.0) == 0
    assert five.head().seq == 5


def test_all_may_go_but_the_row_that_says_so(five: Store, path: Path) -> None:
    assert trim(five, keep_s=1.0, now=9000.0) == 5
    assert flaw(path) is None
    assert five.append([entry("next")]) == (7,)
    assert trim(five, keep_s=1.0, now=90000.0) == 2
    assert flaw(path) is None


def test_a_batch_bounds_one_removal(five: Store, path: Path) -> None:
    assert [trim(five, keep_s=1.0, now=1100.0, batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert flaw(path) is None


def test_removed_text_is_nowhere_on_disk_any_more(path: Path, store: Store) -> None:
    store.append([entry("canary-of-old", at=1.0), entry("kept", at=1000.0)])
    trim(store, keep_s=10.0, now=1005.0)
    for file in path.parent.iterdir():
        assert b"canary-of-old" not in file.read_bytes(), file.name


def test_a_row_from_the_future_keeps_no_older_one_alive(path: Path, store: Store) -> None:
    store.append([entry(at=1.0), entry(at=9e9), entry(at=2.0), entry(at=9e9), entry(at=1000.0)])
    assert trim(store, keep_s=10.0, now=1005.0) == 3
    assert flaw(path) is None


def test_rows_removed_by_hand_after_a_removal_are_found(five: Store, path: Path) -> None:
    trim(five, keep_s=10.0, now=1013.5)
    five.close()
    tamper(path, "DELETE FROM entries WHERE seq = 4")
    assert flaw(path) == (Flaw.MISSING, 4)


def test_a_checkpoint_taken_away_is_found(five: Store, path: Path) -> None:
    trim(five, keep_s=10.0, now=1013.5)
    five.close()
    tamper(path, "DELETE FROM checkpoints")
    assert flaw(path) == (Flaw.MISSING, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(0, 100), max_size=20), st.floats(0, 120), st.floats(0, 100), st.integers(1, 8))
def test_whatever_goes_was_old_and_what_stays_is_a_chain(
    tmp_path_factory: object, moments: list[float], now: float, keep: float, batch: int
) -> None:
    path = tmp_path_factory.mktemp("trim") / "state" / "journal.sqlite3"  # type: ignore[attr-defined]
    store = Store(path)
    store.append([entry(str(number), at=at) for number, at in enumerate(moments)])
    removed = trim(store, keep, now, batch)
    store.close()
    assert flaw(path) is None
    with Reader(path) as reader:
        left = [line["text"] for line in reader.history() if line["action"] != HostAction.TRIMMED]
    assert left == [str(number) for number in range(removed, len(moments))]
    kept_anyway = [
        at for at in moments[:removed] if round(at * 1000) >= round((now - keep) * 1000) and at <= now
    ]
    assert kept_anyway == []


DAY = 86400.0


def test_a_clock_near_the_newest_row_is_believed() -> None:
    watch = ClockWatch(newest=1000.0, wall=1000.0 + DAY, steady=5.0)
    assert watch.believes(1000.0 + DAY, 5.0)
    assert ClockWatch(None, 1000.0, 5.0).believes(1000.0, 5.0)
    assert ClockWatch(9e9, 1000.0, 5.0).believes(1000.0, 5.0)


def test_a_clock_far_ahead_has_to_run_a_day() -> None:
    ahead = 1000.0 + 91 * DAY
    watch = ClockWatch(newest=1000.0, wall=ahead, steady=0.0)
    assert not watch.believes(ahead, 0.0)
    assert not watch.believes(ahead + FAR_S - 1, FAR_S - 1)
    assert watch.believes(ahead + FAR_S, FAR_S)


def test_a_clock_that_jumps_for_a_moment_removes_nothing() -> None:
    watch = ClockWatch(newest=1000.0, wall=1000.0, steady=0.0)
    assert watch.believes(7000.0, 6000.0)
    assert not watch.believes(13000.0 + 91 * DAY, 12000.0)
    assert not watch.believes(19000.0, 18000.0)
    assert watch.believes(19000.0 + FAR_S, 18000.0 + FAR_S)


def test_a_machine_that_slept_is_believed() -> None:
    watch = ClockWatch(newest=1000.0, wall=1000.0, steady=0.0)
    assert watch.believes(1000.0 + 30 * DAY, 30 * DAY)


@given(st.lists(st.tuples(st.floats(0, 2 * DAY), st.floats(-1e7, 1e7)), max_size=20))
def test_no_jump_is_believed_before_its_day(steps: list[tuple[float, float]]) -> None:
    wall, steady = 1e9, 0.0
    watch, jumped = ClockWatch(wall, wall, steady), -FAR_S
    for passed, jump in steps:
        steady += passed
        wall += passed + jump
        if abs(jump) > 2 * 3600 * len(steps):  # more than what several small ones could undo
            jumped = steady
        if watch.believes(wall, steady):
            assert steady - jumped >= FAR_S
