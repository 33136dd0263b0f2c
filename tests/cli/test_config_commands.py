import json
from pathlib import Path

import pytest

from browser_host.errors import Exit
from tests.cli.conftest import Watchdeck


@pytest.fixture
def written(home: Path) -> Path:
    place = home / ".config" / "watchdeck" / "config.toml"
    place.parent.mkdir(parents=True)
    return place


def test_without_a_file_the_defaults_hold_and_nothing_is_wrong(watchdeck: Watchdeck) -> None:
    said = watchdeck("config", "check")
    assert (said.code, said.out) == (Exit.OK, "")
    assert "no such file; using defaults" in said.err


def test_all_mistakes_are_told_at_once_with_their_lines(watchdeck: Watchdeck, written: Path) -> None:
    written.write_text('[host]\nread_onyl = true\n[stale]\nmute = "soon"\n')
    said = watchdeck("config", "check", "--json")
    document = json.loads(said.out)
    assert (said.code, document["schema"], document["ok"]) == (Exit.USAGE, 1, False)
    assert [(p["place"], p["key"]) for p in document["problems"]] == [
        (f"{written}:2", "host.read_onyl"),
        (f"{written}:4", "stale.mute"),
    ]


def test_where_a_value_came_from_is_shown(watchdeck: Watchdeck, written: Path) -> None:
    written.write_text('[end]\nundo = "9s"\n')
    values = {one["key"]: one for one in json.loads(watchdeck("config", "show", "--json").out)["values"]}
    assert values["end.undo"] == {"key": "end.undo", "value": "9s", "origin": f"{written}:2"}
    assert values["end.confirm_within"]["origin"] == "default"


def test_the_place_is_printed_whether_or_not_it_is_there(watchdeck: Watchdeck, written: Path) -> None:
    said = watchdeck("config", "path")
    assert (said.code, said.out.strip()) == (Exit.OK, str(written))
