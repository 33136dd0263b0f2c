"""The line of column titles, with an arrow at the one that rows are sorted by; pure but for its types."""

from tui.style.cells import Cell, fitted
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span
from tui.view.columns import GUTTER, Layout
from tui.view.sorting import Sort, SortKey

_RIGHT = frozenset({"since", "quiet", "opened", "events", "losses", "process"})


def sort_at(columns: Layout, column: int) -> SortKey | None:
    """The sort key of the title at a column of the terminal, None if there is none."""
    placed = next((one for one in columns.placed if one.x <= column < one.x + one.width), None)
    return None if placed is None else placed.column.sort


def titles(columns: Layout, sort: Sort, glyphs: Glyphs, *, held: bool) -> Cell:
    """The titles over these columns.

    Args:
        held: rows keep their places for now, so the arrow is shown quietly.
    """
    spans: list[Span] = [Span(" " * GUTTER)]
    x = GUTTER
    for placed in columns.placed:
        spans.append(Span(" " * (placed.x - x)))
        text, role = placed.column.title, Role.MUTED
        if placed.column.sort is sort.key:
            # A title that leaves no cell for the arrow yields one.
            text = text[: placed.width - 1] + (glyphs.down if sort.reverse else glyphs.up)
            role = Role.MUTED if held else Role.INFO
        if placed.column.id in _RIGHT:
            text = text.rjust(placed.width)
        spans.extend(fitted((Span(text, role),), placed.width, glyphs))
        x = placed.x + placed.width
    return tuple(spans)
