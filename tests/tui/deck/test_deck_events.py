"""The deck follows the host's events, many at once as one by one."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import HostEvent, Snapshot
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.json_codec import to_json
from tests.tui.deck.screen_samples import HOST, NOW, browser, deck, session
from tui.host import deck as state
from tui.host.deck import ConnectionState


def event(seq: int, type_: str, id_: str | None, **body: Any) -> HostEvent:
    return HostEvent(seq, NOW, type_, id_, {"seq": seq, "type": type_, "id": id_, **body})


def added(seq: int, id_: str) -> HostEvent:
    return event(seq, "session.added", id_, **(to_json(session(id_)) | {"id": id_}))


EVENTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(("add", "status", "color", "remove", "told"))),
    max_size=20,
).map(lambda moves: [_made(seq, *move) for seq, move in enumerate(moves, 2)])


def _made(seq: int, id_: str, what: str) -> HostEvent:
    match what:
        case "add":
            return added(seq, id_)
        case "status":
            return event(seq, "session.status", id_, status="active", events=seq)
        case "color":
            return event(seq, "session.color", id_, color="#123456", color_raw="x")
        case "remove":
            return event(seq, "session.removed", id_)
        case _:
            return event(seq, "host.beat", None)


@given(events=EVENTS)
def test_many_at_once_are_the_same_as_one_by_one(events: list[HostEvent]) -> None:
    one_by_one = deck(session("a"))
    for single in events:
        one_by_one = state.with_events(one_by_one, [single])
    assert state.with_events(deck(session("a")), events) == one_by_one


@given(events=EVENTS)
def test_the_deck_that_was_shown_stays_as_it_was(events: list[HostEvent]) -> None:
    before = deck(session("a"), session("b"))
    held = dict(before.sessions)
    state.with_events(before, events)
    assert before.sessions == held


def test_a_snapshot_is_attached_and_in_the_hosts_order() -> None:
    made = state.from_snapshot(Snapshot(7, HOST, (session("b"), session("a"))))
    assert (list(made.sessions), made.seq, made.link) == (["b", "a"], 7, ConnectionState.ATTACHED)


def test_event_changes_only_its_keys_of_its_session() -> None:
    before = deck(session("a"), session("b"))
    after = state.with_events(before, [event(2, "session.status", "a", status="terminated")])
    assert after.sessions["a"].status == "terminated"
    assert after.sessions["a"].color == before.sessions["a"].color
    assert after.sessions["b"] is before.sessions["b"]
    assert after.newest == "a"


def test_an_event_of_a_session_that_is_gone_brings_nothing_back() -> None:
    after = state.with_events(
        deck(session("a")),
        [event(2, "session.removed", "a"), event(3, "session.status", "a", status="active")],
    )
    assert not after.sessions


def test_no_events_leave_the_very_deck() -> None:
    before = deck(session("a"))
    assert state.with_events(before, ()) is before


def test_lost_host_keeps_the_last_state_and_time_of_loss() -> None:
    gone = state.lost(deck(session("a")), NOW)
    assert gone.link is ConnectionState.LOST
    assert list(gone.sessions) == ["a"]
    assert state.lost(gone, NOW + 50).lost_since == NOW


def test_browsers_stand_as_the_last_event_says() -> None:
    down = to_json(browser(BrowserState.DOWN))
    gone = state.with_events(deck(), [event(2, "browser.lost", None, browser=1, browsers=[down])])
    assert gone.host is not None
    assert gone.host.browsers == (browser(BrowserState.DOWN),)
    back = state.with_events(gone, [event(3, "host.other", None)])
    assert back.host == gone.host
