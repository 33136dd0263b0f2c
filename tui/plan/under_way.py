"""Ends that were given from here, each batch followed to its last result, so that it is told once."""

from collections import deque
from typing import TYPE_CHECKING

from tui.host.deck import Deck

if TYPE_CHECKING:
    from tui.plan.run import Run

BATCHES_AT_MOST = 64
"""Batches that are followed; an older one is told by its rows alone."""


class EndsUnderWay:
    """The batches whose results are still to come, each with a plan or without."""

    def __init__(self) -> None:
        self._runs: dict[float, Run] = {}
        self._told: deque[float] = deque(maxlen=BATCHES_AT_MOST)

    def begin(self, run: "Run") -> None:
        """Follow a batch from now on, unless it is followed or was told already."""
        if run.began_at in self._told or run.began_at in self._runs:
            return
        self._runs[run.began_at] = run
        while len(self._runs) > BATCHES_AT_MOST:
            del self._runs[next(iter(self._runs))]

    def follow(self, deck: Deck, now: float) -> "list[Run]":
        """Take in a deck; return the batches that are over since the last one, each once."""
        if not self._runs:
            return []
        from tui.plan.run import followed  # noqa: PLC0415 - loaded with the first end, after the first rows

        self._runs = {began_at: followed(run, deck, now) for began_at, run in self._runs.items()}
        over = [run for run in self._runs.values() if run.is_over]
        for run in over:
            del self._runs[run.began_at]
            self._told.append(run.began_at)
        return over
