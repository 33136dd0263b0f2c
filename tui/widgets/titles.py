"""The line of column titles, with an arrow at the one that rows are sorted by; pure but for its types."""

from tui.cells import Cell, fitted
from tui.columns import GUTTER, Layout
from tui.glyphs import Glyphs
from tui.order import Sort
from tui.tones import Span, Tone

_RIGHT = frozenset({"since", "quiet", "opened", "events", "losses", "page"})


def titles(columns: Layout, sort: Sort, glyphs: Glyphs, *, held: bool) -> Cell:
    """The titles over these columns.

    Args:
        held: rows keep their places for now, so the arrow is shown quietly.
    """
    spans: list[Span] = [Span(" " * GUTTER)]
    x = GUTTER
    for placed in columns.placed:
        spans.append(Span(" " * (placed.x - x)))
        text, tone = placed.column.title, Tone.MUTED
        if placed.column.sort is sort.key:
            # A title that leaves no cell for the arrow yields one.
            text = text[: placed.width - 1] + (glyphs.down if sort.reverse else glyphs.up)
            tone = Tone.MUTED if held else Tone.INFO
        if placed.column.id in _RIGHT:
            text = text.rjust(placed.width)
        spans.extend(fitted((Span(text, tone),), placed.width, glyphs))
        x = placed.x + placed.width
    return tuple(spans)
