"""Recordings from anybody: each is refused in a sentence, or shown without harm."""

import contextlib
import copy
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.color import Color

from browser_host.api.schema import AlertView, Snapshot
from browser_host.errors import UsageError, WatchdeckError
from browser_host.recording import recorded_lines, source_file
from browser_host.recording.line_reader import RecordingError
from browser_host.recording.recorded_lines import LINE_LIMIT
from browser_host.sessions import views
from browser_host.sessions.alerts.alert_state import AlertState, Severity
from browser_host.sessions.json_codec import to_json
from tests.tui.deck.screen_samples import HOST, NOW, busy_deck, session
from tui.host.deck import Deck, stale_rules
from tui.replay import recording_index, timeline_text
from tui.replay.playback import Playback
from tui.replay.recording_index import Recording
from tui.style.glyphs import UNICODE
from tui.view import columns, header, rows, view_state
from tui.view.countdowns import limits_of
from tui.view.rows import RowContext
from tui.view.view_state import ViewState

START = recorded_lines.header(NOW, "0.1.0")
SESSIONS = tuple(busy_deck(6).sessions.values())
FIRING = AlertView("stuck", Severity.CRITICAL, AlertState.FIRING, NOW, (SESSIONS[0].id,))


def event(number: int, kind: str = "session.status", **changes: Any) -> dict[str, Any]:
    at = f"2023-11-14T22:{20 + number // 60:02}:{number % 60:02}.000Z"
    return {"seq": number, "at": at, "type": kind, "id": SESSIONS[0].id, **changes}


BASIS = [
    START,
    *recorded_lines.attached(Snapshot(4, replace(HOST, alerts=(FIRING,)), SESSIONS), NOW),
    event(5, status="active", status_since="2023-11-14T22:20:05.000Z"),
    {**event(6, "session.added"), **to_json(session("new", label="Ada"))},
    event(
        7, "session.ended", ended={"reason": "terminated", "at": "2023-11-14T22:20:07.000Z"}, hosting="ended"
    ),
    event(8, "browser.lost", id=None, browser=1, browsers=[to_json(HOST.browsers[0])]),
    event(9, "session.removed"),
    event(10, "alert.firing", id=None, **to_json(FIRING)),
    recorded_lines.lost(NOW + 500),
    recorded_lines.ended(NOW + 600, "stopped"),
]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(("live", "#ff0000", "red", "\x1b[2J", "\u202e", "2023-11-14T22:20:07Z", "0001-01-01"))
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
KEYS = sorted({key for line in BASIS for key in line} | {*views.KEYS, "host", "browsers", "alerts"})


@st.composite
def tampered(draw: st.DrawFn) -> bytes:
    """A recording in which some values, keys, lines or bytes are others."""
    lines = copy.deepcopy(BASIS)
    for _ in range(draw(st.integers(0, 3))):
        line = lines[draw(st.integers(0, len(lines) - 1))]
        inner = line.get("host") if draw(st.booleans()) else line
        place = inner if isinstance(inner, dict) else line
        key = draw(st.sampled_from(sorted(place) if draw(st.booleans()) and place else KEYS))
        if draw(st.booleans()):
            place[key] = draw(JSON)
        else:
            place.pop(key, None)
    if draw(st.booleans()):
        lines = draw(st.permutations(lines))
    whole = b"".join(json.dumps(line).encode("utf-8", "replace") + b"\n" for line in lines)
    if draw(st.booleans()):
        cut = draw(st.integers(0, len(whole)))
        whole = whole[:cut] + draw(st.binary(max_size=8)) + whole[cut + draw(st.integers(0, 8)) :]
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.booleans()) else whole


def shown(deck: Deck, now: float) -> None:
    """Lays out, tells and colours all that the main screen has."""
    view = view_state.laid_out(ViewState(), deck, now)
    layout = columns.layout(250, wide=True)
    context = RowContext(int(now), UNICODE, limits_of(stale_rules(deck)), 0)
    cells = [cell for one in deck.sessions.values() for cell in rows.cells(one, layout, context)]
    totals = header.totals_of(deck)
    left, right = header.first_line(deck, totals, view, environment="", now=now, glyphs=UNICODE)
    second = header.second_line(len(deck.sessions), totals, view, UNICODE)
    cells += [header.packed(left, 200, right), header.packed(second, 200)]
    for span in (span for cell in cells for span in cell):
        assert span.text.isprintable()
        if span.swatch is not None:
            Color.parse(span.swatch)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tampered())
