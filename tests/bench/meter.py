"""What a family of processes costs: memory that is its own, and the processor's time by who used it."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

OWN, DRIVER, BROWSER = "own", "driver", "browser"
"""Whose a process is: the Python program that was started, Playwright's driver, or the browser."""

_MB = 1e6


@dataclass(frozen=True, slots=True)
class Cost:
    """What a family had used at a moment.

    Args:
        memory_mb: proportional set size (shared pages counted by share), by whose it is.
        cpu_s: seconds of the processor since each began, by whose they are.
        processes: how many there are.
    """

    memory_mb: Mapping[str, float]
    cpu_s: Mapping[str, float]
    processes: int

    @property
    def total_mb(self) -> float:
        """All of its memory."""
        return sum(self.memory_mb.values())


def cost_of(root: int, *, memory: bool = True) -> Cost:
    """What a process and all that it started have used.

    Args:
        memory: whether memory is looked at, which takes the kernel some milliseconds a process.
    """
    memory_mb: defaultdict[str, float] = defaultdict(float)
    cpu_s: defaultdict[str, float] = defaultdict(float)
    count = 0
    parent = psutil.Process(root)
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.Error, OSError):  # it ended while it was looked at
            whose = OWN if process.pid == root else _whose(process)
            times = process.cpu_times()
            cpu_s[whose] += times.user + times.system
            if memory:
                memory_mb[whose] += _pss(process.pid) / _MB
            count += 1
    return Cost(memory_mb, cpu_s, count)


def percent(before: Cost, after: Cost, seconds: float, *whose: str) -> float:
    """How much of a core was used between two looks, by those who are named; by all where none is."""
    names = whose or (OWN, DRIVER, BROWSER)
    return 100 * sum(after.cpu_s.get(n, 0.0) - before.cpu_s.get(n, 0.0) for n in names) / seconds


def _whose(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if "run-driver" in line:
        return DRIVER
    return BROWSER if "--type=" in line or "headless" in line or "chrom" in line.lower() else OWN


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii", "replace").splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1]) * 1024
    return 0.0
