"""An instruction equal to one that is still under way is not given again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import Outcome, Result
from browser_host.sessions.views import InstructionView
from tests.tui.deck.screen_samples import HOST, NOW, deck, session
from tui.host import repeats
from tui.host.deck import Deck
from tui.host.repeats import ANSWER_S, Instructed, PendingInstruction

DRAW, POINTER = {"action": "setMode", "mode": "draw"}, {"action": "setMode", "mode": "pointer"}
WITHIN_S = HOST.confirm_within_s


def deck_with(state: str, number: str = "i1", at: float = NOW) -> Deck:
    return deck(session("s1", instruction=InstructionView(number, "setMode", state, at, "root", "")))


def is_repeat(last: PendingInstruction, held: Deck, now: float = NOW) -> bool:
    return repeats.fresh(("s1",), DRAW, {"s1": last}, held, now) == ()


def test_the_first_is_given_and_another_too() -> None:
    assert repeats.fresh(("s1",), DRAW, {}, deck_with("sent"), NOW) == ("s1",)
    assert not is_repeat(PendingInstruction(POINTER, NOW), deck_with("queued"))


def test_it_is_not_given_again_before_the_host_answered() -> None:
    given_now = repeats.noted({}, ("s1", "s2"), DRAW, NOW)
    three = deck(*(session(one) for one in ("s1", "s2", "s3")))
    assert repeats.fresh(("s1", "s2", "s3"), DRAW, given_now, three, NOW + 1) == ("s3",)
    assert repeats.fresh(("s1",), DRAW, given_now, three, NOW + ANSWER_S) == ("s1",)


def test_who_is_gone_is_not_instructed() -> None:
    assert repeats.fresh(("s1", "s2"), DRAW, {}, deck(session("s2")), NOW) == ("s2",)


@pytest.mark.parametrize("state", ["confirmed", "unconfirmed", "failed", "cancelled"])
def test_after_its_outcome_it_is_given_again(state: str) -> None:
    assert not is_repeat(PendingInstruction(DRAW, NOW, "i1"), deck_with(state))


def test_mode_counts_as_pending_while_confirmable() -> None:
    last = PendingInstruction(DRAW, NOW, "i1")
    assert is_repeat(last, deck_with("queued"), NOW + 60)
    assert is_repeat(last, deck_with("sent"), NOW + WITHIN_S - 0.1)
    assert not is_repeat(last, deck_with("sent"), NOW + WITHIN_S)


def test_where_another_hides_it_the_time_decides() -> None:
    last = PendingInstruction(DRAW, NOW, "i1")
    assert is_repeat(last, deck_with("sent", "i2"), NOW + WITHIN_S - 0.1)
    assert not is_repeat(last, deck_with("sent", "i2"), NOW + WITHIN_S)


def test_what_the_host_did_not_take_is_forgotten() -> None:
    before = repeats.noted({}, ("s1", "s2", "s3"), DRAW, NOW)
    results = (
        Result("s1", "queued", "page", None, "", "i1"),
        Result("s2", "failed", "page", None, "its page was lost", None),
    )
    after = repeats.answered(before, ("s1", "s2", "s3"), DRAW, Outcome(results, {}))
    assert after == {"s1": replace(before["s1"], number="i1")}


def test_refused_instruction_leaves_the_pending_one() -> None:
    first = repeats.answered(
        repeats.noted({}, ("s1",), DRAW, NOW),
        ("s1",),
        DRAW,
        Outcome((Result("s1", "queued", "page", None, "", "i1"),), {}),
    )
    refused = repeats.answered(repeats.noted(first, ("s1",), POINTER, NOW), ("s1",), POINTER, Outcome((), {}))
    assert refused == first
    assert is_repeat(refused["s1"], deck_with("queued"))


def test_an_answer_does_not_touch_what_was_given_meanwhile() -> None:
    meanwhile = repeats.noted(repeats.noted({}, ("s1",), DRAW, NOW), ("s1",), POINTER, NOW + 1)
    assert repeats.answered(meanwhile, ("s1",), DRAW, Outcome((), {})) == meanwhile


@given(st.lists(st.floats(0, 0.2), max_size=60))
def test_a_key_held_down_gives_one_instruction(pauses: list[float]) -> None:
    given_so_far: Instructed = {}
    now, count = NOW, 0
    for pause in pauses:
        now = min(now + pause, NOW + WITHIN_S - 0.1)
        if repeats.fresh(("s1",), DRAW, given_so_far, deck_with("sent"), now):
            count += 1
            given_so_far = repeats.noted(given_so_far, ("s1",), DRAW, now)
    assert count == min(1, len(pauses))
