"""Where the pictures of a contact sheet are; pure."""

import math
from dataclasses import dataclass

MOST = 24
"""Sessions on a sheet: each is looked at in turn, and the last one's picture is then some 5 s old."""

LEAST_COLUMNS, MOST_COLUMNS = 18, 60
"""Cells of a picture's width: less shows nothing, and more is the preview's."""

GAP = 1
"""Cells between two pictures; above each is a line with its label."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Pictures of one size, in rows.

    Args:
        across: pictures in a row.
        columns: of a picture.
        lines: of a picture.
        shown: how many pictures there are.
    """

    across: int
    columns: int
    lines: int
    shown: int

    @property
    def pitch(self) -> tuple[int, int]:
        """Cells from one picture to the next, across and down."""
        return self.columns + GAP, self.lines + 1

    def place(self, number: int) -> tuple[int, int]:
        """Left and top of a picture's label."""
        across, down = self.pitch
        return number % self.across * across, number // self.across * down


def sheet_layout(count: int, width: int, height: int) -> SheetLayout:
    """The largest pictures of so many sessions that fit; where not all do, as many as fit.

    Args:
        width: cells of the sheet.
        height: lines of the sheet.
    """
    wanted = min(count, MOST)
    most_across = max(1, (width + GAP) // (LEAST_COLUMNS + GAP))
    fitting = [_of(across, width, height, wanted) for across in range(1, most_across + 1)]
    whole = [one for one in fitting if one.shown == wanted]
    return max(whole, key=lambda one: one.columns) if whole else max(fitting, key=lambda one: one.shown)


def _of(across: int, width: int, height: int, wanted: int) -> SheetLayout:
    in_all = height // (math.ceil(wanted / across) or 1)  # lines of a picture and its label, if all have room
    by_height = min(max(int((in_all - 1) * 3.2), LEAST_COLUMNS), int((height - 1) * 3.2))
    columns = max(1, min((width + GAP) // across - GAP, MOST_COLUMNS, by_height))
    lines = max(1, round(columns * 400 / 640 / 2))
    return SheetLayout(across, columns, lines, min(wanted, across * (height // (lines + 1))))
