"""The cursor, the marks and the range that is being marked: ids, never positions; pure."""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Selection:
    """What the operator points at.

    Args:
        cursor: id of the row under the cursor, None if no row is shown.
        chosen: the operator put the cursor there; False where it moved by itself (its row left, or it
            follows the newest change) or the last marked session left, so that a key pressed for the row or
            the marks before can't act on this one.
        marks: ids that were marked; only the operator's keys add to them.
        anchor: id at which a range was begun, None outside a range.
        home: id of the row that the operator chose, while their own filter hides it.
    """

    cursor: str | None = None
    chosen: bool = True
    marks: frozenset[str] = frozenset()
    anchor: str | None = None
    home: str | None = None


def moved(selection: Selection, rows: Sequence[str], by: int) -> Selection:
    """The cursor `by` rows further down, or up where negative; it stops at the ends."""
    if not rows:
        return selection
    at = place(rows, selection.cursor)
    return moved_to(selection, rows[0 if at is None else max(0, min(len(rows) - 1, at + by))])


def moved_to(selection: Selection, session_id: str) -> Selection:
    """The cursor on this row, by the operator's own will."""
    return replace(selection, cursor=session_id, chosen=True, home=None)


def adopted(selection: Selection) -> Selection:
    """The row under the cursor as the operator's own, wherever the cursor was before a filter."""
    return replace(selection, home=None)


def unmarked(selection: Selection, ids: Collection[str]) -> Selection:
    """These without their marks."""
    return replace(selection, marks=selection.marks.difference(ids))


def following(selection: Selection, rows: Sequence[str], newest: str | None) -> Selection:
    """The cursor on the newest change where that is shown; not the operator's own choice."""
    if newest is None or newest == selection.cursor or newest not in rows:
        return selection
    return replace(selection, cursor=newest, chosen=False, home=None)


def toggled(selection: Selection, rows: Sequence[str]) -> Selection:
    """The row under the cursor marked, or unmarked, and the cursor one step down."""
    if selection.cursor is None or selection.cursor not in rows:
        return selection
    return moved(replace(selection, marks=selection.marks ^ {selection.cursor}), rows, 1)


def ranged(selection: Selection, rows: Sequence[str]) -> Selection:
    """First a range begun at the cursor, then all from there to the cursor marked."""
    if selection.cursor is None:
        return selection
    if selection.anchor is None:
        return replace(selection, anchor=selection.cursor)
    return replace(selection, marks=selection.marks | in_range(selection, rows), anchor=None)


def in_range(selection: Selection, rows: Sequence[str]) -> frozenset[str]:
    """The shown rows from the range's beginning to the cursor, both included; none outside a range."""
    begin, end = place(rows, selection.anchor), place(rows, selection.cursor)
    if begin is None or end is None:
        return frozenset()
    return frozenset(rows[min(begin, end) : max(begin, end) + 1])


def all_marked(selection: Selection, rows: Sequence[str]) -> Selection:
    """Every row that is shown marked, and what was marked before."""
    return replace(selection, marks=selection.marks | frozenset(rows), anchor=None)


def cleared(selection: Selection) -> Selection:
    """No marks, no range."""
    return replace(selection, marks=frozenset(), anchor=None)


def settled(
    selection: Selection,
    before: Sequence[str],
    after: Sequence[str],
    alive: Container[str],
    *,
    by_operator: bool = False,
) -> Selection:
    """The selection after the rows became others: cursor and marks stay on their ids.

    Where the cursor's own row is no longer shown, the nearest row below it that still is gets the
    cursor, else the nearest above. Where the operator's own filter hid it, the cursor goes back when the
    operator shows it again and has chosen no other.

    Args:
        before: the rows as they were shown.
        after: the rows as they are shown now.
        alive: all sessions there are, shown or not; what is not among them loses its mark.
        by_operator: the operator's own act (a filter, say) made the rows others.
    """
    marks = selection.marks
    if any(session_id not in alive for session_id in marks):
        marks = frozenset(session_id for session_id in marks if session_id in alive)
    held = frozenset(after)
    anchor = selection.anchor if selection.anchor in held else None
    cursor, chosen = selection.cursor, selection.chosen
    home = selection.home if selection.home is not None and selection.home in alive else None
    if by_operator and home in held:
        cursor, chosen, home = home, True, None
    elif cursor not in held:
        if by_operator and home is None and cursor is not None and cursor in alive:
            home = cursor
        cursor = _nearest(cursor, before, after, held)
        first = selection.cursor is None
        chosen = (first and selection.chosen) or (by_operator and cursor is not None)
    if selection.marks and not marks:
        chosen = False
    return Selection(cursor=cursor, chosen=chosen, marks=marks, anchor=anchor, home=home)


def _nearest(
    cursor: str | None, before: Sequence[str], after: Sequence[str], held: frozenset[str]
) -> str | None:
    if not after:
        return None
    at = place(before, cursor)
    if at is None:
        return after[0]
    around = (*before[at + 1 :], *reversed(before[:at]))
    return next((session_id for session_id in around if session_id in held), after[0])


def place(rows: Sequence[str], session_id: str | None) -> int | None:
    """Where among the rows a session is, None if it is not shown."""
    if session_id is None:
        return None
    try:
        return rows.index(session_id)
    except ValueError:
        return None
