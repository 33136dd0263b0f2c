"""The service's own endings, as hints that say that they are no more."""

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.views import EndedView, InstructionView
from tests.tui.deck.screen_samples import NOW, session
from tui.view.service_hints import hints

OPENED = NOW - 900


def test_the_countdowns_begin_where_something_was_seen() -> None:
    idle, left = hints(session("s1", last_event_at=OPENED + 50), OPENED + 60)
    assert "10 min" in idle
    assert "in about 9m00s (10 min without agent activity, counted from opening)" in idle
    assert "in about 50s" in left


def test_an_instruction_that_was_posted_counts_as_activity() -> None:
    given_one = InstructionView("i1", "setMode", "sent", OPENED + 300, "ada", "")
    idle, _ = hints(session("s1", instruction=given_one), OPENED + 360)
    assert "in about 9m00s (10 min without agent activity, counted from the last instruction)" in idle
    failed = InstructionView("i1", "setMode", "failed", OPENED + 300, "ada", "")
    idle, _ = hints(session("s1", instruction=failed), OPENED + 360)
    assert "in about 4m00s" in idle


def test_what_did_not_come_true_is_said_too() -> None:
    idle, left = hints(session("s1"), OPENED + 1200)
    assert "10m00s ago" in idle
    assert "had not left" in left


def test_what_is_over_or_not_open_has_no_hints() -> None:
    assert hints(session("s1", ended=EndedView("ended", OPENED)), OPENED + 1) == ()
    assert hints(session("s1", process=None), OPENED + 1) == ()
    assert hints(session("s1", opened_at=None), OPENED + 1) == ()


@given(st.floats(-1e6, 1e6), st.none() | st.floats(-1e6, 1e6))
def test_there_is_at_most_one_of_each_at_any_time(after: float, heard: float | None) -> None:
    view = session("s1", last_event_at=None if heard is None else OPENED + heard)
    assert len(hints(view, OPENED + after)) == 1 + (heard is not None)
