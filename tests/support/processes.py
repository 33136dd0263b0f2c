"""Processes of a host, found by descent, and of a whole test home, found by their environment."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass

import psutil

from tests.support.programs import Home, alive


@dataclass(frozen=True, slots=True)
class HostProcesses:
    """A snapshot of the processes of a host.

    Args:
        pids: all of them, the host first.
    """

    pids: tuple[int, ...]
    driver: int
    browser: int
    renderers: tuple[int, ...]


def host_processes(host: int) -> HostProcesses:
    """Find the processes of a host with one browser; the largest renderer first, for a spare one is small."""
    children = psutil.Process(host).children(recursive=True)
    lines = {child.pid: child.cmdline() for child in children}
    (driver,) = [pid for pid, line in lines.items() if "run-driver" in line]
    # If the executable is a shell script, the browser is the shell's child: zygotes know their parent.
    zygotes = [child for child in children if "--type=zygote" in lines[child.pid]]
    (browser,) = {zygote.ppid() for zygote in zygotes}
    renderers = [child for child in children if "--type=renderer" in lines[child.pid]]
    renderers.sort(key=lambda child: -child.memory_info().rss)
    return HostProcesses((host, *lines), driver, browser, tuple(child.pid for child in renderers))


def pids_of(host: int) -> tuple[int, ...]:
    """Return the pids of the host and of all its descendants."""
    return (host, *(child.pid for child in psutil.Process(host).children(recursive=True)))


def command_lines(pids: tuple[int, ...]) -> str:
    """Return the command lines, which any user of the machine can read."""
    return "\n".join(" ".join(psutil.Process(pid).cmdline()) for pid in pids if psutil.pid_exists(pid))


def of_home(home: Home) -> dict[int, str]:
    """Return pid and command line of every process of a home, and of all that they started.

    Chromium's renderers overwrite their environment, so they are found by descent alone.
    """
    found: dict[int, str] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("HOME") == str(home.path):
                for each in (process, *process.children(recursive=True)):
                    found[each.pid] = " ".join(each.cmdline())
    return {pid: found[pid] for pid in alive(found)}


def left_over(home: Home, within: float) -> dict[int, str]:
    """Wait until no process of the home is left, and return those that still are.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + within
    while (left := of_home(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def kill(pid: int) -> None:
    """Send SIGKILL to one process."""
    os.kill(pid, signal.SIGKILL)
