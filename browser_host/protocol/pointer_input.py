"""Mouse input to a watch page, at places that do not depend on its size; pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MOST_POINTS = 64
"""Points of a drag after its first: one a cell, over the width of a terminal's picture."""


class PointerKind(StrEnum):
    """What the mouse does."""

    MOVE = "move"
    CLICK = "click"
    DRAG = "drag"


class Place(NamedTuple):
    """A place of a page, in fractions of its width and height from the left and the top."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{100 * self.x:.1f} % {100 * self.y:.1f} %"


@dataclass(frozen=True, slots=True)
class PointerInput:
    """One act of the mouse, with its left button unless it only moves.

    Args:
        places: where it is; a drag leads over all of them.
    """

    kind: PointerKind
    places: tuple[Place, ...]

    def __str__(self) -> str:
        if self.kind is PointerKind.DRAG:
            return f"drag from {self.places[0]} to {self.places[-1]}, {len(self.places)} points"
        return f"{self.kind} at {self.places[0]}"
