"""The palette finds actions by every name that an operator may know, and runs the one that was named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.palette import palette_search
from tui.palette.palette_search import SYNONYMS, PaletteEntry, Rank
from tui.view.actions import ACTIONS, BY_ID

ENTRIES = tuple(
    PaletteEntry(action.id, tuple(action.keys.split(",")), action.words, action.sentence)
    for action in ACTIONS
)


def first(query: str) -> str:
    return next((entry.id for entry in palette_search.found(query, ENTRIES)), "")


@pytest.mark.parametrize(
    ("query", "action"),
    [
        ("undo", "undo"), ("Undo", "undo"), ("z", "undo"), ("cancel", "undo"), ("take back", "undo"),
        ("kill", "end"), ("end", "end"), ("e", "end"), ("E", "plan"), ("bulk", "plan"),
        ("exit", "quit"), ("quit", "quit"), ("history", "history"), ("journal", "history"),
        ("mode-draw", "mode-draw"), ("mode draw", "mode-draw"), ("spotlight", "mode-pointer"),
        ("unmark", "unmark"), ("sort-label", "sort-label"), ("search", "filter"),
    ],
)  # fmt: skip
def test_what_enter_runs_is_what_was_named(query: str, action: str) -> None:
    assert first(query) == action


def test_a_refused_name_runs_nothing_else() -> None:
    without = [entry for entry in ENTRIES if entry.id not in {"undo", "end", "plan"}]
    assert palette_search.found("undo", without) == ()
    assert palette_search.found("end", without) == ()


@given(st.sampled_from(ENTRIES), st.text(max_size=8))
def test_names_beat_all_else_that_fits(entry: PaletteEntry, query: str) -> None:
    assert palette_search.rank(entry.id, entry) >= Rank.NAME
    found = palette_search.found(query, ENTRIES)
    ranks = [palette_search.rank(query, one) for one in found]
    assert ranks == sorted(ranks, reverse=True)
    assert Rank.NONE not in ranks


def test_nothing_typed_lists_every_action_in_order() -> None:
    assert palette_search.found("", ENTRIES) == ENTRIES


def test_synonyms_belong_to_actions_and_are_told_apart() -> None:
    assert SYNONYMS.keys() <= BY_ID.keys()
