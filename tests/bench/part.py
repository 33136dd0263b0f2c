"""The interface of a benchmark part: a module that measures one thing and its alternatives in rounds."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tests.bench.figures import Figure
from tests.bench.stand import Stand


class Part(Protocol):
    """A module of `tests.bench.parts`.

    Args:
        ROUNDS: rounds of a full run.
        FIGURES: the figures that each round yields.
    """

    @property
    def TITLE(self) -> str: ...  # noqa: N802 - a module's constant

    @property
    def ROUNDS(self) -> int: ...  # noqa: N802 - a module's constant

    @property
    def FIGURES(self) -> Sequence[Figure]: ...  # noqa: N802 - a module's constant

    def measure(self, stand: Stand) -> Mapping[str, float]:
        """Measure one round."""
