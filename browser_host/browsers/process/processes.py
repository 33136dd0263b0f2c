"""The processes of a browser, as psutil reports them: only our own are ever signalled."""

import contextlib
import os
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

_BUSY_SHARE = 0.1
"""Of a core: an idle page uses a hundredth, one that floods the browser a third and more."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told from a later one of the same number by when it started.

    Args:
        started: in the kernel's ticks since boot, so that setting the clock does not change it.
    """

    pid: int
    parent: int
    group: int
    started: int
    zombie: bool


def look(pid: int) -> Process | None:
    """The process as it is now; None if there is none."""
    try:
        return _seen(psutil.Process(pid))
    except psutil.Error:
        return None


def everything() -> tuple[Process, ...]:
    """All processes that this user can see."""
    return tuple(process for pid in psutil.pids() if (process := look(pid)) is not None)


def descendants(pid: int) -> tuple[Process, ...]:
    """Children, their children, and so on."""
    return _children(pid, recursive=True)


def is_driver(process: Process) -> bool:
    """Whether it is a Playwright driver."""
    return "run-driver" in _command_line(process)


def is_renderer(process: Process) -> bool:
    """Whether it is one of Chromium's processes for pages."""
    return any(word.startswith("--type=renderer") for word in _command_line(process))


def processor_time(process: Process) -> float | None:
    """Seconds of processor time that it has used; None if it is gone."""
    try:
        now = psutil.Process(process.pid)
        with now.oneshot():
            times = now.cpu_times()
            return times.user + times.system if _started(now) == process.started else None
    except psutil.Error:
        return None


def resident(process: Process) -> int:
    """Bytes of memory that it holds now; 0 if it is gone."""
    try:
        return psutil.Process(process.pid).memory_info().rss
    except psutil.Error:
        return 0


def drivers_of(pid: int) -> frozenset[Process]:
    """The Playwright drivers that are children of a process."""
    return frozenset(child for child in _children(pid, recursive=False) if is_driver(child))


def renderers_of(driver: Process) -> Mapping[Process, float]:
    """The pages' processes of a driver's browser, and the seconds of processor time that each has used."""
    found = (process for process in descendants(driver.pid) if is_renderer(process))
    return {process: used for process in found if (used := processor_time(process)) is not None}


def busiest(before: Mapping[Process, float], now: Mapping[Process, float], seconds: float) -> Process | None:
    """The process that used most processor time between two readings; None if none used much.

    Args:
        before: seconds of processor time at the first reading.
        now: seconds of processor time at the second reading.
        seconds: between the readings.
    """
    used = {process: now[process] - before[process] for process in now if process in before}
    hardest = max(used, key=lambda process: used[process], default=None)
    return hardest if hardest is not None and used[hardest] >= _BUSY_SHARE * seconds else None


def still_run(processes: Iterable[Process]) -> tuple[Process, ...]:
    """Those of the processes that have not ended."""
    now = ((process, look(process.pid)) for process in processes)
    return tuple(p for p, seen in now if seen is not None and seen.started == p.started and not seen.zombie)


def kill(processes: Iterable[Process]) -> None:
    """End those of the processes that still run, at once."""
    for process in still_run(processes):
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.kill(process.pid, signal.SIGKILL)


def _children(pid: int, *, recursive: bool) -> tuple[Process, ...]:
    try:
        found = psutil.Process(pid).children(recursive=recursive)
    except psutil.Error:
        return ()
    return tuple(process for child in found if (process := _seen(child)) is not None)


def _seen(process: psutil.Process) -> Process | None:
    try:
        with process.oneshot():
            zombie = process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
            group = os.getpgid(process.pid)
            return Process(process.pid, process.ppid(), group, _started(process), zombie=zombie)
    except (psutil.Error, ProcessLookupError):
        return None


def _started(process: psutil.Process) -> int:
    """Ticks since boot; psutil adds the boot's time by the clock, which changes when the clock is set."""
    return round((process.create_time() - psutil.boot_time()) * os.sysconf("SC_CLK_TCK"))


def _command_line(process: Process) -> list[str]:
    try:
        return psutil.Process(process.pid).cmdline()
    except psutil.Error:
        return []
