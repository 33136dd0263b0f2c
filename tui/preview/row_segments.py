"""A picture's row of cells as Textual draws it."""

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.preview.drawing import Row

if TYPE_CHECKING:
    from browser_host.cli.pictures.half_blocks import CellRun


def row_segments(row: Row) -> list[Segment]:
    """The cells in their own colours."""
    return [Segment(run.text, _style(run)) for run in row]


def _style(run: "CellRun") -> Style:
    ground = Color.from_rgb(*run.lower)
    return Style(bgcolor=ground) if run.is_plain else Style(color=Color.from_rgb(*run.upper), bgcolor=ground)
