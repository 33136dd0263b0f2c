"""The guilty one is found, in as many falls as halving takes, and nobody else is ever called guilty."""

import math

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.rehosting import APART_DELAYS_S, FORGOTTEN_AFTER_S, Tries, failed
from browser_host.supervisor.suspicion import CRASHES_TOGETHER, Verdict, judge

HUNG = Fault(ErrorCode.PAGE_HUNG, "the page stopped answering")
CRASHED = Fault(ErrorCode.PAGE_CRASHED, "the page's process died")


def fallen(names: tuple[str, ...], tries: dict[str, Tries], fault: Fault, now: float) -> Verdict:
    for name in names:
        tries[name], _ = failed(tries[name], fault, now)
    return judge([(name, tries[name]) for name in names], fault)


@given(st.integers(1, 100).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))))
def test_halving_finds_whoever_hangs_every_page_that_it_sits_in(case: tuple[int, int]) -> None:
    count, number = case
    everyone = tuple(f"s{n}" for n in range(count))
    guilty, tries = everyone[number], dict.fromkeys(everyone, Tries())
    page, falls, apart = everyone, 0, set[str]()
    while True:
        falls += 1
        verdict = fallen(page, tries, HUNG, 10.0 * falls)
        assert sorted(name for half in verdict.halves for name in half) == sorted(page)
        if verdict.guilty is not None:
            break
        (page,) = (half for half in verdict.halves if guilty in half)
        others = [half for half in verdict.halves if half is not page]
        assert all(abs(len(half) - len(page)) <= 1 for half in others)
        apart.update(name for half in others for name in half)
    assert verdict.guilty == guilty
    assert apart == set(everyone) - {guilty}
    assert falls == 1 + math.ceil(math.log2(count)) or falls == 1 + math.floor(math.log2(count))


def test_the_guilty_one_is_tried_again_ever_later() -> None:
    waits = [judge([("s", Tries(falls=5, alone=alone))], HUNG).again_in_s for alone in range(6)]
    assert waits == [*APART_DELAYS_S, APART_DELAYS_S[-1], APART_DELAYS_S[-1]]


def test_a_first_crash_may_be_the_machines_and_makes_nobody_a_suspect() -> None:
    tries = dict.fromkeys("abcd", Tries())
    assert fallen(tuple("abcd"), tries, CRASHED, 1.0) == Verdict()


def test_those_who_were_in_a_second_crash_are_halved_and_their_new_neighbours_are_not() -> None:
    tries = dict.fromkeys("abcd", Tries())
    tries |= dict.fromkeys("ab", Tries(falls=CRASHES_TOGETHER - 1, fell_at=1.0))
    assert fallen(tuple("abcd"), tries, CRASHED, 2.0) == Verdict((("a",), ("b",)), (600.0, 600.0))


def test_a_page_of_one_that_crashes_is_hosted_apart_and_called_guilty_of_nothing() -> None:
    tries = {"a": Tries(falls=CRASHES_TOGETHER, fell_at=1.0)}
    assert fallen(("a",), tries, CRASHED, 2.0) == Verdict((("a",),), (1200.0,))


def test_a_browser_that_goes_divides_nobody() -> None:
    tries = dict.fromkeys("abcd", Tries(falls=CRASHES_TOGETHER, fell_at=1.0))
    assert fallen(tuple("abcd"), tries, Fault(ErrorCode.BROWSER_GONE, "it ended"), 2.0) == Verdict()


def test_a_page_that_was_given_up_for_what_it_said_counts_as_a_crash() -> None:
    broken = Fault(ErrorCode.VIOLATION, "the page was given up: its messages were no batch")
    tries = dict.fromkeys("ab", Tries())
    assert fallen(("a", "b"), tries, broken, 1.0).halves == ()
    assert fallen(("a", "b"), tries, broken, 2.0).halves == (("a",), ("b",))


def test_one_that_hung_its_own_page_does_not_get_neighbours_again_by_crashing_it() -> None:
    tries = {"a": Tries(falls=5, fell_at=1.0, alone=1)}
    assert fallen(("a",), tries, CRASHED, 2.0) == Verdict((("a",),), (None,))


def test_one_that_hangs_its_page_whenever_it_has_neighbours_gets_few_of_them_in_an_hour() -> None:
    tries, now, losses = {"mean": Tries()}, 0.0, 0
    while now < FORGOTTEN_AFTER_S:
        new = f"new{losses}"
        tries[new] = Tries()
        verdict = fallen(("mean", new), tries, HUNG, now)
        ((_, opens),) = [
            pair for pair in zip(verdict.halves, verdict.opens_after, strict=True) if "mean" in pair[0]
        ]
        assert opens is not None
        losses += 1
        now += opens
    assert losses <= 4
