"""The accounts find what they are there to find: each wrong, made on purpose, is told of."""

from typing import Any

import pytest

from tests.support import accounts
from tests.support.accounts import Answer

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


def complaints(outcomes: tuple[str, ...], links: tuple[str, ...], *answers: Answer) -> list[str]:
    known = accounts.fates(entries("i1", "ada", *outcomes))
    return accounts.complaints(known, accounts.seen(seen(*links)), LINKS, answers)


@pytest.mark.parametrize(
    ("outcomes", "links"),
    [
        (("intended", "sent", "confirmed"), ("link-a",)),
        (("intended", "unconfirmed"), ()),
        (("intended", "sent", "unconfirmed"), ("link-a",)),
        (("intended", "failed"), ()),
    ],
)
def test_what_went_well_is_no_complaint(outcomes: tuple[str, ...], links: tuple[str, ...]) -> None:
    assert complaints(outcomes, links, answer(outcomes[-1])) == []


@pytest.mark.parametrize(
    ("outcomes", "links", "words"),
    [
        (("intended", "sent", "confirmed"), (), "was confirmed 1 times, and seen 0"),
        (("intended", "sent", "confirmed"), ("link-a", "link-a"), "reached a page 2 times"),
        (("intended", "sent", "unconfirmed"), ("link-b",), "('link-b', 'switchColor', '#ff0000') reached"),
        (("intended", "failed"), ("link-a",), "and 0 times at most it was sent"),
        (("intended", "sent"), ("link-a",), "has no one fate"),
        (("intended", "sent", "sent", "confirmed"), ("link-a",), "has no one fate"),
        (("sent", "confirmed"), ("link-a",), "has no one fate"),
    ],
)
def test_what_went_wrong_is_told(outcomes: tuple[str, ...], links: tuple[str, ...], words: str) -> None:
    assert any(words in complaint for complaint in complaints(outcomes, links))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer("confirmed"), "and the journal says"),
        (answer("confirmed", "i2"), "and the journal says None"),
        (answer("refused", None), "was refused, and reached its page"),
    ],
)
def test_an_answer_that_is_not_true_is_told(given: Answer, words: str) -> None:
    (told,) = complaints(("intended", "sent", "unconfirmed"), ("link-a",), given)
    assert words in told


def test_what_a_page_had_no_time_to_note_is_no_complaint() -> None:
    assert accounts.unwitnessed([answer("confirmed")], [(10.5, 12.0)]) == {"i1"}
    assert accounts.unwitnessed([answer("confirmed")], [(11.5, 12.0)]) == frozenset()
    known = accounts.fates(entries("i1", "ada", "intended", "sent", "confirmed"))
    assert accounts.complaints(known, accounts.seen(seen()), LINKS, (), frozenset({"i1"})) == []
