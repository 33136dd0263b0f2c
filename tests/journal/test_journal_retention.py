"""Retention: old rows go from the beginning, a row says so, and the chain still holds."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from browser_host.journal.entries import HostAction
from browser_host.journal.reader import Reader
from browser_host.journal.retention import trim
from browser_host.journal.store import Store
from browser_host.journal.verdict import Flaw
from tests.journal.samples import entry
from tests.journal.test_journal_store import flaw, tamper


def test_old_rows_go_and_a_row_says_so(five: Store, path: Path) -> None:
    assert trim(five, keep_s=10.0, now=1013.5) == 3
    with Reader(path) as reader:
        verdict = reader.verify()
        left = reader.history()
    assert (verdict.finding, verdict.first, verdict.rows) == (None, 4, 3)
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
