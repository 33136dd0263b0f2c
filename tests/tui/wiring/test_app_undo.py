"""Which ends can still be undone, and by whom."""

from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import Outcome, Result
from browser_host.sessions.views import EndedView, InstructionView, SessionView
from tests.tui.wiring.fake_host import session
from tui.host import pending_ends
from tui.host.deck import ConnectionState, Deck
from tui.host.pending_ends import PendingEnd

STATES = ["queued", "sent", "confirmed", "unconfirmed", "failed", "cancelled"]


def deck_with(state: str | None, instruction: str = "i1", ended: EndedView | None = None) -> Deck:
    view: SessionView = session("s1", ended=ended)
    if state is not None:
        told = InstructionView(instruction, "endSession", state, 0.0, "root", "")
        view = session("s1", instruction=told, ended=ended)
    return Deck(sessions={"s1": view})


HERE = ConnectionState.ATTACHED
END = PendingEnd("i1", "s1", until=10.0)


@given(state=st.sampled_from(STATES), now=st.floats(0, 100))
def test_the_hosts_word_on_our_own_instruction_decides(state: str, now: float) -> None:
    assert pending_ends.still_pending((END,), deck_with(state), now) == ((END,) if state == "queued" else ())


@given(state=st.sampled_from([*STATES, None]), now=st.floats(0, 100))
def test_where_another_instruction_hides_it_the_time_decides(state: str | None, now: float) -> None:
    assert bool(pending_ends.still_pending((END,), deck_with(state, "i2"), now)) is (now < 10.0)


def test_an_ended_or_forgotten_session_has_nothing_to_take_back() -> None:
    assert (
        pending_ends.still_pending((END,), deck_with("queued", ended=EndedView("terminated", 1.0)), 0) == ()
    )
    assert pending_ends.still_pending((END,), Deck(sessions={}), 0) == ()


def test_only_what_the_host_queued_was_given() -> None:
    results = tuple(
        Result(f"s{at}", state, "page", None, "", f"i{at}" if at else None)
        for at, state in enumerate(["queued", "queued", "failed", "skipped"])
    )
    assert pending_ends.given_in(Outcome(results, {}), 5.0) == (PendingEnd("i1", "s1", 5.0),)


def test_the_line_counts_sessions_and_whole_seconds() -> None:
    two = (END, PendingEnd("i2", "s2", 10.0))
    assert pending_ends.countdown((), 0, HERE) == ""
    assert pending_ends.countdown((END,), 7.2, HERE) == "Ending 1 session in 3 s; z undoes"
    assert pending_ends.countdown(two, 9.99, HERE) == "Ending 2 sessions in 1 s; z undoes"
    assert pending_ends.countdown(two, 11, HERE) == "Ending 2 sessions now; z undoes"


def test_nothing_is_promised_while_the_host_is_lost() -> None:
    two = (END, PendingEnd("i2", "s2", 10.0))
    assert pending_ends.countdown((), 0, ConnectionState.LOST) == ""
    assert (
        pending_ends.countdown((END,), 7, ConnectionState.LOST)
        == "1 end is pending; z can't undo while the host is lost"
    )
    assert pending_ends.countdown(two, 7, ConnectionState.LOST).startswith("2 ends are pending")


def test_a_second_dashboard_says_whose_the_pending_end_is() -> None:
    assert pending_ends.undo_elsewhere({}, 0) == "No pending ends to undo"
    assert pending_ends.undo_elsewhere({"root (0)": 1}, 0) == (
        "1 end is pending, requested elsewhere by you; `watchdeck undo` undoes yours"
    )
    assert pending_ends.undo_elsewhere({"zoe (4242)": 2}, 0) == (
        "2 ends are pending, requested elsewhere by zoe (4242); only they can undo"
    )
