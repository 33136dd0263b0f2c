"""A session's hosting, status, colour and end, rule by rule."""

import pytest

from browser_host.protocol.page_instructions import Mode
from browser_host.protocol.page_messages import (
    Color,
    ColorChanged,
    CustomMessageReceived,
    EndReason,
    SessionEnded,
    StateUpdated,
    Status,
    UnknownReceived,
)
from browser_host.sessions import session_events as events
from browser_host.sessions.session import EndedBecause, ErrorCode, Fault, Hosting
from browser_host.sessions.timeline import TIMELINE_LIMIT
from tests.sessions.session_strategies import FAULT, World, at

RED = Color("#ff0000", "red")
BLUE = Color("#0000ff", "blue")


def state(status: Status | None = None, color: Color | None = None, mode: Mode | None = None) -> StateUpdated:
    return StateUpdated(status, color, mode, raw='{"x":1}')


def test_an_opened_session_is_loading_until_its_page_speaks() -> None:
    world = World().happens(events.Opened(3), 1)
    assert (world.session.hosting, world.session.process, world.session.opened_at) == (
        Hosting.LOADING,
        3,
        at(1),
    )
    world.says(Status.WAITING, 2)
    assert world.session.hosting is Hosting.LIVE
    assert world.types == ["session.hosting", "session.status"]
    assert world.session.status_since == at(2)


def test_a_repeated_status_is_told_and_keeps_its_since() -> None:
    world = World().live().says(Status.VIEWER_READY, 9)
    assert world.types == ["session.status"]
    assert world.session.status_since == at(0.5)
    assert world.session.last_event_at == at(9)
    assert world.session.events == 2


def test_terminated_ends_once_and_a_later_reason_refines_it() -> None:
    world = World().live().says(Status.TERMINATED, 2)
    assert world.types == ["session.status", "session.ended"]
    world.says(Status.TERMINATED, 3)
    assert world.types == ["session.status"]
    world.says(SessionEnded(EndReason.ERROR, "{}"), 4)
    assert world.types == ["session.ended"]
    assert world.session.ended is not None
    assert world.session.ended.reason is EndedBecause.ERROR
    assert world.session.ended.at == at(2)
    world.says(SessionEnded(EndReason.ENDED, "{}"), 5)
    assert world.session.ended.reason is EndedBecause.ERROR
    assert world.types == ["session.message"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (None, EndedBecause.TERMINATED),
        (EndReason.ENDED, EndedBecause.ENDED),
        (EndReason.ERROR, EndedBecause.ERROR),
    ],
)
def test_session_ended_ends_and_leaves_the_status_alone(said: EndReason | None, reason: EndedBecause) -> None:
    world = World().live().says(SessionEnded(said, "{}"), 2)
    assert world.session.ended is not None
    assert world.session.ended.reason is reason
    assert world.session.status is Status.VIEWER_READY


def test_a_status_after_the_end_begins_a_session_anew() -> None:
    world = World().live().says(SessionEnded(None, "{}"), 2).says(Status.VIEWER_READY, 3)
    assert world.session.ended is None
    assert world.session.hosting is Hosting.LIVE
    assert world.session.status_since == world.session.begun_at == at(3)
    assert world.types == ["session.hosting", "session.status"]


def test_status_repeated_after_the_end_begins_nothing() -> None:
    world = World().live().says(SessionEnded(None, "{}"), 2).says(state(Status.VIEWER_READY, RED), 3)
    assert world.session.ended is not None
    assert world.session.color == RED
    world.says(state(Status.WAITING), 4)
    assert world.session.ended is None


def test_the_last_words_of_a_page_that_is_gone_make_nothing_live() -> None:
    world = World().live().happens(events.PageLost(FAULT), 2).says(Status.ACTIVE, 2.01)
    assert (world.session.hosting, world.session.error) == (Hosting.LOST, FAULT)
    assert world.session.status is Status.ACTIVE


def test_a_snapshot_carries_what_it_carries() -> None:
    world = World().live().says(state(Status.ACTIVE, RED, Mode.DRAW), 2)
    assert (world.session.status, world.session.color, world.session.mode) == (Status.ACTIVE, RED, Mode.DRAW)
    assert "session.message" not in world.types
    assert world.session.last_message == '{"x":1}'
    world.says(state(), 3)
    assert world.types == ["session.message"]
    assert world.changes[0].extra["message"] == {"type": "upscope.sessionState.update", "raw": '{"x":1}'}


