"""Which rows are in sight: the first of them after every change, and the scroll bar; pure."""

from collections.abc import Sequence

from tui.view.selection import place


def clamped(top: int, height: int, count: int) -> int:
    """The nearest first row that wastes no line."""
    return max(0, min(top, count - height))


def revealing(top: int, height: int, at: int) -> int:
    """The first row, moved no further than it takes to see row `at`."""
    if at < top:
        return at
    return at - height + 1 if at >= top + height else top


def top_after(
    top: int,
    height: int,
    *,
    before: Sequence[str],
    after: Sequence[str],
    old_cursor: str | None,
    new_cursor: str | None,
) -> int:
    """The first row after rows or cursor changed.

    A cursor that moved is brought into sight. One that stayed on its session while rows came and went
    above it keeps its line on the screen, so that nothing slips from under the eye; out of sight it may
    stay, for then the operator scrolled away from it.
    """
    if height <= 0 or not after:
        return 0
    at = place(after, new_cursor)
    if at is not None and old_cursor != new_cursor:
        return clamped(revealing(top, height, at), height, len(after))
    if at is not None and before is not after:
        was = place(before, old_cursor)
        if was is not None and top <= was < top + height:
            kept = revealing(0, height, at) if top == 0 and at < height else at - (was - top)
            return clamped(kept, height, len(after))
    return clamped(top, height, len(after))


def bar(y: int, top: int, height: int, count: int) -> bool:
    """The scroll bar's thumb lies on line `y`; there is none where all rows are in sight."""
    if count <= height:
        return False
    size = max(1, height * height // count)
    first = round((height - size) * top / (count - height))
    return first <= y < first + size
