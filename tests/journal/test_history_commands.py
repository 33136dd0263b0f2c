"""`watchdeck history` and `audit`, on a journal that no host has open."""

import json
import time
from pathlib import Path

import pytest

from browser_host.errors import Exit
from browser_host.journal.entries import EntryOutcome
from browser_host.journal.store import Store
from tests.journal.conftest import Watchdeck
from tests.journal.samples import entry
from tests.journal.test_journal_store import tamper


def test_history_is_the_contracts_document(watchdeck: Watchdeck, five: Store) -> None:
    code, out, _ = watchdeck("history", "--reported", "--json", "--limit", "2")
    document = json.loads(out)
    assert (code, document["schema"]) == (Exit.OK, 1)
    assert [line["seq"] for line in document["entries"]] == [4, 5]
    assert five.head().seq == 5


def test_history_is_what_people_did_unless_more_is_asked_for(watchdeck: Watchdeck, five: Store) -> None:
    five.append([entry("ended by Kim", action="endSession", outcome=EntryOutcome.CONFIRMED)])
    code, out, err = watchdeck("history")
    assert (code, err) == (Exit.OK, "1 entries\n")
    assert "ended by Kim" in out
    assert watchdeck("history", "--filter", "!kim")[2] == "0 entries\n"
    assert watchdeck("history", "--filter", "colour:red")[0] == Exit.USAGE


def test_history_of_a_session_and_of_the_last_hour(watchdeck: Watchdeck, five: Store) -> None:
    five.append([entry("just now", at=time.time(), session="s9")])
    for arguments in (
        ("--reported", "--session", "s9"),
        ("--reported", "--since", "1h"),
        ("--reported", "--filter", "just"),
    ):
        code, out, err = watchdeck("history", *arguments)
        assert code == Exit.OK
        assert "just now" in out
        assert "entry 5" not in out
        assert err == "1 entries\n"


def test_times_of_the_repeated_hour_differ_by_offset(
    watchdeck: Watchdeck, five: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeated = 1_793_511_000.0  # 2026-11-01T05:30Z; in New York 01:00 to 02:00 comes twice
    five.append([entry("before", at=repeated), entry("after", at=repeated + 3600)])
    monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
    time.tzset()
    try:
        _, out, _ = watchdeck("history", "--reported", "--filter", "text:before")
        _, later, _ = watchdeck("history", "--reported", "--filter", "text:after")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "2026-11-01 01:30:00-04:00" in out
    assert "2026-11-01 01:30:00-05:00" in later


@pytest.mark.parametrize("since", ["yesterday", "off", "-1h"])
def test_a_wrong_duration_is_a_mistake_of_usage(watchdeck: Watchdeck, since: str) -> None:
    assert watchdeck("history", f"--since={since}")[0] == Exit.USAGE


def test_without_a_journal_it_says_where_it_looked(watchdeck: Watchdeck, path: Path) -> None:
    code, out, err = watchdeck("history")
    assert (code, out) == (Exit.FAILED, "")
    assert f"no journal at {path}" in err


def test_a_sound_journal_gives_a_head_that_can_be_noted(
    watchdeck: Watchdeck, five: Store, path: Path
) -> None:
    code, out, _ = watchdeck("audit", "verify")
    assert code == Exit.OK
    assert out.startswith("sound: 5 rows\nhead 5:")
    head = out.split()[-1]
    five.append([entry()])
    assert watchdeck("audit", "verify", "--noted", head)[0] == Exit.OK
    five.close()
    tamper(path, "DELETE FROM entries")
    assert watchdeck("audit", "verify", "--noted", head)[0] == Exit.FAILED


def test_a_tampered_row_is_named(watchdeck: Watchdeck, five: Store, path: Path) -> None:
    five.close()
    tamper(path, "UPDATE entries SET text = 'forged' WHERE seq = 3")
    code, out, _ = watchdeck("audit", "verify")
    assert code == Exit.FAILED
    assert out.startswith("unsound: row 3 was changed")
    document = json.loads(watchdeck("audit", "verify", "--json")[1])
    assert (document["sound"], document["finding"]["seq"], document["rows"]) == (False, 3, 2)


def test_a_mark_that_is_none_is_a_mistake_of_usage(watchdeck: Watchdeck) -> None:
    assert watchdeck("audit", "verify", "--noted", "12:abc")[0] == Exit.USAGE


def test_the_export_is_json_lines_oldest_first(watchdeck: Watchdeck, five: Store) -> None:
    code, out, _ = watchdeck("audit", "export")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == Exit.OK
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[-1]["hash"] == five.head().hash.hex()
