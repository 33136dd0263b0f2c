"""Reading with and without a writer: newest last, by session and time, and what has no outcome."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from browser_host.journal import reader as reader_module
from browser_host.journal.chain import linked
from browser_host.journal.entries import EntryOutcome, JournalEntry
from browser_host.journal.errors import JournalUnreadable
from browser_host.journal.reader import Reader
from browser_host.journal.store import Store
from browser_host.journal.verify import Flaw, Verification, verify
from tests.journal.samples import entry
from tests.support.patience import patient


def unfinished(reader: Reader) -> Sequence[JournalEntry]:
    return reader.entries(one.seq for one in reader.unfinished())


def test_history_is_newest_last_and_bounded(five: Store, path: Path) -> None:
    with Reader(path) as reader:
        assert [line["seq"] for line in reader.history()] == [1, 2, 3, 4, 5]
        assert [line["seq"] for line in reader.history(limit=2)] == [4, 5]
        assert [line["text"] for line in reader.history(since=1004.0)] == ["entry 4", "entry 5"]
        assert reader.history(session="'; DROP TABLE entries; --") == ()
    assert five.head().seq == 5


def test_history_of_one_session(five: Store, path: Path) -> None:
    five.append([entry("other", session="s2"), entry("none", session=None)])
    with Reader(path) as reader:
        assert [line["text"] for line in reader.history(session="s2")] == ["other"]
        assert len(reader.history(session="s1", limit=3)) == 3


def test_a_reader_sees_one_moment_and_the_writer_goes_on(five: Store, path: Path) -> None:
    with Reader(path) as reader:
        assert five.append([entry()]) == (6,)
        assert len(reader.history()) == 5
        assert reader.verify().finding is None
    with Reader(path) as reader:
        assert len(reader.history()) == 6


def test_reading_needs_no_writer_and_changes_nothing(five: Store, path: Path) -> None:
    five.close()
    before = path.read_bytes()
    with Reader(path) as reader:
        assert reader.verify().rows == 5
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._database.execute("DELETE FROM entries")
    assert path.read_bytes() == before
    again = Store(path)
    assert again.append([entry()]) == (6,)
    again.close()


def test_a_copy_in_a_folder_that_nobody_may_write_to_can_be_read(
    five: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    five.close()
    monkeypatch.setattr("os.access", lambda *_: False)  # as root every folder can be written to
    with Reader(path) as reader:
        assert reader.verify().finding is None
        assert sorted(file.name for file in path.parent.iterdir()) == [path.name]


def test_a_missing_journal_says_so_and_makes_none(path: Path) -> None:
    with pytest.raises(JournalUnreadable, match="no journal at"):
        Reader(path)
    assert not path.parent.exists()


def test_what_is_no_journal_says_so(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("dear diary, " * 100)
    with pytest.raises(JournalUnreadable, match="not a database"):
        Reader(path)


def test_a_line_of_the_export_carries_what_its_hash_is_made_of(five: Store, path: Path) -> None:
    with Reader(path) as reader:
        lines = [json.loads(json.dumps(line)) for line in reader.export()]
        rows = list(reader.rows())
    assert [line["hash"] for line in lines] == [row.hash.hex() for row in rows]
    assert [line["previous"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    assert list(linked(five.head(), [])) == []


@pytest.mark.parametrize(
    ("words", "open_"),
    [
        ([EntryOutcome.INTENDED], True),
        ([EntryOutcome.INTENDED, EntryOutcome.SENT], True),
        ([EntryOutcome.INTENDED, EntryOutcome.SENT, EntryOutcome.CONFIRMED], False),
        ([EntryOutcome.INTENDED, EntryOutcome.UNCONFIRMED], False),
        ([EntryOutcome.INTENDED, EntryOutcome.FAILED], False),
        ([EntryOutcome.INTENDED, EntryOutcome.CANCELLED], False),
        ([EntryOutcome.INTENDED, EntryOutcome.CONFIRMED, EntryOutcome.INTENDED], True),
    ],
)
def test_the_last_word_says_whether_an_end_is_finished(
    path: Path, store: Store, words: list[EntryOutcome], *, open_: bool
) -> None:
    store.append([entry("x", action="endSession", outcome=word, instruction="i1") for word in words])
    with Reader(path) as reader:
        found = unfinished(reader)
    assert [one.instruction for one in found] == (["i1"] if open_ else [])
    if open_:
        assert found[0].outcome is words[-1]


def test_sent_is_the_last_word_for_a_mode_and_not_for_an_end(path: Path, store: Store) -> None:
    sent = EntryOutcome.SENT
    store.append(
        [
            entry(action="setMode", outcome=sent, instruction="i1"),
            entry(action="raw", outcome=sent, instruction="i2"),
            entry(action="endSession", outcome=sent, instruction="i3"),
            entry(action="endSession", outcome=sent, instruction="i3", session="s2"),
            entry(action="switchColor", outcome=sent, instruction="i4"),
            entry(action="setMode", outcome=EntryOutcome.INTENDED, instruction="i5"),
        ]
    )
    with Reader(path) as reader:
        assert [one.instruction for one in unfinished(reader)] == ["i3", "i3", "i4", "i5"]


def test_verifying_decodes_no_text_by_hand(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []

    def decode(raw: bytes) -> str:
        decoded.append(raw)
        return raw.decode("utf-8", "surrogateescape")

    monkeypatch.setattr("browser_host.journal.reader._text", decode)
    store.append([entry(f"entry {number}") for number in range(100)])
    with Reader(path) as reader:
        found = reader.verify()
        assert (found.rows, found.finding) == (100, None)
        assert len(decoded) < 60, "a call for each text of each row"
        assert [line["text"] for line in reader.history(limit=1)] == ["entry 99"]


def test_the_file_is_checked_beside_the_chain(
    five: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, integrity = threading.Event(), reader_module._integrity

    def checked(file: Path) -> str:
        begun.set()
        return integrity(file)

    def followed(*chain: Any) -> Verification:
        assert begun.wait(patient(10)), "the file is checked after the chain"
        return verify(*chain)

    monkeypatch.setattr(reader_module, "_integrity", checked)
    monkeypatch.setattr(reader_module, "verify", followed)
    with Reader(path) as reader:
        assert reader.verify().rows == five.head().seq


@pytest.mark.parametrize("tampered", [1, 3, 5])
def test_bytes_that_are_no_text_are_found_in_their_row(five: Store, path: Path, tampered: int) -> None:
    five.close()
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        asked = "SELECT sql FROM sqlite_master WHERE name = 'entries_never_change'"
        (trigger,) = database.execute(asked).fetchone()
        database.execute("DROP TRIGGER entries_never_change")
        database.execute("UPDATE entries SET text = CAST(x'ff41' AS TEXT) WHERE seq = ?", (tampered,))
        database.execute(trigger)
    with Reader(path) as reader:
        assert len(list(reader.rows())) == 5
        finding = reader.verify().finding
        assert finding is not None
        assert (finding.flaw, finding.seq) == (Flaw.CHANGED, tampered)
