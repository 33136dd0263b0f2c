"""Reconciliation finds each kind of discrepancy, made on purpose."""

from typing import Any

import pytest

from tests.support import reconciliation
from tests.support.reconciliation import Answer

LINKS = {"ada": "link-a", "bob": "link-b"}
RED = "#ff0000"


def entries(number: str, session: str, *outcomes: str) -> list[dict[str, Any]]:
    return [
        {
            "instruction": number,
            "session": session,
            "action": "switchColor",
            "text": RED if outcome == "intended" else "",
            "outcome": outcome,
            "at": "2026-01-01T00:00:00.000Z",
        }
        for outcome in outcomes
    ]


def seen(*links: str) -> list[dict[str, Any]]:
    message = {"action": "switchColor", "color": RED}
    return [{"link": link, "action": "switchColor", "message": message} for link in links]


def answer(state: str, instruction: str | None = "i1") -> Answer:
    return Answer("ada", "link-a", "switchColor", RED, 10.0, 11.0, state, instruction)


def discrepancies(outcomes: tuple[str, ...], links: tuple[str, ...], *answers: Answer) -> list[str]:
    known = reconciliation.histories(entries("i1", "ada", *outcomes))
    return reconciliation.discrepancies(known, reconciliation.received(seen(*links)), LINKS, answers)


@pytest.mark.parametrize(
    ("outcomes", "links"),
    [
        (("intended", "sent", "confirmed"), ("link-a",)),
        (("intended", "unconfirmed"), ()),
        (("intended", "sent", "unconfirmed"), ("link-a",)),
        (("intended", "failed"), ()),
    ],
)
def test_correct_outcomes_give_no_discrepancy(outcomes: tuple[str, ...], links: tuple[str, ...]) -> None:
    assert discrepancies(outcomes, links, answer(outcomes[-1])) == []


@pytest.mark.parametrize(
    ("outcomes", "links", "words"),
    [
        (("intended", "sent", "confirmed"), (), "was confirmed 1 times, but received 0 times"),
        (("intended", "sent", "confirmed"), ("link-a", "link-a"), "reached a page 2 times"),
        (("intended", "sent", "unconfirmed"), ("link-b",), "('link-b', 'switchColor', '#ff0000') reached"),
        (("intended", "failed"), ("link-a",), "but was sent at most 0 times"),
        (("intended", "sent"), ("link-a",), "has no single history"),
        (("intended", "sent", "sent", "confirmed"), ("link-a",), "has no single history"),
        (("sent", "confirmed"), ("link-a",), "has no single history"),
    ],
)
def test_each_wrong_outcome_gives_a_discrepancy(
    outcomes: tuple[str, ...], links: tuple[str, ...], words: str
) -> None:
    assert any(words in discrepancy for discrepancy in discrepancies(outcomes, links))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer("confirmed"), "contradicts the journal"),
        (answer("confirmed", "i2"), "contradicts the journal: None"),
        (answer("refused", None), "was refused, but reached its page"),
    ],
)
def test_a_wrong_answer_gives_a_discrepancy(given: Answer, words: str) -> None:
    (told,) = discrepancies(("intended", "sent", "unconfirmed"), ("link-a",), given)
    assert words in told


def test_an_unobserved_instruction_gives_no_discrepancy() -> None:
    assert reconciliation.unobserved([answer("confirmed")], [(10.5, 12.0)]) == {"i1"}
    assert reconciliation.unobserved([answer("confirmed")], [(11.5, 12.0)]) == frozenset()
    known = reconciliation.histories(entries("i1", "ada", "intended", "sent", "confirmed"))
    assert (
        reconciliation.discrepancies(known, reconciliation.received(seen()), LINKS, (), frozenset({"i1"}))
        == []
    )


def test_what_a_killed_host_told_last_may_be_unwritten() -> None:
    known = reconciliation.histories(entries("i1", "ada", "intended", "unconfirmed"))
    told = reconciliation.received(seen("link-a"))
    given = [answer("confirmed")]
    assert reconciliation.discrepancies(known, told, LINKS, given, frozenset({"i1"})) == []
    assert reconciliation.discrepancies(known, told, LINKS, given) != []
    cancelled = reconciliation.histories(entries("i1", "ada", "intended", "cancelled"))
    assert reconciliation.discrepancies(cancelled, told, LINKS, given, frozenset({"i1"})) != []
