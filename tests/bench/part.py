"""What a part of the benchmark is: a module that measures one thing, with its rivals, in rounds."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tests.bench.figures import Figure
from tests.bench.stand import Stand


class Part(Protocol):
    """A module of `tests.bench.parts`.

    Args:
        ROUNDS: how many a full run makes.
        FIGURES: what each round gives.
    """

    @property
    def TITLE(self) -> str: ...  # noqa: N802 - a module's constant

    @property
    def ROUNDS(self) -> int: ...  # noqa: N802 - a module's constant

    @property
    def FIGURES(self) -> Sequence[Figure]: ...  # noqa: N802 - a module's constant

    def measure(self, stand: Stand) -> Mapping[str, float]:
        """One round."""
