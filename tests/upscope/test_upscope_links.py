"""A broken visitor can't use up a plan."""

import math
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from browser_host.upscope.links import HOUR_S, Ceiling, Due, LinkBook, LinkRules, due

RULES = LinkRules(an_hour=12, each=4, first_wait_s=10, longest_wait_s=60)
WISHES = st.lists(st.tuples(st.sampled_from("ABCDEF"), st.floats(0, 1200)), max_size=80)


@given(WISHES)
def test_no_hour_costs_more_than_the_ceilings(wishes: list[tuple[str, float]]) -> None:
    now, book, given_out = 0.0, LinkBook(), list[tuple[str, float]]()
    for visitor, later in wishes:
        now += later
        if due(book, visitor, RULES, now).now:
            book = book.noted(visitor, now)
            given_out.append((visitor, now))
    for _, start in given_out:
        hour = [one for one, at in given_out if start <= at < start + HOUR_S]
        assert len(hour) <= 12
        assert all(hour.count(visitor) <= 4 for visitor in "ABCDEF")
    for visitor in "ABCDEF":
        own = [at for one, at in given_out if one == visitor]
        assert all(later - sooner >= 10 for sooner, later in pairwise(own))
    assert len(book.asked) <= 12


@given(WISHES)
@example([("A", 0), ("A", 1171), ("A", 2400), ("A", 0)])
@example([("B", 0), ("B", 1171), ("B", 2400), ("B", 0)])
def test_what_waits_is_told_until_when_and_holds_then(wishes: list[tuple[str, float]]) -> None:
    now, book = 0.0, LinkBook()
    for visitor, later in wishes:
        now += later
        wait = due(book, visitor, RULES, now)
        if wait.now:
            book = book.noted(visitor, now)
        else:
            assert wait.at > now
            assert due(book, visitor, RULES, wait.at).now
            assert not due(book, visitor, RULES, math.nextafter(wait.at, now)).now or wait.at - now < 1e-6


def test_a_link_that_leaves_the_hour_shortens_the_wait() -> None:
    book = LinkBook((("A", 0.0), ("A", 1171.0), ("A", 3571.0)))
    assert due(book, "A", RULES, 3571) == Due(3600, Ceiling.BACKOFF)
    assert due(book, "A", RULES, 3600).now


def test_each_further_link_comes_later() -> None:
    rules, now, book, waits = LinkRules(), 0.0, LinkBook(), []
    for _ in range(rules.each):
        book = book.noted("A", now)
        wait = due(book, "A", rules, now)
        waits.append((wait.at - now, wait.ceiling))
        now = wait.at
    assert waits[:5] == [(s, Ceiling.BACKOFF) for s in (5, 10, 20, 40, 80)]
    assert waits[5] == (HOUR_S - 155, Ceiling.VISITOR)


def test_another_visitor_waits_for_the_hour_alone() -> None:
    rules, book = LinkRules(an_hour=2), LinkBook().noted("A", 0).noted("B", 60)
    assert due(book, "C", rules, 61).ceiling is Ceiling.HOUR
    assert due(book, "C", rules, 61).at == HOUR_S
    assert due(book, "C", rules, HOUR_S).now
    assert due(book, "C", LinkRules(), 61).now
