"""Every documented message is understood, and no message that a page can post does harm."""

import timeit
from collections import OrderedDict
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.protocol.message_reader import StatePaths, read
from browser_host.protocol.page_instructions import Mode
from browser_host.protocol.page_messages import (
    Color,
    ColorChanged,
    CustomMessageReceived,
    EndReason,
    ErrorReported,
    PageEvent,
    SessionEnded,
    StateUpdated,
    Status,
    StatusUpdated,
    UnknownReceived,
)
from browser_host.protocol.raw import json_text
from browser_host.protocol.text import printable

STATE = "upscope.sessionState.update"
FIELDS = ("sessionStatus", "color", "state", "reason", "message")
TYPES = ("sessionStatusUpdate", "currentColor", STATE, "sessionEnded", "customMessage", "error")
KEYS = st.sampled_from(
    ["type", "sessionStatus", "color", "state", "reason", "message", "status", "mode", "a", "0"]
) | st.text(st.characters(codec=None), max_size=4)
WORDS = st.sampled_from(TYPES + tuple(Status) + tuple(Mode) + ("ended", "error", "#fff", "red"))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**4_000)
    | st.floats()
    | WORDS.map(str)
    | st.text(st.characters(codec=None))
)


def nested(keys: st.SearchStrategy[object], leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=30)


