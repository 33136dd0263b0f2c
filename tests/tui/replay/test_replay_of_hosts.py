"""Recordings of several hosts: one table with the column host, and what a hostile one is refused for."""

from pathlib import Path
from typing import Any

import pytest

from browser_host.api.schema import Snapshot
from browser_host.hosts import qualify
from browser_host.recording import recorded_lines
from browser_host.recording.line_reader import MOST_HOSTS, RecordingError
from browser_host.recording.recorded_lines import HOST_NAME
from tests.tui.deck.screen_samples import HOST, NOW, session
from tests.tui.replay.test_hostile_recordings import event, written
from tests.tui.replay.test_replay_screen import replaying, table, until
from tui.host.deck import lost_hosts
from tui.replay.recording_index import Recording

NAMES = ("tokyo", "york")


def state(name: str, *labels: str) -> list[dict[str, Any]]:
    sessions = tuple(session(f"{name}-{label}", label=label) for label in labels)
    found = qualify.snapshot(name, Snapshot(4, HOST, sessions))
    return [{**line, HOST_NAME: name} for line in recorded_lines.attached(found, NOW)]


def told(name: str, number: int, session_id: str, **changes: Any) -> dict[str, Any]:
    return {**event(number, id=session_id, **changes), HOST_NAME: name}


START = recorded_lines.header(NOW, "0.1.0", NAMES)
YORK_GOES = {**recorded_lines.lost(NOW + 5), HOST_NAME: "york"}
RECORDED = [
    START,
    *state("tokyo", "Ada"),
    *state("york", "Ben", "Cleo"),
    told("york", 5, "york/york-Ben", status="active"),
    YORK_GOES,
    told("tokyo", 6, "tokyo/tokyo-Ada", status="terminated"),
    recorded_lines.ended(NOW + 600, "stopped"),
]


def test_one_host_is_lost_and_the_sessions_of_all_are_there(tmp_path: Path) -> None:
    with Recording(written(tmp_path, RECORDED)) as recording:
        deck = recording.deck_at(recording.end)
        assert recording.deck_at(recording.end) is deck  # nothing happened
        assert {one.id: one.status for one in deck.sessions.values()} == {
            "tokyo/tokyo-Ada": "terminated",
            "york/york-Ben": "active",
            "york/york-Cleo": session("x").status,
        }
        assert lost_hosts(deck) == {"york"}
        before = recording.deck_at(NOW)
        assert (lost_hosts(before), len(before.sessions)) == (frozenset(), 3)


async def test_the_table_has_all_hosts_with_the_column_host(tmp_path: Path) -> None:
    path = written(tmp_path, RECORDED)
    async with replaying(path, at=2e9) as (app, pilot, _):
        await until(pilot, lambda: len(app._main.view.rows) == 3)
        app._show()
        await pilot.pause()
        shown = table(app)
        for name, label in (("tokyo", "Ada"), ("york", "Ben"), ("york", "Cleo")):
            assert any(name in row and label in row for row in shown)
        assert "york" in app._source.trouble


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([{**START, "hosts": None}], "invalid hosts"),
        ([{**START, "hosts": ["tokyo"]}], "invalid hosts"),
        ([{**START, "hosts": ["york", "york"]}], "invalid hosts"),
        ([{**START, "hosts": ["york", "a/b"]}], "invalid hosts"),
        ([{**START, "hosts": ["york", 5]}], "invalid hosts"),
        ([{**START, "hosts": [f"h{number}" for number in range(MOST_HOSTS + 1)]}], "invalid hosts"),
        ([{**START, "version": 3}], "version 3"),
        ([START, *recorded_lines.attached(Snapshot(1, HOST, ()), NOW)], "can't be read"),
        ([START, *state("oslo")], "does not name"),
        ([START, *state("tokyo"), told("york", 5, "york/x")], "before its first state"),
        ([START, YORK_GOES, *state("tokyo"), told("york", 5, "york/x")], "before its first state"),
        ([START, *state("tokyo"), *state("york"), told("york", 5, "tokyo/x")], "another host"),
    ],
    ids=range(12),
)
def test_a_recording_with_mistaken_hosts_is_refused(
    tmp_path: Path, lines: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(RecordingError, match=why):
        Recording(written(tmp_path, lines))


def test_a_host_that_was_away_at_first_is_lost_until_its_state(tmp_path: Path) -> None:
    first = {**YORK_GOES, "at": START["at"]}
    with Recording(
        written(tmp_path, [START, first, *state("tokyo", "Ada"), *state("york", "Ben")])
    ) as recording:
        deck = recording.deck_at(recording.end)
    assert (lost_hosts(deck), len(deck.sessions)) == (frozenset(), 2)
