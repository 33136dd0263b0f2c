"""Bisection finds the culprit in as many losses as halving takes, and names no other session."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.bridge.events import LossCause
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.hosting.bisect import CRASHES_TOGETHER, Bisection, apart_for, bisect
from browser_host.supervisor.hosting.retry_policy import APART_DELAYS_S, FORGOTTEN_AFTER_S, Tries, failed

CODES = {
    LossCause.HANG: ErrorCode.PAGE_HUNG,
    LossCause.CRASH: ErrorCode.PAGE_CRASHED,
    LossCause.FLOOD: ErrorCode.PAGE_CRASHED,
    LossCause.BROWSER: ErrorCode.BROWSER_GONE,
}
OWN_DOING = (LossCause.HANG, LossCause.FLOOD)
"""Causes that are always one of the process's own sessions."""


def lose(
    names: tuple[str, ...], tries: dict[str, Tries], cause: LossCause, now: float, flooding: str = ""
) -> Bisection:
    for name in names:
        tries[name], _ = failed(tries[name], Fault(CODES[cause], "why"), now)
    return bisect([(name, tries[name]) for name in names], cause, flooding)


@given(
    st.integers(1, 100).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))),
    st.sampled_from(OWN_DOING),
)
def test_halving_finds_whoever_fails_every_process(case: tuple[int, int], cause: LossCause) -> None:
    count, number = case
    everyone = tuple(f"s{n}" for n in range(count))
    culprit, tries = everyone[number], dict.fromkeys(everyone, Tries())
    process, losses, apart = everyone, 0, set[str]()
    while True:
        losses += 1
        found = lose(process, tries, cause, 10.0 * losses)
        assert sorted(name for half in found.halves for name in half) == sorted(process)
        if found.culprits:
            break
        (process,) = (half for half in found.halves if culprit in half)
        others = [half for half in found.halves if half is not process]
        assert all(abs(len(half) - len(process)) <= 1 for half in others)
        apart.update(name for half in others for name in half)
    assert list(found.culprits) == [culprit]
    assert apart == set(everyone) - {culprit}
    assert losses == 1 + math.ceil(math.log2(count)) or losses == 1 + math.floor(math.log2(count))


@pytest.mark.parametrize("cause", OWN_DOING)
def test_session_known_to_flood_is_the_culprit_at_once(cause: LossCause) -> None:
    tries = dict.fromkeys("abcd", Tries())
    found = lose(tuple("abcd"), tries, cause, 1.0, flooding="c")
    assert found == Bisection((("c",),), (None,), {"c": APART_DELAYS_S[0]})


def test_several_flooding_sessions_are_each_set_apart() -> None:
    tries = dict.fromkeys("abcd", Tries())
    found = lose(tuple("abcd"), tries, LossCause.FLOOD, 1.0, flooding="ad")
    assert (found.halves, found.opens_after) == ((("a",), ("d",)), (None, None))
    assert set(found.culprits) == {"a", "d"}


def test_crash_blames_no_session_that_floods() -> None:
    tries = dict.fromkeys("abcd", Tries())
    assert lose(tuple("abcd"), tries, LossCause.CRASH, 1.0, flooding="c") == Bisection()


def test_culprit_waits_longer_each_time() -> None:
    waits = [apart_for(Tries(alone=alone)) for alone in range(6)]
    assert waits == [*APART_DELAYS_S, APART_DELAYS_S[-1], APART_DELAYS_S[-1]]


def test_first_crash_makes_nobody_a_suspect() -> None:
    tries = dict.fromkeys("abcd", Tries())
    assert lose(tuple("abcd"), tries, LossCause.CRASH, 1.0) == Bisection()


def test_second_crash_halves_those_who_were_in_both() -> None:
    tries = dict.fromkeys("abcd", Tries())
    tries |= dict.fromkeys("ab", Tries(losses=CRASHES_TOGETHER - 1, lost_at=1.0))
    found = lose(tuple("abcd"), tries, LossCause.CRASH, 2.0)
    assert found == Bisection((("a",), ("b",)), (600.0, 600.0))


def test_process_of_one_that_crashes_has_no_culprit() -> None:
    tries = {"a": Tries(losses=CRASHES_TOGETHER, lost_at=1.0)}
    assert lose(("a",), tries, LossCause.CRASH, 2.0) == Bisection((("a",),), (1200.0,))


def test_lost_browser_divides_nobody() -> None:
    tries = dict.fromkeys("abcd", Tries(losses=CRASHES_TOGETHER, lost_at=1.0))
    assert lose(tuple("abcd"), tries, LossCause.BROWSER, 2.0) == Bisection()


def test_culprit_gets_no_neighbours_by_crashing_instead() -> None:
    tries = {"a": Tries(losses=5, lost_at=1.0, alone=1)}
    assert lose(("a",), tries, LossCause.CRASH, 2.0) == Bisection((("a",),), (None,))


def test_session_that_fails_with_company_gets_little_of_it() -> None:
    tries, now, losses = {"mean": Tries()}, 0.0, 0
    while now < FORGOTTEN_AFTER_S:
        new = f"new{losses}"
        tries[new] = Tries()
        found = lose(("mean", new), tries, LossCause.HANG, now)
        ((_, opens),) = [
            pair for pair in zip(found.halves, found.opens_after, strict=True) if "mean" in pair[0]
        ]
        assert opens is not None
        losses += 1
        now += opens
    assert losses <= 4