def test_what_is_not_understood_is_kept_and_told() -> None:
    world = World().live().says(UnknownReceived("odd", "[1]"), 2)
    assert world.session.last_message == "[1]"
    assert world.changes[0].extra == {"message": {"type": "odd", "raw": "[1]"}}
    assert world.timeline[-1].text == "odd: [1]"


def test_colours_in_a_row_take_one_line_of_the_timeline() -> None:
    world = World().live()
    before = len(world.timeline)
    for second, color in enumerate([RED, BLUE, RED, BLUE]):
        world.says(ColorChanged(color), second + 1)
    assert len(world.timeline) == before + 1
    assert world.timeline[-1].text == "#0000ff"


def test_the_timeline_keeps_the_newest() -> None:
    world = World().live()
    for second in range(2 * TIMELINE_LIMIT):
        world.says(CustomMessageReceived(str(second)), second + 1)
    assert len(world.timeline) == TIMELINE_LIMIT
    assert world.timeline[-1].text == f"customMessage: {2 * TIMELINE_LIMIT - 1}"


def test_dropped_messages_ride_along_with_the_next_event() -> None:
    world = World().live().happens(events.MessagesLost(7), 2)
    assert not world.types
    world.says(Status.VIEWER_READY, 3)
    assert "dropped" in world.changes[0].keys
    assert world.session.dropped == 7


def test_a_violation_is_told_at_once_without_a_word_of_the_page() -> None:
    world = World().live().happens(events.Violated(2), 2)
    assert world.types == ["session.message"]
    assert world.changes[0].extra["message"] == {"type": "violation", "raw": ""}
    assert world.session.violations == 2


def test_a_blocked_session_says_why_until_it_is_opened_again() -> None:
    fault = Fault(ErrorCode.FRAMING_BLOCKED, "may not be framed")
    world = World().happens(events.Opened(1), 1).happens(events.Blocked(fault), 2)
    assert (world.session.hosting, world.session.error, world.session.process) == (
        Hosting.BLOCKED,
        fault,
        None,
    )
    world.happens(events.Requeued(), 3)
    assert (world.session.hosting, world.session.error) == (Hosting.QUEUED, fault)
    world.happens(events.Opened(2), 4)
    assert (world.session.hosting, world.session.error) == (Hosting.LOADING, None)


def test_an_ended_session_that_loses_its_page_stays_ended() -> None:
    for loss in (events.PageLost(FAULT), events.Blocked(FAULT), events.FrameReleased()):
        world = World().live().says(Status.TERMINATED, 2).happens(loss, 3)
        assert (world.session.hosting, world.session.process, world.session.error) == (
            Hosting.ENDED,
            None,
            None,
        )
        assert world.types == ["session.hosting"]
        assert world.happens(events.Requeued(), 4).session.hosting is Hosting.ENDED


def test_a_hung_page_that_answers_is_what_it_was() -> None:
    world = World().happens(events.Opened(1), 1).happens(events.PageHung(), 2)
    fault = Fault(ErrorCode.PAGE_HUNG, "the page it lives in does not answer")
    assert (world.session.hosting, world.session.error) == (Hosting.UNRESPONSIVE, fault)
    world.happens(events.PageAnswered(), 3)
    assert (world.session.hosting, world.session.error) == (Hosting.LOADING, None)
    world.says(Status.ACTIVE, 4).happens(events.PageHung(), 5).happens(events.PageAnswered(), 6)
    assert (world.session.hosting, world.session.error) == (Hosting.LIVE, None)
    world.happens(events.PageHung(), 7).says(Status.ACTIVE, 8)
    assert (world.session.hosting, world.session.error) == (Hosting.LIVE, None)


def test_a_session_that_ends_and_is_opened_again_is_hosted_anew() -> None:
    world = World().live().says(Status.TERMINATED, 2).happens(events.Opened(2), 3)
    assert (world.session.hosting, world.session.ended) == (Hosting.LOADING, None)
    assert world.session.status is Status.TERMINATED
