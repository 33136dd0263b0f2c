"""Which ends can still be taken back."""

from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import Outcome, Result
from browser_host.sessions.views import EndedView, InstructionView, SessionView
from tests.tui.wiring.fake_host import session
from tui import undo
from tui.state import Deck, LinkState
from tui.undo import GivenEnd

STATES = ["queued", "sent", "confirmed", "unconfirmed", "failed", "cancelled"]


def deck_with(state: str | None, instruction: str = "i1", ended: EndedView | None = None) -> Deck:
    view: SessionView = session("s1", ended=ended)
    if state is not None:
        told = InstructionView(instruction, "endSession", state, 0.0, "root", "")
        view = session("s1", instruction=told, ended=ended)
    return Deck(sessions={"s1": view})


HERE = LinkState.ATTACHED
END = GivenEnd("i1", "s1", until=10.0)


@given(state=st.sampled_from(STATES), now=st.floats(0, 100))
def test_the_hosts_word_on_our_own_instruction_decides(state: str, now: float) -> None:
    assert undo.still_pending((END,), deck_with(state), now) == ((END,) if state == "queued" else ())


@given(state=st.sampled_from([*STATES, None]), now=st.floats(0, 100))
def test_where_another_instruction_hides_it_the_time_decides(state: str | None, now: float) -> None:
    assert bool(undo.still_pending((END,), deck_with(state, "i2"), now)) is (now < 10.0)


def test_an_ended_or_forgotten_session_has_nothing_to_take_back() -> None:
    assert undo.still_pending((END,), deck_with("queued", ended=EndedView("terminated", 1.0)), 0) == ()
    assert undo.still_pending((END,), Deck(sessions={}), 0) == ()


def test_only_what_the_host_queued_was_given() -> None:
    results = tuple(
        Result(f"s{at}", state, "page", None, "", f"i{at}" if at else None)
        for at, state in enumerate(["queued", "queued", "failed", "skipped"])
    )
    assert undo.given_in(Outcome(results, {}), 5.0) == (GivenEnd("i1", "s1", 5.0),)


def test_the_line_counts_sessions_and_whole_seconds() -> None:
    two = (END, GivenEnd("i2", "s2", 10.0))
    assert undo.words((), 0, HERE) == ""
    assert undo.words((END,), 7.2, HERE) == "ending 1 session in 3 s — z takes it back"
    assert undo.words(two, 9.99, HERE) == "ending 2 sessions in 1 s — z takes it back"
    assert undo.words(two, 11, HERE) == "ending 2 sessions now — z takes it back"


def test_nothing_is_promised_while_the_host_is_lost() -> None:
    two = (END, GivenEnd("i2", "s2", 10.0))
    assert undo.words((), 0, LinkState.LOST) == ""
    assert undo.words((END,), 7, LinkState.LOST) == "1 end is pending, and z can't reach the host: it is lost"
    assert undo.words(two, 7, LinkState.LOST).startswith("2 ends are pending")
