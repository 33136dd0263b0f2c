"""Whom an action hits, what a filter keeps, and when rows hold still."""

import time
from dataclasses import replace

import pytest

from tests.tui.deck.screen_samples import NOW, busy_deck, deck, session
from tui.view import selection, sorting, view_state
from tui.view.selection import Selection
from tui.view.sorting import Sort, SortKey
from tui.view.view_state import ActionTarget, Aim, Switch, ViewState

THREE = deck(session("a", label="one"), session("b", label="two"), session("c", label="three"))


def laid(view: ViewState | None = None) -> ViewState:
    return view_state.laid_out(view or ViewState(), THREE, NOW, by_operator=True)


def test_target_is_the_marks_else_the_cursor_row() -> None:
    view = laid()
    assert view_state.target(view) == ActionTarget(("a",))
    assert view_state.target(view).words == "the session under the cursor"
    view = view_state.marked(view_state.marked(view, "row"), "row")
    assert view_state.target(view) == ActionTarget(("a", "b"), aim=Aim.MARKED)
    assert view_state.target(view).words == "the 2 marked sessions"


def test_a_moved_cursor_does_not_have_the_marks_looked_through() -> None:
    view = view_state.marked(laid(), "all")
    before = view_state.target(view)
    moved = replace(view, selection=selection.moved(view.selection, view.rows, 1))
    assert view_state.target(laid(moved)) is before


def test_marks_that_the_filter_hides_are_hit_and_said() -> None:
    view = laid(view_state.typed(view_state.marked(laid(), "all"), "label:two"))
    aim = view_state.target(view)
    assert (set(aim.ids), aim.hidden) == ({"a", "b", "c"}, 2)
    assert aim.words == "the 3 marked sessions (2 hidden by the filter)"


def test_nothing_shown_is_no_target() -> None:
    assert view_state.target(laid(view_state.typed(ViewState(), "nobody"))) == ActionTarget()


def test_a_filter_that_cannot_be_read_keeps_the_last_good_one() -> None:
    good = laid(view_state.typed(ViewState(), "label:two"))
    bad = laid(view_state.typed(good, "label:two hosting:nonsense"))
    assert bad.rows == good.rows == ("b",)
    assert bad.query.problem is not None
    assert bad.query.at == len("label:two hosting:")
    assert laid(view_state.typed(bad, "")).rows == ("a", "b", "c")


def test_rows_keep_places_with_marks_and_new_ones_are_last() -> None:
    by_label = replace(ViewState(), sort=sorting.pressed(ViewState().sort, SortKey.LABEL))
    view = view_state.marked(laid(by_label), "row")
    assert view.rows == ("a", "c", "b")
    grown = deck(*THREE.sessions.values(), session("d", label="aaa"))
    held = view_state.laid_out(view, grown, NOW)
    assert held.rows == ("a", "c", "b", "d")
    assert "d" not in held.selection.marks
    freed = view_state.laid_out(view_state.marked(held, "none"), grown, NOW)
    assert freed.rows == ("d", "a", "c", "b")


def test_rows_that_a_filter_hid_come_back_to_their_places() -> None:
    view = view_state.marked(laid(replace(ViewState(), sort=Sort(SortKey.LABEL, reverse=True))), "all")
    order = view.rows
    last = THREE.sessions[order[-1]].label
    narrowed = view_state.laid_out(view_state.typed(view, last), THREE, NOW)
    assert narrowed.rows == order[-1:]
    widened = view_state.laid_out(view_state.typed(narrowed, ""), THREE, NOW)
    assert widened.rows == order
    freed = view_state.laid_out(view_state.marked(widened, "none"), THREE, NOW)
    assert freed.places == ()


def test_following_stops_at_marks_and_at_what_is_not_shown() -> None:
    view = laid(replace(ViewState(), switches=Switch.FOLLOW))
    moved = view_state.laid_out(view, replace(THREE, newest="c"), NOW)
    assert (moved.selection.cursor, moved.selection.chosen) == ("c", False)
    marked = view_state.marked(view, "row")
    kept = view_state.laid_out(marked, replace(THREE, newest="c"), NOW)
    assert kept.selection.cursor == marked.selection.cursor


def test_a_session_that_leaves_is_no_longer_marked() -> None:
    view = view_state.marked(laid(), "all")
    left = view_state.laid_out(view, deck(session("b")), NOW)
    assert left.selection.marks == frozenset({"b"})


def test_pointing_ends_the_following() -> None:
    view = replace(ViewState(), switches=Switch.FOLLOW, selection=Selection("a", chosen=False))
    pointed = view_state.pointed(view, "b")
    assert pointed.switches == Switch.NONE
    assert pointed.selection == selection.moved_to(Selection("a"), "b")


@pytest.mark.parametrize("key", list(SortKey))
def test_a_thousand_rows_are_filtered_and_sorted_within_30_ms(key: SortKey) -> None:
    held = busy_deck(1000)
    view = view_state.typed(replace(ViewState(), sort=Sort(key)), "!label:nobody age>1s")

    def took() -> float:
        begun = time.perf_counter()
        view_state.laid_out(view, held, NOW)
        return time.perf_counter() - begun

    assert min(took() for _ in range(5)) < 0.03
