"""The memory of host, driver and dashboard, and its limits."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping

import psutil

from tests.soak.harness import SoakHarness
from tests.soak.invariant_error import InvariantError
from tests.support.processes import host_processes

MEGABYTE = 1 << 20
LIMITS_MB: Mapping[str, int] = {"host": 260, "driver": 300, "dashboard": 220}
"""Twice the use after an hour; an unbounded growth reaches them within that time."""


class Memory:
    """Samples of resident memory in megabytes."""

    def __init__(self, harness: SoakHarness) -> None:
        self._harness = harness
        self.samples: dict[str, list[float]] = defaultdict(list)

    def look(self) -> None:
        """Take a sample of each running program.

        Raises:
            InvariantError: one of them is over its limit.
        """
        host = self._harness.under_test.host.pid
        pids = {"host": host, "dashboard": self._harness.window.process.pid}
        with contextlib.suppress(psutil.Error, ValueError):
            pids["driver"] = host_processes(host).driver
        for name, pid in pids.items():
            with contextlib.suppress(psutil.Error):
                taken = psutil.Process(pid).memory_info().rss / MEGABYTE
                self.samples[name].append(taken)
                if taken > LIMITS_MB[name]:
                    raise InvariantError(f"{name} uses {taken:.0f} MB (limit {LIMITS_MB[name]} MB)")
