"""Whose doing it is that a browser does not answer: the page's process that works hardest."""

import os
from collections.abc import Mapping

from browser_host.browsers import processes
from browser_host.browsers.processes import Process

_SHARE = 0.1
"""Of a core: pages at rest use a hundredth, one that floods the browser a third and more."""


def renderers_of(driver: Process) -> Mapping[Process, int]:
    """The pages' processes of a driver's browser, and the processor's ticks that each has used."""
    found = (process for process in processes.descendants(driver.pid) if processes.is_renderer(process))
    return {process: ticks for process in found if (ticks := processes.ticks(process)) is not None}


def busiest(before: Mapping[Process, int], now: Mapping[Process, int], seconds: float) -> Process | None:
    """The process that worked hardest between two looks, or None where none worked much.

    Args:
        seconds: between the looks.
    """
    worked = {process: ticks - before[process] for process, ticks in now.items() if process in before}
    hardest = max(worked, key=lambda process: worked[process], default=None)
    if hardest is None or worked[hardest] < _SHARE * seconds * os.sysconf("SC_CLK_TCK"):
        return None
    return hardest
