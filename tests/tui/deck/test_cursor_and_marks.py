"""Cursor, marks and ranges by example and by law."""

from hypothesis import given
from hypothesis import strategies as st

from tui.view import selection
from tui.view.selection import Selection

IDS = st.lists(st.sampled_from("abcdefghij"), unique=True).map(tuple)


@given(before=IDS, after=IDS, marks=st.frozensets(st.sampled_from("abcdefghij")), at=st.integers(0, 9))
def test_settling_keeps_the_cursor_and_adds_no_mark(
    before: tuple[str, ...], after: tuple[str, ...], marks: frozenset[str], at: int
) -> None:
    cursor = before[at % len(before)] if before else None
    alive = set(before) | set(after)
    held = selection.settled(Selection(cursor=cursor, marks=marks), before, after, alive)
    assert held.marks == marks & alive
    keeps_some = not marks or bool(held.marks)
    if cursor in after:
        assert held.cursor == cursor
        assert held.chosen is keeps_some
    elif after:
        assert held.cursor in after
        assert held.chosen is (cursor is None and keeps_some)
    else:
        assert held.cursor is None


def test_cursor_of_a_removed_row_goes_below_else_above() -> None:
    held = Selection(cursor="c")
    assert selection.settled(held, "abcde", "abe", "abe").cursor == "e"
    assert selection.settled(held, "abcde", "ab", "ab").cursor == "b"


def test_moved_cursor_is_not_chosen_until_a_key_moves_it() -> None:
    held = selection.settled(Selection(cursor="c"), "abc", "ab", "ab")
    assert not held.chosen
    assert selection.moved(held, "ab", -1).chosen


def test_cursor_is_not_chosen_once_the_last_mark_left() -> None:
    marked = Selection(cursor="b", marks=frozenset("ac"))
    one_left = selection.settled(marked, "abc", "bc", "bc")
    assert one_left == Selection(cursor="b", marks=frozenset("c"))
    assert selection.settled(one_left, "bc", "b", "b") == Selection(cursor="b", chosen=False)


def test_the_first_rows_give_the_operator_a_cursor_at_once() -> None:
    nothing = selection.settled(Selection(), "", "", "")
    assert selection.settled(nothing, "", "ab", "ab") == Selection(cursor="a")


def test_a_row_that_appears_in_an_emptied_table_is_not_chosen() -> None:
    emptied = selection.settled(Selection(cursor="a"), "a", "", "")
    assert not selection.settled(emptied, "", "b", "b").chosen


def test_space_marks_and_steps_and_unmarks() -> None:
    held = selection.toggled(Selection(cursor="a"), "abc")
    assert held == Selection(cursor="b", marks=frozenset("a"))
    again = selection.toggled(selection.moved(held, "abc", -1), "abc")
    assert again == Selection(cursor="b")


def test_range_marks_in_either_direction() -> None:
    begun = selection.ranged(Selection(cursor="d"), "abcde")
    moved = selection.moved(begun, "abcde", -2)
    assert selection.in_range(moved, "abcde") == frozenset("bcd")
    assert selection.ranged(moved, "abcde") == Selection(cursor="b", marks=frozenset("bcd"))


def test_a_range_whose_beginning_left_is_no_range() -> None:
    begun = selection.ranged(Selection(cursor="a"), "abc")
    assert selection.settled(begun, "abc", "bc", "bc").anchor is None


def test_marking_all_leaves_out_what_is_not_shown() -> None:
    assert selection.all_marked(Selection(marks=frozenset("z")), "ab").marks == frozenset("abz")


def test_following_goes_to_shown_rows_only_and_is_not_a_choice() -> None:
    held = Selection(cursor="a")
    assert selection.following(held, ("a", "b"), "z") is held
    assert selection.following(held, ("a", "b"), "b") == Selection(cursor="b", chosen=False)


@given(rows=IDS, by=st.integers(-30, 30))
def test_moving_stays_within_the_rows(rows: tuple[str, ...], by: int) -> None:
    held = selection.moved(Selection(cursor=rows[0] if rows else None), rows, by)
    assert held.cursor in rows or not rows


def test_a_filter_lends_the_cursor_and_gives_it_back() -> None:
    hidden = selection.settled(Selection(cursor="c"), "abcde", "ae", "abcde", by_operator=True)
    assert (hidden.cursor, hidden.chosen) == ("e", True)
    assert selection.settled(hidden, "ae", "abcde", "abcde", by_operator=True) == Selection(cursor="c")


def test_it_is_not_given_back_by_what_happens_nor_to_who_is_gone() -> None:
    hidden = selection.settled(Selection(cursor="c"), "abcde", "ae", "abcde", by_operator=True)
    assert selection.settled(hidden, "ae", "ace", "abcde").cursor == "e"
    assert selection.settled(hidden, "ae", "abde", "abde", by_operator=True) == Selection(cursor="e")


def test_it_is_not_given_back_once_another_was_chosen() -> None:
    hidden = selection.settled(Selection(cursor="c"), "abcde", "ae", "abcde", by_operator=True)
    for chosen in (selection.moved(hidden, "ae", -1), selection.adopted(hidden)):
        back = selection.settled(chosen, "ae", "abcde", "abcde", by_operator=True)
        assert back.cursor == chosen.cursor


def test_only_the_ended_lose_their_marks() -> None:
    held = selection.unmarked(Selection(marks=frozenset("abc")), "bcd")
    assert held.marks == frozenset("a")
