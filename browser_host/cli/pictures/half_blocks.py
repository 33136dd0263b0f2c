"""A picture as cells of a terminal: two pixels in each, as the colours of an upper half-block. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, TypeAlias

Color: TypeAlias = tuple[int, int, int]

BLOCK = "▀"

_COARSE = bytes(level & 0xE0 | 0x10 for level in range(256))
"""Eight levels of each colour: flat parts of a photograph become runs."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture, row by row from the top.

    Args:
        rgb: three bytes a pixel.
    """

    width: int
    height: int
    rgb: bytes

    def row(self, number: int) -> list[Color]:
        """The colours of a row; below the last one it is repeated."""
        start = min(number, self.height - 1) * self.width * 3
        row = self.rgb[start : start + self.width * 3]
        return list(zip(row[::3], row[1::3], row[2::3], strict=True))


class CellRun(NamedTuple):
    """Cells beside each other that look the same."""

    cells: int
    upper: Color
    lower: Color

    @property
    def is_plain(self) -> bool:
        """Both halves have one colour, so that only the ground is drawn."""
        return self.upper == self.lower

    @property
    def text(self) -> str:
        """What is written in the upper colour on the lower one."""
        return (" " if self.is_plain else BLOCK) * self.cells


def halves(pixels: Pixels) -> Iterator[list[CellRun]]:
    """Rows of cells with two pixels in each."""
    for number in range(0, pixels.height, 2):
        yield _runs(pixels.row(number), pixels.row(number + 1))


def wholes(pixels: Pixels) -> Iterator[list[CellRun]]:
    """Rows of cells with one pixel in each, for a terminal without half-blocks."""
    for number in range(pixels.height):
        yield _runs(pixels.row(number), pixels.row(number))


def fit(width: int, height: int, columns: int, lines: int) -> tuple[int, int]:
    """Columns, and half lines, of a picture in its own proportions; a cell is twice as high as wide."""
    scale = min(columns / width, 2 * lines / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def simpler(pixels: Pixels) -> Iterator[Pixels]:
    """The picture, then simpler ones that cost a terminal less: in 512 colours, then in half the columns."""
    yield pixels
    coarse = pixels.rgb.translate(_COARSE)
    yield Pixels(pixels.width, pixels.height, coarse)
    rows = (coarse[start : start + pixels.width * 3] for start in range(0, len(coarse), pixels.width * 3))
    yield Pixels(pixels.width, pixels.height, b"".join(map(_doubled, rows)))


def cost(rows: Iterable[Sequence[CellRun]]) -> int:
    """Bytes of rows of cells, where each run has its colours and their end with it."""
    return sum(len(ansi([run], truecolor=True).encode()) for row in rows for run in row)


def ansi(runs: Sequence[CellRun], *, truecolor: bool) -> str:
    """A row of cells as text with its colours, which end with it.

    Args:
        truecolor: whether the terminal has more than 256 colours.
    """
    shown = _rgb if truecolor else _indexed

    def colors(run: CellRun) -> str:
        ground = f"48;{shown(run.lower)}"
        return ground if run.is_plain else f"38;{shown(run.upper)};{ground}"

    return "".join(f"\x1b[{colors(run)}m{run.text}" for run in runs) + "\x1b[0m"


def _doubled(row: bytes) -> bytes:
    pairs = range(0, len(row), 6)
    return b"".join(row[at : at + 3] * min(2, (len(row) - at) // 3) for at in pairs)


def _runs(upper: Sequence[Color], lower: Sequence[Color]) -> list[CellRun]:
    cells = groupby(zip(upper, lower, strict=True))
    return [CellRun(len(list(same)), *colors) for colors, same in cells]


def _rgb(color: Color) -> str:
    return "2;{};{};{}".format(*color)


def _indexed(color: Color) -> str:
    """The nearest of the 6 x 6 x 6 colours that terminals with 256 colours share."""
    red, green, blue = (round(part / 51) for part in color)
    return f"5;{16 + 36 * red + 6 * green + blue}"
