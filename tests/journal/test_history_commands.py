"""`watchdeck history` and `audit`, on a journal that no host has open."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.cli.main import cli, run
from browser_host.errors import Exit
from browser_host.journal.store import Store
from tests.journal.samples import entry
from tests.journal.test_journal_store import tamper

Watchdeck = Callable[..., tuple[int, str, str]]


@pytest.fixture
def watchdeck(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Watchdeck:
    config = tmp_path / "config.toml"
    config.write_text(f'[journal]\npath = "{path}"\n')

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, [*arguments, "--config", str(config)])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def test_history_is_the_contracts_document(watchdeck: Watchdeck, five: Store) -> None:
    code, out, _ = watchdeck("history", "--json", "--limit", "2")
    document = json.loads(out)
    assert (code, document["schema"]) == (Exit.OK, 1)
    assert [line["seq"] for line in document["entries"]] == [4, 5]
    assert five.head().seq == 5


def test_history_of_a_session_and_of_the_last_hour(watchdeck: Watchdeck, five: Store) -> None:
    five.append([entry("just now", at=time.time(), session="s9")])
    for arguments in (("--session", "s9"), ("--since", "1h")):
        code, out, err = watchdeck("history", *arguments)
        assert code == Exit.OK
        assert "just now" in out
        assert "entry 5" not in out
        assert err == "1 entries\n"


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
