"""Which entries of the journal an expression finds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.errors import UsageError
from browser_host.journal import reader as journal_reader
from browser_host.journal.entries import COLUMNS, EntryOutcome
from browser_host.journal.history_filter import NAMES, HistoryFilter
from browser_host.journal.reader import Reader
from browser_host.journal.store import Store
from tests.journal.samples import entry

ROW = (
    1_000,
    "kim (1000)",
    "tui",
    "endSession",
    "s1",
    "Cafe\u0301 North",
    "confirmed",
    "told at 5",
    "i7",
    None,
)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("", True),
        ("KIM", True),
        ("caf\u00e9", True),
        ('"north" endsession', True),
        ("action:endSession outcome:confirmed", True),
        ("action:confirmed", False),
        ("!tui", False),
        ("!action:setMode kim", True),
        ('label:"caf\u00e9 north"', True),
        ("peer:10.0.0.1", False),
        ("i7 s1 gone", False),
    ],
)
def test_an_expression_finds_what_has_all_its_words(expression: str, *, found: bool) -> None:
    assert HistoryFilter(expression).matches(ROW) is found


def test_a_column_that_there_is_not_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="colour; expected one of by, client"):
        HistoryFilter("colour:red")


@given(st.text(max_size=40), st.tuples(*(st.none() | st.text(max_size=8) for _ in COLUMNS)))
def test_any_text_is_an_expression_or_a_usage_error(expression: str, row: tuple[str | None, ...]) -> None:
    try:
        wanted = HistoryFilter(expression)
    except UsageError:
        assert ":" in expression
        return
    assert wanted.matches(row) in {True, False}


@given(st.sampled_from(NAMES), st.text("abc\u00e9 ", min_size=1, max_size=4))
def test_inverting_a_term_inverts_its_answer(name: str, word: str) -> None:
    term = f'{name}:"{word}"'
    assert HistoryFilter(term).matches(ROW) is not HistoryFilter(f"!{term}").matches(ROW)


def test_what_people_did_is_found_among_what_pages_reported(five: Store, path: Path) -> None:
    hosting = entry("queued", action="session.hosting", outcome=EntryOutcome.NOTED)
    five.append(
        [entry("ended", outcome=EntryOutcome.CONFIRMED), *(entry("a colour") for _ in range(30)), hosting]
    )
    with Reader(path) as reader:
        assert [line["text"] for line in reader.history(reported=False, limit=5)] == ["ended"]
        assert [line["text"] for line in reader.history(expression="ended", limit=5)] == ["ended"]
        assert len(reader.history(limit=5)) == 5


def test_a_filter_counts_what_it_finds_and_looks_at_so_many(
    five: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    five.append([entry("old"), *(entry("new") for _ in range(30))])
    monkeypatch.setattr(journal_reader, "MOST_SEARCHED", 20)
    with Reader(path) as reader:
        assert len(reader.history(expression="new", limit=25)) == 20
        assert reader.history(expression="old") == ()
