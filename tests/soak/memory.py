"""How much memory host, driver and dashboard take, and the bounds of it."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping

import psutil

from tests.soak.town import Town
from tests.soak.violation import Violation
from tests.support.processes import family

MEGABYTE = 1 << 20
MOST_MB: Mapping[str, int] = {"host": 260, "driver": 300, "dashboard": 220}
"""Twice of what an hour takes; what grows without end gets there within it."""


class Memory:
    """Resident megabytes of each, sample by sample."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.samples: dict[str, list[float]] = defaultdict(list)

    def look(self) -> None:
        """Takes a sample of whoever is there.

        Raises:
            Violation: one of them has too much.
        """
        host = self._town.stage.host.pid
        pids = {"host": host, "dashboard": self._town.window.process.pid}
        with contextlib.suppress(psutil.Error, ValueError):
            pids["driver"] = family(host).driver
        for name, pid in pids.items():
            with contextlib.suppress(psutil.Error):
                taken = psutil.Process(pid).memory_info().rss / MEGABYTE
                self.samples[name].append(taken)
                if taken > MOST_MB[name]:
                    raise Violation(f"the {name} takes {taken:.0f} MB, of at most {MOST_MB[name]}")
