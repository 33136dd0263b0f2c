"""Where a replay stands, the line that tells it, and the command that opens it."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import Snapshot
from browser_host.cli.main import run
from browser_host.errors import Exit
from browser_host.recording import recorded_lines
from tests.tui.deck.screen_samples import HOST, NOW
from tui import keymap
from tui.cli import replay
from tui.replay import timeline_text
from tui.replay.playback import SPEEDS, Playback, moment_of
from tui.replay.replay_app import ReplayApp
from tui.style.glyphs import ASCII, UNICODE

LENGTHS = st.floats(0, 1e6)
playbacks = st.builds(
    lambda start, length, share, speed: Playback(start, start + length, start + share * length, 0.0, speed),
    st.floats(1e9, 2e9),
    LENGTHS,
    st.floats(0, 1),
    st.sampled_from(SPEEDS) | st.floats(0, 1000),
)


@given(playbacks, st.floats(0, 1e6), st.integers(-100, 100))
def test_a_position_never_leaves_the_recording(playback: Playback, now: float, jumps: int) -> None:
    for one in (playback, playback.jumped(jumps, now), playback.faster(now), playback.slower(now)):
        assert one.start <= one.position(now) <= one.end
        assert one.position(now + 5) >= one.position(now)
    assert playback.slower(now).speed <= playback.speed <= playback.faster(now).speed
    assert playback.faster(now).position(now) == playback.position(now)


def test_speeds_go_up_and_down_the_ladder() -> None:
    playback = Playback(0, 1000, 0, 0, 4)
    assert (playback.faster(0).speed, playback.slower(0).speed) == (8, 2)
    assert (Playback(0, 9, 0, 0, 0).slower(0).speed, Playback(0, 9, 0, 0, 999).faster(0).speed) == (0, 999)
    assert playback.position(10) == 40
    assert [Playback(0, length, 0, 0, 1).jump_s for length in (0, 51, 3600, 86_400)] == [1, 5, 300, 1800]


@given(playbacks, st.floats(0, 1e6), st.integers(30, 250), st.sampled_from((ASCII, UNICODE)))
def test_the_timeline_fits_its_line(playback: Playback, now: float, width: int, glyphs: object) -> None:
    marks = ASCII if glyphs is ASCII else UNICODE
    line = timeline_text.line(playback, now, width, marks)
    text = "".join(span.text for span in line)
    assert "REPLAY" in text
    assert len(text) <= max(width, timeline_text.NARROWEST)
    if marks is ASCII:
        assert text.isascii()


def local(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_moment_is_a_time_a_date_or_a_duration() -> None:
    start, end = local("2026-11-30T22:00:00.500"), local("2026-12-01T03:00:00")
    expected = {
        "22:30": "2026-11-30T22:30:00",
        "1:02:03": "2026-12-01T01:02:03",
        "22:00:00": "2026-11-30T22:00:00.500",
        "2026-12-01T02:00": "2026-12-01T02:00:00",
        "90m": "2026-11-30T23:30:00.500",
    }
    assert {text: moment_of(text, start, end) for text in expected} == {
        text: local(moment) for text, moment in expected.items()
    }
    for outside in ("21:59", "off", "2026-12-02", "6h"):
        with pytest.raises(ValueError, match="outside the recording, which is from 2026-11-30 22:00:00"):
            moment_of(outside, start, end)
    with pytest.raises(ValueError, match="is not a time"):
        moment_of("noon\x1b[2J", start, end)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "recording.jsonl"
    state = recorded_lines.attached(Snapshot(1, HOST, ()), NOW)
    lines = [recorded_lines.header(NOW, "0.1.0"), *state, recorded_lines.lost(NOW + 60)]
    path.write_bytes(b"".join(map(recorded_lines.encode, lines)))
    return path


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("recording.jsonl",), Exit.USAGE, "needs a terminal"),
        (("recording.jsonl",), Exit.USAGE, "ends before its recorder stopped"),
        (("recording.jsonl", "--at", "5m"), Exit.USAGE, "--at: 5m is outside the recording"),
        (("recording.jsonl", "--at", "x"), Exit.USAGE, "--at: 'x' is not a time"),
        (("recording.jsonl", "--speed", "-1"), Exit.USAGE, "--speed"),
        (("nothing",), Exit.USAGE, "no file"),
        (("other",), Exit.FAILED, "not a recording"),
    ],
)
def test_what_can_not_be_replayed_is_refused(
    recording: Path, arguments: tuple[str, ...], code: Exit, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recording.with_name("other").write_text("something else\n")
    with pytest.raises(SystemExit) as ended:
        run(replay, [str(recording.with_name(arguments[0])), *arguments[1:]])
    assert ended.value.code == code
    assert words in capsys.readouterr().err


def test_its_keys_can_be_changed() -> None:
    assert keymap.problems({"replay.back": "b", "replay.faster": "plus"}) == []
    assert len(ReplayApp.BINDINGS) == 4
