"""Everybody who runs with a home: found whatever session or parent they have by now."""

import contextlib
import os
import signal
import time

import psutil

from tests.support.programs import Home, alive


def of_home(home: Home) -> dict[int, str]:
    """Every process that says it runs with this home, and all that they started: pid and command line.

    Chromium's renderers write over their environment, so they are found by descent alone.
    """
    found: dict[int, str] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("HOME") == str(home.path):
                for each in (process, *process.children(recursive=True)):
                    found[each.pid] = " ".join(each.cmdline())
    return {pid: found[pid] for pid in alive(found)}


def nobody_left(home: Home, within: float) -> dict[int, str]:
    """Waits until no process of the home is left, and returns those that are.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + within
    while (left := of_home(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def kill(pid: int) -> None:
    """Ends one process without its having a say."""
    os.kill(pid, signal.SIGKILL)
