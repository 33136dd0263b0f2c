"""A picture of a page as cells of the panel, at a bounded cost; pure but for Pillow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from browser_host.cli.pictures.half_blocks import CellRun

MOST_BYTES = 30_000
"""Bytes that a picture sends to the terminal: every 2 s, a quarter of a slow line (0.5 Mbit/s)."""

Row: TypeAlias = Sequence["CellRun"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as rows of cells, or as what the terminal itself draws over as many blank ones.

    Args:
        cost: bytes that all of it sends to the terminal at most; unchanged rows are not sent again.
        size: columns and lines.
        graphics: what is written to the terminal where the picture begins; "" for rows of cells.
    """

    rows: tuple[Row, ...]
    cost: int
    size: tuple[int, int]
    graphics: str = ""


NOTHING = Drawing((), 0, (0, 0))


def draw(png: bytes, columns: int, lines: int, *, halved: bool) -> Drawing:
    """Draw a picture as large as fits, as simple as `MOST_BYTES` require.

    Args:
        halved: the terminal has half-blocks: two pixels in a cell.

    Raises:
        WatchdeckError: Pillow is not installed, or it is no picture of a page.
    """
    from browser_host.cli.pictures import decoding, half_blocks  # noqa: PLC0415 - most never show a picture

    pixels = decoding.decode(png, columns, lines, halved=halved)
    cells = half_blocks.halves if halved else half_blocks.wholes
    drawn = (tuple(cells(one)) for one in half_blocks.simpler(pixels))
    drawings = [Drawing(rows, half_blocks.cost(rows), (pixels.width, len(rows))) for rows in drawn]
    return next((one for one in drawings if one.cost <= MOST_BYTES), drawings[-1])
