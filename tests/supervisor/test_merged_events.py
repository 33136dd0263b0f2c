"""A client that has its events merged holds what one holds that gets each of them, at every moment."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.api.schema import ADDED, REMOVED
from browser_host.sessions.clock import Instant
from browser_host.sessions.session_events import InstructionGiven
from browser_host.sessions.views import KEYS
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.policy import LivePolicy, Policy
from browser_host.supervisor.session_store import SessionStore
from tests.sessions.session_strategies import SESSION_EVENTS, at, new_session

NAMES = st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NAMES),
        st.tuples(st.just("remove"), NAMES),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 3.0, 400.0])),
        st.tuples(st.just("read"), st.none()),
        st.tuples(NAMES, SESSION_EVENTS),
        st.tuples(NAMES, SESSION_EVENTS),
        st.tuples(NAMES, SESSION_EVENTS),
    ),
    max_size=60,
)


class Client:
    """Holds what the events' lines say of each session."""

    def __init__(self) -> None:
        self.seq = 0
        self.sessions: dict[str, dict[str, Any]] = {}

    def take(self, lines: Iterable[bytes]) -> None:
        for event in map(json.loads, lines):
            assert event["seq"] > self.seq
            self.seq = event["seq"]
            keys = {key: event[key] for key in KEYS if key in event}
            match event["type"]:
                case "session.added":
                    self.sessions[event["id"]] = keys
                case "session.removed":
                    self.sessions.pop(event["id"], None)
                case _ if "id" in event:
                    self.sessions[event["id"]] |= keys


class Hosted:
    """A fleet that things happen to."""

    def __init__(self) -> None:
        self.feed = EventFeed()
        self.seconds = 0.0
        self.numbers = itertools.count(1)
        self.store = SessionStore(self.feed, self.now, LivePolicy(Policy()), lambda _session, _changes: None)

    def now(self) -> Instant:
        return at(self.seconds)

    def step(self, what: str, whom: Any) -> None:
        if what == "add" and whom not in self.store:
            self.store.add(replace(new_session(), id=whom))
        elif what == "remove" and whom in self.store:
            self.store.remove(whom)
        elif what == "wait":
            self.seconds += whom
            self.store.judge_all()
        elif what in "abc":
            if isinstance(whom, InstructionGiven):
                whom = InstructionGiven(replace(whom.order, number=next(self.numbers)))
            self.store.apply(what, whom)


@settings(max_examples=300)
@given(STEPS)
def test_merged_events_say_what_every_single_one_says(steps: list[tuple[str, Any]]) -> None:
    hosted, each, merging = Hosted(), Client(), Client()
    for what, whom in (*steps, ("read", None)):
        hosted.step(what, whom)
        each.take(hosted.feed.after(each.seq) or ())
        if what == "read":
            piece = hosted.feed.merged(merging.seq)
            assert piece is not None
            lines, reaches = piece
            merging.take(lines)
            assert merging.seq == reaches == hosted.feed.seq
            assert merging.sessions == each.sessions
            assert set(each.sessions) == {session.id for session in hosted.store}


@given(STEPS)
def test_however_much_happened_a_session_is_told_of_in_one_line(steps: list[tuple[str, Any]]) -> None:
    hosted = Hosted()
    for what, whom in steps:
        hosted.step(what, whom)
    piece = hosted.feed.merged(0)
    assert piece is not None
    told = [json.loads(line) for line in piece[0]]
    assert len({event["id"] for event in told}) == len(told)
    assert [event["seq"] for event in told] == sorted(event["seq"] for event in told)
    for event in told:
        assert 1 <= event.get("first", event["seq"]) <= event["seq"]
        assert event["type"] in (ADDED, REMOVED)  # from the beginning on, nothing else can be the sum


def test_a_number_that_was_never_given_is_none_to_merge_from() -> None:
    feed = EventFeed(size=2)
    for number in range(4):
        feed.publish("session.status", "a", at(number), {"status": "active"})
    assert feed.merged(5) is None
    assert feed.merged(1) is None
    assert feed.merged(2) is not None
    assert feed.merged(4) == ([], 4)
