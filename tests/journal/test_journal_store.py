"""The database on disk: append-only from inside, private from outside, and never another program's."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from browser_host.journal import entries, schema
from browser_host.journal.chain import Mark
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.reader import Reader
from browser_host.journal.store import Store
from browser_host.journal.verify import Flaw
from tests.journal.samples import entry

COLUMNS = ", ".join(entries.COLUMNS)


def flaw(path: Path) -> tuple[Flaw, int] | None:
    with Reader(path) as reader:
        finding = reader.verify().finding
    return None if finding is None else (finding.flaw, finding.seq)


def tamper(path: Path, *statements: str) -> None:
    """What somebody does who has the file: the triggers away, the change, the triggers back."""
    with sqlite3.connect(path) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, sql in guards:
            database.execute(sql)
    database.close()


def test_rows_are_numbered_from_one_without_gaps_over_restarts(path: Path) -> None:
    first = Store(path)
    assert first.append([entry("a"), entry("b")]) == (1, 2)
    first.close()
    second = Store(path)
    assert second.append([entry("c")]) == (3,)
    second.close()
    assert flaw(path) is None


def test_a_commit_is_synced(store: Store) -> None:
    with store.transaction() as database:
        assert database.execute("PRAGMA synchronous").fetchone() == (
            2,
        )  # FULL; a power cut can't be had here
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_two_writers_keep_one_chain(path: Path, store: Store) -> None:
    other = Store(path)
    numbers = [writer.append([entry()]) for writer in (store, other, other, store)]
    other.close()
    assert numbers == [(1,), (2,), (3,), (4,)]
    assert flaw(path) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET text = 'forged' WHERE seq = 2",
        "UPDATE entries SET seq = 9 WHERE seq = 5",
        "DELETE FROM entries WHERE seq = 5",
        "DELETE FROM entries",
        f"INSERT INTO entries SELECT 6, {COLUMNS}, previous, hash FROM entries WHERE seq = 5",  # noqa: S608 - constants
        f"INSERT OR REPLACE INTO entries SELECT 5, {COLUMNS}, previous, hash FROM entries WHERE seq = 4",  # noqa: S608 - constants
        "UPDATE head SET seq = 3, hash = (SELECT hash FROM entries WHERE seq = 3)",
        "DELETE FROM head",
        "INSERT OR REPLACE INTO head VALUES (1, 0, x'00')",
        "INSERT INTO checkpoints VALUES (3, x'00', 3, 0, '')",
    ],
)
def test_nothing_is_changed_or_deleted_from_inside(five: Store, path: Path, statement: str) -> None:
    with five.transaction() as database, pytest.raises(sqlite3.IntegrityError, match=r"journal|checkpoint"):
        database.execute(statement)
    assert flaw(path) is None
    assert five.append([entry()]) == (6,)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE entries SET text = 'forged' WHERE seq = 2"], (Flaw.CHANGED, 2)),
        (["UPDATE entries SET at_ms = CAST(x'ff' AS TEXT) WHERE seq = 4"], (Flaw.CHANGED, 4)),
        (["UPDATE entries SET hash = 'no bytes' WHERE seq = 4"], (Flaw.CHANGED, 4)),
        (["DELETE FROM entries WHERE seq = 3"], (Flaw.MISSING, 3)),
        (["DELETE FROM entries WHERE seq <= 2"], (Flaw.MISSING, 1)),
        (["DELETE FROM entries WHERE seq = 5"], (Flaw.TRUNCATED, 5)),
        (
            ["DELETE FROM entries WHERE seq = 3", "UPDATE entries SET seq = 3 WHERE seq = 5"],
            (Flaw.CHANGED, 3),
        ),
        (["DELETE FROM head"], (Flaw.TRUNCATED, 6)),
        (
            [
                "INSERT INTO checkpoints SELECT seq, hash, 2, 0, 'x' FROM entries WHERE seq = 2",
                "DELETE FROM entries WHERE seq <= 2",
            ],
            (Flaw.UNANNOUNCED, 2),
        ),
    ],
)
def test_whoever_has_the_file_is_found_out(
    five: Store, path: Path, statements: list[str], found: tuple[Flaw, int]
) -> None:
    five.close()
    tamper(path, *statements)
    assert flaw(path) == found


def test_a_guard_that_was_taken_away_is_found(five: Store, path: Path) -> None:
    five.close()
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER entries_never_change")
    database.close()
    assert flaw(path) == (Flaw.UNGUARDED, 5)


def test_a_noted_mark_finds_an_older_copy_put_back(five: Store, path: Path) -> None:
    five.close()
    copy = path.read_bytes()
    later = Store(path)
    later.append([entry("what must go")])
    mark = later.head()
    later.close()
    path.write_bytes(copy)
    with Reader(path) as reader:
        finding = reader.verify(mark).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.TRUNCATED, 6)


def test_a_cut_with_its_head_record_needs_a_noted_mark(five: Store, path: Path) -> None:
    mark = five.head()
    five.close()
    tamper(
        path,
        "DELETE FROM entries WHERE seq > 3",
        "UPDATE head SET seq = 3, hash = (SELECT hash FROM entries WHERE seq = 3)",
    )
    assert flaw(path) is None
    with Reader(path) as reader:
        finding = reader.verify(mark).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.TRUNCATED, 4)


def test_a_noted_mark_is_compared(five: Store, path: Path) -> None:
    head = five.head()
    with Reader(path) as reader:
        assert reader.verify(head).finding is None
        disputed = reader.verify(Mark(3, b"\x00" * 32)).finding
        ahead = reader.verify(Mark(6, b"\x00" * 32)).finding
    assert disputed is not None
    assert (disputed.flaw, disputed.seq) == (Flaw.DISPUTED, 3)
    assert ahead is not None
    assert (ahead.flaw, ahead.seq) == (Flaw.TRUNCATED, 6)


def test_files_and_folder_are_private(five: Store, path: Path) -> None:
    assert five.head().seq == 5
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    found = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(found.values()) == {0o600}
    assert len(found) == 3  # the database, its log, the log's index


def test_wide_permissions_of_the_file_are_narrowed(path: Path) -> None:
    Store(path).close()
    path.chmod(0o644)
    Store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_symlinks_are_refused(path: Path, tmp_path: Path, ending: str) -> None:
    path.parent.mkdir(mode=0o700)
    path.with_name(path.name + ending).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalUnavailable, match="symlink"):
        Store(path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_symlinked_folder_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    path.parent.symlink_to(tmp_path / "real")
    with pytest.raises(JournalUnavailable, match="symlink"):
        Store(path)


def test_a_folder_that_others_may_write_to_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(JournalUnavailable, match="chmod 700"):
        Store(path)


def test_a_second_name_for_the_file_is_refused(path: Path, tmp_path: Path) -> None:
    Store(path).close()
    os.link(path, tmp_path / "second")
    with pytest.raises(JournalUnavailable, match="regular file"):
        Store(path)


def test_a_folder_in_the_files_place_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(JournalUnavailable, match="regular file"):
        Store(path)


def test_a_file_in_the_folders_place_is_refused(path: Path) -> None:
    path.parent.write_text("")
    with pytest.raises(JournalUnavailable, match="can't be written"):
        Store(path)


def test_what_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_text("dear diary, " * 100)
    with pytest.raises(JournalUnavailable, match="not a database"):
        Store(path)
    assert path.read_text() == "dear diary, " * 100


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE theirs (x)")
    database.close()
    with pytest.raises(JournalUnavailable, match="another program's"):
        Store(path)


def test_a_newer_journal_is_left_alone(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    database.close()
    with pytest.raises(JournalUnavailable, match="newer Watchdeck"):
        Store(path)


def test_a_journal_that_lost_its_name_is_not_written_to(five: Store, path: Path) -> None:
    path.rename(path.with_name("moved"))
    with pytest.raises(JournalUnavailable, match="moved away"):
        five.append([entry()])


def test_a_lock_held_by_another_is_said_in_time(five: Store, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalUnavailable, match="locked"):
        five.append([entry()])
    other.execute("ROLLBACK")
    other.close()
    assert five.append([entry()]) == (6,)


def test_a_full_database_writes_all_or_nothing(five: Store, path: Path) -> None:
    with five.transaction() as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalUnavailable, match="disk is full"):
        five.append([entry("x" * 500) for _ in range(200)])
    with five.transaction() as database:
        database.execute("PRAGMA max_page_count = 1000000")
    assert five.append([entry()]) == (6,)
    assert flaw(path) is None
