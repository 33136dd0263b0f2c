"""Input is dropped by when it was read: what was typed for something that is not there reaches nothing."""

import pytest
from textual import events

from tui.screens import quiet
from tui.screens.quiet import QUIET_S, InputGuard
from tui.terminal_reader import ESCAPE_S, LONGEST_ESCAPE_MS, TerminalReader, typed_after

NOW = 100.0


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> InputGuard:
    """One that stands since `NOW`, for which that moment goes on."""
    monkeypatch.setattr(quiet, "now", lambda: NOW)
    made = InputGuard()
    made.stand()
    return made


def key(at: float, after: float | None = None) -> events.Key:
    (made,) = TerminalReader(ESCAPE_S).feed(b"d", at, after)
    assert isinstance(made, events.Key)
    return made


def test_what_was_typed_before_it_stands_is_dropped(guard: InputGuard) -> None:
    assert not guard.passes(key(NOW - 0.01))
    assert guard.passes(key(NOW + 0.01))


def test_after_a_hush_keys_are_dropped_until_they_pause(guard: InputGuard) -> None:
    guard.hush()
    last = NOW
    for _ in range(20):
        last += QUIET_S - 0.1
        assert not guard.passes(key(last))
    assert guard.passes(key(last + QUIET_S))
    assert guard.passes(key(last + QUIET_S + 0.01)), "the hush is over"


def test_a_hush_counts_from_itself_where_no_key_came(guard: InputGuard) -> None:
    guard.hush()
    assert not guard.passes(key(NOW + QUIET_S - 0.01))


def test_a_stalled_reader_makes_no_pause(guard: InputGuard) -> None:
    guard.hush()
    assert not guard.passes(key(NOW + 60, after=NOW + 0.1)), "it may have been typed at once"
    assert guard.passes(key(NOW + 61, after=NOW + 60.9))


def test_a_paste_and_a_click_put_the_pause_off(guard: InputGuard) -> None:
    guard.hush()
    paste = events.Paste("less")
    paste.time = NOW + 0.4
    assert not guard.passes(paste)
    assert not guard.passes(key(NOW + 0.8))


def test_a_key_carries_when_it_was_read() -> None:
    read = key(NOW, after=NOW - 3)
    assert (read.time, typed_after(read)) == (NOW, NOW - 3)


def test_a_stalled_reader_splits_no_escape() -> None:
    reader = TerminalReader(ESCAPE_S)
    assert list(reader.feed(b"\x1b", NOW)) == []
    made = [*reader.feed(b"[A", NOW + 5, NOW + 0.1)]
    assert [one.key for one in made if isinstance(one, events.Key)] == ["up"]


def test_a_stalled_reader_splits_no_character() -> None:
    reader = TerminalReader(ESCAPE_S)
    assert list(reader.feed(b"\xc3", NOW)) == []
    assert list(reader.feed(b"d", NOW + 5, NOW + 0.1)) == [], "both are one broken character"


@pytest.mark.parametrize("held", [b"\x1b", b"\x1b[", "é".encode()[:1], b"\x1b]11;rgb"])
def test_what_is_not_decided_is_half_read(held: bytes) -> None:
    reader = TerminalReader(ESCAPE_S)
    states = [reader.is_half_read]
    for read in (reader.feed(b"y", 1.0), reader.feed(held, 1.1), reader.expire(1.1 + LONGEST_ESCAPE_MS)):
        list(read)
        states.append(reader.is_half_read)
    assert states == [False, False, True, False]
