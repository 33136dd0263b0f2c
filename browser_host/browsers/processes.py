"""The processes of a browser, by what the kernel says of them: only our own are ever signalled."""

import contextlib
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told from a later one of the same number by when it started.

    Args:
        started: in the kernel's ticks since boot.
    """

    pid: int
    parent: int
    group: int
    started: int
    zombie: bool


def look(pid: int) -> Process | None:
    """The process as it is now; None where there is none, or no `/proc`."""
    fields = _fields(pid)
    if not fields:
        return None
    return Process(pid, int(fields[1]), int(fields[2]), int(fields[19]), zombie=fields[0] in "ZX")


def everything() -> tuple[Process, ...]:
    """All processes that can be seen; none without `/proc`."""
    try:
        pids = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    except OSError:
        return ()
    return tuple(process for pid in pids if (process := look(pid)) is not None)


def descendants(pid: int) -> tuple[Process, ...]:
    """Children, their children, and so on."""
    by_parent: dict[int, list[Process]] = {}
    for process in everything():
        by_parent.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    parents = [pid]
    while parents:
        children = by_parent.get(parents.pop(), [])
        found += children
        parents += [child.pid for child in children]
    return tuple(found)


def is_driver(process: Process) -> bool:
    """Whether it is a Playwright driver."""
    return b"run-driver" in _words(process)


def is_renderer(process: Process) -> bool:
    """Whether it is a page's process of Chromium's."""
    return any(word.startswith(b"--type=renderer") for word in _words(process))


def ticks(process: Process) -> int | None:
    """The processor's time that it has used, in the kernel's ticks; None where it is gone."""
    fields = _fields(process.pid)
    return int(fields[11]) + int(fields[12]) if fields and int(fields[19]) == process.started else None


def resident(process: Process) -> int:
    """Bytes of memory that it holds now; 0 where it is gone."""
    try:
        pages = int((_PROC / str(process.pid) / "statm").read_text("ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def drivers_of(pid: int) -> frozenset[Process]:
    """The Playwright drivers that are children of a process."""
    return frozenset(p for p in everything() if p.parent == pid and is_driver(p))


def still_run(processes: Iterable[Process]) -> tuple[Process, ...]:
    """Those of the processes that have not ended."""
    now = ((process, look(process.pid)) for process in processes)
    return tuple(p for p, seen in now if seen is not None and seen.started == p.started and not seen.zombie)


def kill(processes: Iterable[Process]) -> None:
    """Ends those of the processes that still run, at once."""
    for process in still_run(processes):
        with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
            os.kill(process.pid, signal.SIGKILL)


def _fields(pid: int) -> list[str]:
    """What `stat` says of a process after its name (proc(5)); empty where there is none, or no `/proc`."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return []
    # The name in brackets may hold blanks and brackets: the fields begin after the last one.
    return stat.rpartition(")")[2].split()


def _words(process: Process) -> list[bytes]:
    """Its command line; a renderer's may be one word with blanks, for Chromium writes its title over it."""
    try:
        return (_PROC / str(process.pid) / "cmdline").read_bytes().replace(b" ", b"\0").split(b"\0")
    except OSError:
        return []
