"""Measures the memory and CPU time of a process tree, by kind of process."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

OWN, DRIVER, BROWSER = "own", "driver", "browser"
"""Kinds of processes: the Python program itself, Playwright's driver, and the browser."""

_MB = 1e6


@dataclass(frozen=True, slots=True)
class Cost:
    """Memory and CPU time of a process tree at one moment.

    Args:
        memory_mb: proportional set size by kind of process.
        cpu_s: CPU seconds since the start of each process, by kind.
        processes: number of processes.
    """

    memory_mb: Mapping[str, float]
    cpu_s: Mapping[str, float]
    processes: int

    @property
    def total_mb(self) -> float:
        """The memory of all processes."""
        return sum(self.memory_mb.values())


def cost_of(root: int, *, memory: bool = True) -> Cost:
    """Measure a process and all its descendants.

    Args:
        memory: whether to measure memory, which takes the kernel some milliseconds per process.
    """
    memory_mb: defaultdict[str, float] = defaultdict(float)
    cpu_s: defaultdict[str, float] = defaultdict(float)
    count = 0
    parent = psutil.Process(root)
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.Error, OSError):  # it ended during the measurement
            kind = OWN if process.pid == root else _kind(process)
            times = process.cpu_times()
            cpu_s[kind] += times.user + times.system
            if memory:
                memory_mb[kind] += _pss(process.pid) / _MB
            count += 1
    return Cost(memory_mb, cpu_s, count)


def percent(before: Cost, after: Cost, seconds: float, *kinds: str) -> float:
    """Return the CPU use between two measurements in per cent of a core, for some kinds or for all."""
    names = kinds or (OWN, DRIVER, BROWSER)
    return 100 * sum(after.cpu_s.get(n, 0.0) - before.cpu_s.get(n, 0.0) for n in names) / seconds


def _kind(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if "run-driver" in line:
        return DRIVER
    return BROWSER if "--type=" in line or "headless" in line or "chrom" in line.lower() else OWN


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii", "replace").splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1]) * 1024
    return 0.0
