"""What clients see of a session, and JSON both ways."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.protocol.page_instructions import EndSession, Mode, SetMode, SwitchColor
from browser_host.protocol.page_messages import Color, ColorChanged, Status
from browser_host.sessions import session_events as events
from browser_host.sessions.clock import from_iso, iso
from browser_host.sessions.json_codec import from_json, to_json
from browser_host.sessions.views import (
    KEYS,
    EndedView,
    ErrorView,
    InstructionView,
    SessionView,
    StaleView,
    VisitorStateView,
    ledger_views,
    merged,
    part,
    view_of,
)
from tests.sessions.session_strategies import FAULT, WALL, World

CONTRACT = [
    *("id", "label", "source", "visitor", "link", "hosting", "status", "status_since", "opened_at"),
    *("last_event_at", "color", "color_raw", "mode", "stale", "instruction", "ended", "error"),
    *("events", "dropped", "violations", "process", "browser", "visitor_state"),
]

_TEXT = st.text(max_size=12)
_MAYBE = st.none() | _TEXT
_MOMENT = st.integers(0, 4_000_000_000_000).map(lambda millis: millis / 1000)
_COUNT = st.integers(0, 10**9)
VIEWS = st.builds(
    SessionView,
    id=_TEXT,
    label=_TEXT,
    source=_TEXT,
    visitor=_MAYBE,
    link=_TEXT,
    hosting=_TEXT,
    status=_MAYBE,
    status_since=st.none() | _MOMENT,
    opened_at=st.none() | _MOMENT,
    last_event_at=st.none() | _MOMENT,
    color=_MAYBE,
    color_raw=_MAYBE,
    mode=_MAYBE,
    stale=st.none() | st.builds(StaleView, _TEXT, _MOMENT, _MOMENT, _MOMENT, _TEXT),
    instruction=st.none() | st.builds(InstructionView, _TEXT, _TEXT, _TEXT, _MOMENT, _TEXT, _TEXT),
    ended=st.none() | st.builds(EndedView, _TEXT, _MOMENT),
    error=st.none() | st.builds(ErrorView, _TEXT, _TEXT),
    events=_COUNT,
    dropped=_COUNT,
    violations=_COUNT,
    process=st.none() | _COUNT,
    browser=st.none() | st.just("local"),
    visitor_state=st.none()
    | st.builds(
        VisitorStateView,
        online=st.none() | st.booleans(),
        in_session=st.none() | st.booleans(),
        last_seen_at=st.none() | _MOMENT,
        url=_MAYBE,
        tags=st.lists(_TEXT, max_size=3).map(tuple),
        checked_at=_MOMENT,
    ),
)
STALE = StaleView("pending", WALL, 400.0, 300.0, "pending 6m40s, limit 5m")


@given(VIEWS)
def test_json_brings_back_the_view(view: SessionView) -> None:
    body = json.loads(json.dumps(to_json(view)))
    assert from_json(SessionView, {**body, "of_a_newer_host": 1}) == view


@given(VIEWS, VIEWS, st.sets(st.sampled_from(KEYS)))
def test_merging_takes_the_keys_that_came_and_no_other(
    old: SessionView, new: SessionView, keys: set[str]
) -> None:
    body = {key: value for key, value in to_json(new).items() if key in keys}
    assert merged(old, {**body, "seq": 4, "type": "session.x"}) == replace(
        old, **{key: getattr(new, key) for key in keys}
    )


@given(st.floats(0, 4e9))
def test_a_moment_is_told_to_the_millisecond(wall: float) -> None:
    assert iso(from_iso(iso(wall))) == iso(wall)
    assert from_iso(iso(wall)) == round(wall * 1000) / 1000


def test_a_moment_is_iso_8601_in_utc() -> None:
    assert iso(1_700_000_000.1235) == "2023-11-14T22:13:20.124Z"
    assert iso(0.9999) == "1970-01-01T00:00:01.000Z"


def test_the_view_is_the_contracts_session() -> None:
    world = World().live().says(ColorChanged(Color("#ff0000", "red")), 1).sent(SetMode(Mode.DRAW), 7, 2)
    body = to_json(view_of(world.session, STALE))
    assert list(body) == CONTRACT
    assert body == part(world.session, CONTRACT, STALE)
    assert body["status_since"] == "2023-11-14T22:13:20.500Z"
    assert (body["color"], body["color_raw"], body["mode"]) == ("#ff0000", "red", "draw")
    assert body["stale"] == {
        "rule": "pending",
        "since": "2023-11-14T22:13:20.000Z",
        "for_s": 400.0,
        "limit_s": 300.0,
        "text": "pending 6m40s, limit 5m",
    }
    assert body["instruction"] == {
        "id": "i7",
        "action": "setMode",
        "state": "sent",
        "at": "2023-11-14T22:13:22.000Z",
        "by": "ann",
        "text": "",
    }


def test_a_new_session_is_null_where_nothing_happened() -> None:
    body = to_json(view_of(World().session, None))
    assert [key for key, value in body.items() if value is None] == [
        key
        for key in CONTRACT
        if key not in {"id", "label", "source", "link", "hosting", "events", "dropped", "violations"}
    ]


def test_an_ending_and_an_error_are_told_in_words() -> None:
    ended = World().live().says(Status.TERMINATED, 3)
    assert part(ended.session, ("ended",), None) == {
        "ended": {"reason": "terminated", "at": "2023-11-14T22:13:23.000Z"}
    }
    lost = World().live().happens(events.PageLost(FAULT), 3)
    assert part(lost.session, ("error",), None) == {
        "error": {"code": "page_crashed", "text": "the page crashed"}
    }


def test_the_detail_holds_the_ledger_and_the_timeline() -> None:
    world = World().live().sent(SwitchColor("#ff0000"), 1, 1).given(EndSession(), 2, 2)
    first, second = (to_json(one) for one in ledger_views(world.session))
    assert (first["action"], first["argument"], first["via"]) == ("switchColor", "#ff0000", "page")
    assert (second["client"], second["queued_at"], second["sent_at"]) == (
        "tui",
        "2023-11-14T22:13:22.000Z",
        None,
    )
    assert to_json(world.timeline[-1]) == {
        "at": "2023-11-14T22:13:22.000Z",
        "kind": "instruction.queued",
        "text": "endSession queued by ann",
    }