def documented(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Messages of a known type with arbitrary fields."""
    fields = dict.fromkeys(FIELDS, inner)
    return st.fixed_dictionaries({"type": st.sampled_from(TYPES)}, optional=fields)


JSON = nested(KEYS, SCALARS)
ODD = st.sampled_from([object(), b"x", {1}, range(3), int, OrderedDict(type="error"), 1j, ...])
ANYTHING = nested(KEYS | st.integers() | st.none() | st.booleans(), SCALARS | ODD)
PATHS = st.none() | st.sampled_from(
    ["", ".", "a", "a.0", "state.a.0", "state.status", "0.0", "a.99999999999999", "a.²"]
)
STATE_PATHS = st.builds(StatePaths, PATHS, PATHS, PATHS)


def assert_harmless(event: PageEvent) -> None:
    raw = "" if isinstance(event, StatusUpdated | ColorChanged) else event.raw
    assert len(raw) <= 2_000
    assert printable(raw, 2_000) == raw
    assert raw.isascii() or not any(0x80 <= ord(character) < 0xA0 for character in raw)
    color = getattr(event, "color", None)
    if color is not None:
        assert type(color) is Color
        assert len(color.raw) <= 64
        assert printable(color.raw, 64) == color.raw
    if isinstance(event, StatusUpdated | StateUpdated):
        assert event.status is None or type(event.status) is Status
    if isinstance(event, UnknownReceived):
        assert len(event.type) <= 64
        assert printable(event.type, 64) == event.type


@given(JSON | documented(JSON) | documented(ANYTHING) | ANYTHING, STATE_PATHS)
@settings(deadline=None, max_examples=600)
def test_any_posted_value_is_read_to_a_safe_event(message: object, paths: StatePaths) -> None:
    assert_harmless(read(message, paths))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_known(status: Status) -> None:
    assert read({"type": "sessionStatusUpdate", "sessionStatus": str(status.value)}) == StatusUpdated(status)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"type": "currentColor", "color": "Red"}, ColorChanged(Color("#ff0000", "Red"))),
        ({"type": "currentColor", "color": "reddish\x1b"}, ColorChanged(Color(None, "reddish␛"))),
        ({"type": "currentColor", "color": 7}, ColorChanged(Color(None, "7"))),
        ({"type": "customMessage", "message": {"a": [1]}}, CustomMessageReceived('{"a": [1]}')),
        ({"type": "customMessage", "message": None}, CustomMessageReceived("null")),
        ({"type": "error", "code": 5}, ErrorReported('{"type": "error", "code": 5}')),
    ],
)
def test_documented_messages_are_read(message: object, event: PageEvent) -> None:
    assert read(message) == event


@pytest.mark.parametrize(
    ("reason", "known"),
    [
        ("ended", EndReason.ENDED),
        ("error", EndReason.ERROR),
        ("bored", None),
        (None, None),
        (["ended"], None),
    ],
)
def test_session_ended_is_read_with_any_reason(reason: object, known: EndReason | None) -> None:
    message = {"type": "sessionEnded", "reason": reason}
    assert read(message) == SessionEnded(known, json_text(message))
    assert read({"type": "sessionEnded"}) == SessionEnded(None, '{"type": "sessionEnded"}')


@pytest.mark.parametrize(
    "message",
    [
        {"type": "sessionStatusUpdate", "sessionStatus": "Active"},
        {"type": "sessionStatusUpdate", "sessionStatus": ["active"]},
        {"type": "sessionStatusUpdate", "status": "active"},
        {"type": "sessionStatusUpdate"},
        {"type": "currentColor"},
        {"type": "currentColor", "color": None},
        {"type": STATE},
        {"type": STATE, "state": "active"},
        {"type": STATE, "state": [{"status": "active"}]},
        {"type": "customMessage"},
        {"type": "SESSIONSTATUSUPDATE", "sessionStatus": "active"},
        {"type": "something\u202enew", "x": 1},
    ],
)
def test_an_unknown_message_is_kept_raw_with_its_type(message: dict[str, object]) -> None:
    assert read(message) == UnknownReceived(printable(str(message["type"]), 64), json_text(message))


@pytest.mark.parametrize(
    "message", [None, 5, "x", [], {}, {"type": 5}, {"type": None}, {"type": ["error"]}, {"a": 1}]
)
def test_a_message_without_a_type_is_kept_raw(message: object) -> None:
    assert read(message) == UnknownReceived("", json_text(message))


def test_plain_names_of_a_state_are_read() -> None:
    state = {"status": "active", "currentColor": "#0F0", "mode": "draw", "deep": {"status": "terminated"}}
    assert read({"type": STATE, "state": state}) == StateUpdated(
        Status.ACTIVE, Color("#00ff00", "#0F0"), Mode.DRAW, json_text(state)
    )
    other = {"sessionStatus": "viewerReady", "color": "blue", "status": "on", "mode": "laser"}
    assert read({"type": STATE, "state": other}) == StateUpdated(
        Status.VIEWER_READY, Color("#0000ff", "blue"), None, json_text(other)
    )


def test_other_names_of_a_state_are_ignored() -> None:
    state = {
        "Status": "active",
        "session": {"status": "active"},
        "colour": "red",
        "mode": 1,
        "color": {"hex": "red"},
    }
    assert read({"type": STATE, "state": state}) == StateUpdated(None, None, None, json_text(state))


@pytest.mark.parametrize("prefix", ["state.", ""])
def test_configured_paths_find_nested_values(prefix: str) -> None:
    state = {"session": {"phase": "waiting"}, "tools": [{"ink": "red"}, {"ink": "teal"}], "mode": "draw"}
    paths = StatePaths(f"{prefix}session.phase", f"{prefix}tools.1.ink", f"{prefix}tools.7.mode")
    assert read({"type": STATE, "state": state}, paths) == StateUpdated(
        Status.WAITING, Color("#008080", "teal"), None, json_text(state)
    )


def test_a_configured_path_replaces_the_plain_names() -> None:
    state = {"status": "active", "phase": "unheard of"}
    event = read({"type": STATE, "state": state}, StatePaths(status="phase"))
    assert event == StateUpdated(None, None, None, json_text(state))


@pytest.mark.parametrize("step", ["2", "-1", "²", "", "x", "1.0", "9" * 5_000])
def test_a_path_beyond_a_list_finds_nothing(step: str) -> None:
    state = {"tools": ["draw", "pointer"], "mode": "cursor"}
    event = read({"type": STATE, "state": state}, StatePaths(mode=f"tools.{step}"))
    assert event == StateUpdated(None, None, None, json_text(state))


class Hostile:
    """Fails on any use."""

    def _fail(self, *_: object) -> NoReturn:
        raise RuntimeError("was called")

    __getattribute__ = __getattr__ = __repr__ = __str__ = __len__ = __iter__ = __getitem__ = __bool__ = _fail
    __hash__ = __eq__ = _fail


class HostileDict(dict[str, object]):
    """A subclass of dict whose methods fail."""

    def get(self, *_: object) -> NoReturn:
        raise RuntimeError("was called")

    items = keys = __getitem__ = __iter__ = get


@pytest.mark.parametrize("kind", TYPES)
def test_no_method_of_a_posted_object_is_called(kind: str) -> None:
    for odd in (Hostile(), HostileDict(type="error")):
        assert_harmless(read(odd))
        assert_harmless(read({"type": odd}))
        assert_harmless(read({"type": kind, **dict.fromkeys(FIELDS, odd)}))
        state = {"status": odd, "color": odd, "mode": odd}
        assert_harmless(read({"type": kind, "state": state}, StatePaths("status.a", "color.0", "mode")))


@pytest.mark.parametrize("kind", TYPES)
def test_cyclic_and_deeply_nested_messages_are_read(kind: str) -> None:
    ring: dict[str, object] = {"type": kind}
    for field in FIELDS:
        ring[field] = ring
    assert_harmless(read(ring, StatePaths(".".join(["state"] * 10_000), "color.color", "0.0")))


@pytest.mark.parametrize(
    "message",
    [
        {"type": "sessionStatusUpdate", "sessionStatus": "viewerReady"},
        {"type": "currentColor", "color": "#ff8800"},
    ],
)
def test_common_messages_are_read_in_under_10_us(message: object) -> None:
    # The best of many runs, so that other load does not count; 0.2 and 0.5 µs on an idle machine.
    assert min(timeit.repeat(lambda: read(message), number=200, repeat=50)) / 200 < 10e-6
