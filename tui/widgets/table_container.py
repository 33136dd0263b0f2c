"""The table on top of invisible guides, which make a changed cell cheap to send."""

from collections.abc import Iterator
from itertools import pairwise

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.view.columns import COLUMNS, Layout
from tui.widgets.table import SessionTable


class Guide(Widget, can_focus=False):
    """Paints nothing: it lies behind the table, and its edge is all that is wanted of it."""

    def render_lines(self, crop: Region) -> list[Strip]:  # noqa: ARG002 - Textual's interface
        """No lines, whatever is asked for."""
        return []


class TableContainer(Container, can_focus=False):
    """Holds the table and its guides.

    Textual's compositor cuts each line where a widget begins or ends, and sends a changed region from
    the cut before it: without guides that is the line's beginning, and a cell at the right costs the
    whole line (measured at 160 columns: 582 bytes in place of 67).
    """

    DEFAULT_CSS = """
    TableContainer { layers: guides table; height: 1fr; }
    TableContainer > Guide {
        layer: guides; position: absolute; height: 100%; width: 1; background: transparent;
    }
    TableContainer > SessionTable { layer: table; width: 100%; height: 100%; }
    """

    def __init__(self, table: SessionTable, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._table = table
        self._ruled: tuple[tuple[int, int], ...] = ()

    def compose(self) -> ComposeResult:
        """A guide for each column there may be, and the table above them."""
        for _ in COLUMNS:
            yield Guide()
        yield self._table

    def rule(self, columns: Layout) -> None:
        """Lay the guides under these columns."""
        # Side by side, so that a column costs one cut and not two: what is cut is what a full picture costs.
        edges = [placed.x for placed in columns.placed] + [columns.end]
        ruled = tuple((x, after - x) for x, after in pairwise(edges))
        if ruled == self._ruled:
            return
        self._ruled = ruled
        for guide, place in zip(self._guides(), (*ruled, *[None] * len(COLUMNS)), strict=False):
            guide.display = place is not None
            if place is not None:
                guide.styles.offset = (place[0], 0)
                guide.styles.width = place[1]

    def _guides(self) -> Iterator[Guide]:
        return iter(self.query(Guide))