def test_a_tampered_recording_is_refused_or_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_bytes(content)
    with contextlib.suppress(RecordingError), Recording(path) as recording:
        playback = Playback(recording.start, recording.end, recording.start, 0.0, 1.0)
        for at in (recording.end, recording.start, (recording.start + recording.end) / 2):
            shown(recording.deck_at(at), at)
            timeline_text.line(playback, at, 120, UNICODE)


def test_the_untampered_recording_shows_its_last_state(tmp_path: Path) -> None:
    with Recording(written(tmp_path, BASIS)) as recording:
        deck = recording.deck_at(recording.end)
        assert recording.is_whole
        assert (recording.start, recording.end) == (NOW, NOW + 600)
    assert deck.sessions.keys() == {one.id for one in SESSIONS[1:]} | {"new"}
    assert deck.lost_since == NOW + 500


def written(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / "recording.jsonl"
    path.write_bytes(b"".join(recorded_lines.encode(line) for line in lines))
    return path


CONTENTS = {
    b"": "not a recording",
    b"\n\n": "not a recording",
    b"[[[[": "not a recording",
    b"[" * 100_000: "not a recording",
    b"a" * (LINE_LIMIT + 1): "not a recording",
    recorded_lines.encode({**START, "version": 3}): "version 3",
    recorded_lines.encode({**START, "version": {"a": "\x1b[2J"}}): "version {'a': '",
    recorded_lines.encode(START): "cut off before its first state",
    recorded_lines.encode(START) + recorded_lines.encode(BASIS[1])[:-40]: "cut off before its first state",
    b"".join(map(recorded_lines.encode, BASIS[:2])) + b'{"x":"' + b"a" * (3 * LINE_LIMIT): "more than",
    b"".join(map(recorded_lines.encode, BASIS[:2])) + b"{}\n": "has no type",
    source_file._MAGIC + b"nothing of it": "can't be unpacked",
}


@pytest.mark.parametrize(("content", "why"), CONTENTS.items(), ids=[str(n) for n in range(len(CONTENTS))])
def test_what_is_no_recording_is_refused_in_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as refused:
        Recording(path)
    assert why in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "make",
    [
        Path.exists,
        Path.mkdir,
        os.mkfifo,
        lambda path: path.symlink_to("/dev/zero"),
    ],
    ids=["missing", "folder", "pipe", "device"],
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "recording")
    with pytest.raises(WatchdeckError):
        Recording(tmp_path / "recording")


def test_a_recording_whose_recorder_was_killed_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path, BASIS[:-4])
    path.write_bytes(path.read_bytes() + b'{"seq":8,"at":"2023-11')
    with Recording(path) as recording:
        assert not recording.is_whole
        assert recording.deck_at(recording.end).sessions[SESSIONS[0].id].hosting == "ended"


def test_a_compressed_recording_is_unpacked_within_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, BASIS)
    packed = tmp_path / "recording.zst"
    packed.write_bytes(zstandard.compress(path.read_bytes()))
    with Recording(packed) as recording:
        assert len(recording.deck_at(recording.end).sessions) == 6
    packed.write_bytes(zstandard.compress(path.read_bytes())[:-20])
    with pytest.raises(RecordingError):
        Recording(packed)
    monkeypatch.setattr(source_file, "MOST_UNPACKED", 1000)
    packed.write_bytes(zstandard.compress(path.read_bytes() + b" " * 10_000_000))
    with pytest.raises(RecordingError, match="more than 1000 bytes"):
        Recording(packed)
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UsageError, match=r"watchdeck\[record\]"):
        Recording(packed)


def test_few_states_are_kept_of_a_long_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_index, "FIRST_SPACING", 3)
    monkeypatch.setattr(recording_index, "MOST_STATES", 8)
    events = [event(number, events=number) for number in range(5, 400)]
    with Recording(written(tmp_path, [*BASIS[: len(SESSIONS) + 2], *events])) as recording:
        assert 4 <= len(recording._states) <= 8
        numbers = [399, 100, 300, 50, 301, 5]
        moments = [recording.start + 400 + number for number in numbers]
        found = [recording.deck_at(at).sessions[SESSIONS[0].id].events for at in moments]
    assert found == numbers


def test_more_sessions_than_any_host_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_index, "MOST_SESSIONS", 5)
    with pytest.raises(RecordingError, match="more than 5 sessions"):
        Recording(written(tmp_path, BASIS))
