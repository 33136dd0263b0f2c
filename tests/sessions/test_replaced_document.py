"""What another document in a session's page makes of the session."""

import pytest

from browser_host.protocol.page_instructions import Mode, SetMode
from browser_host.protocol.page_messages import Status
from browser_host.sessions import session_events as events
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.session import ErrorCode, Fault, Hosting
from tests.sessions.session_strategies import World

REPLACED = events.DocumentReplaced("https://watch.example", "the page was replaced")
LOST = events.PageLost(Fault(ErrorCode.PAGE_REPLACED, "the page was replaced"))


def lines(world: World) -> list[tuple[str, str]]:
    return [(moment.kind, moment.text) for moment in world.timeline]


@pytest.mark.parametrize("gone", [REPLACED, LOST, events.Opened(2)], ids=["replaced", "lost", "opened again"])
def test_a_mode_goes_with_its_document(gone: events.SessionEvent) -> None:
    world = World().live().sent(SetMode(Mode.DRAW)).happens(gone, 2)
    assert world.session.mode is None
    assert "mode" in world.changes[0].keys
    assert ("session.document", "mode draw was set in a document that is gone") in lines(world)
    assert world.entry().state is EntryState.SENT


def test_a_replaced_document_is_published_and_noted() -> None:
    world = World().live().happens(REPLACED, 2)
    (change,) = world.changes
    assert change.type is ChangeType.DOCUMENT
    assert change.extra == {"document": {"origin": "https://watch.example", "text": "the page was replaced"}}
    assert lines(world)[-1] == ("session.document", "the page was replaced")
    assert world.session.hosting is Hosting.LIVE


def test_a_page_that_reloads_for_ever_fills_no_timeline() -> None:
    world = World().live()
    before = len(lines(world))
    for second in range(2, 99):
        world.happens(REPLACED, second)
    assert len(lines(world)) == before + 1


def test_a_page_heard_through_a_nested_frame_says_so() -> None:
    world = World().happens(events.Opened(1), 0).happens(events.NestedFrameRefused(3), 1)
    assert world.session.error is not None
    assert world.session.error.code is ErrorCode.VIOLATION
    assert "a frame inside the page" in world.session.error.text
    assert "error" in world.changes[0].keys
    before = len(lines(world))
    world.happens(events.NestedFrameRefused(2), 2)
    assert (world.session.violations, len(lines(world))) == (5, before)
    assert world.says(Status.ACTIVE, 3).session.error is None


def test_a_page_that_has_spoken_may_have_frames_that_talk() -> None:
    world = World().live().says(Status.ACTIVE, 1).happens(events.NestedFrameRefused(1), 2)
    assert world.session.error is None
    assert world.session.violations == 1
