"""Cursor, marks and ranges by example and by law."""

from hypothesis import given
from hypothesis import strategies as st

from tui import selection
from tui.selection import Selection

IDS = st.lists(st.sampled_from("abcdefghij"), unique=True).map(tuple)


@given(before=IDS, after=IDS, marks=st.frozensets(st.sampled_from("abcdefghij")), at=st.integers(0, 9))
def test_settling_keeps_the_cursor_on_its_id_and_never_adds_a_mark(
    before: tuple[str, ...], after: tuple[str, ...], marks: frozenset[str], at: int
) -> None:
    cursor = before[at % len(before)] if before else None
    alive = set(before) | set(after)
    held = selection.settled(Selection(cursor=cursor, marks=marks), before, after, alive)
    assert held.marks == marks & alive
    if cursor in after:
        assert held.cursor == cursor
        assert held.chosen
    elif after:
        assert held.cursor in after
        assert held.chosen is (cursor is None)
    else:
        assert held.cursor is None


def test_a_row_that_leaves_hands_the_cursor_to_the_nearest_below_else_above() -> None:
    held = Selection(cursor="c")
    assert selection.settled(held, "abcde", "abe", "abe").cursor == "e"
    assert selection.settled(held, "abcde", "ab", "ab").cursor == "b"


def test_a_cursor_handed_on_is_not_chosen_until_the_operator_moves() -> None:
    held = selection.settled(Selection(cursor="c"), "abc", "ab", "ab")
    assert not held.chosen
    assert selection.moved(held, "ab", -1).chosen


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


def test_a_range_marks_from_its_beginning_to_the_cursor_in_either_direction() -> None:
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
