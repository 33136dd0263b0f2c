"""Garbage collection of a process after its pages have loaded."""

import asyncio
import contextlib

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.tasks import BackgroundTasks

AFTER_S = 3.0
"""Seconds after the last frame loaded. The browser alone takes half a minute or more: ten groups of ten
sessions held 1,004 MB ten seconds after they had loaded and 830 MB twenty seconds later; swept, 700 MB."""


class Sweep:
    """Collects a process's garbage some seconds after one of its frames last loaded."""

    def __init__(self, cdp: Cdp, tasks: BackgroundTasks) -> None:
        self._cdp = cdp
        self._tasks = tasks
        self._timer: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Sweep some seconds from now; a pending sweep is postponed."""
        self.close()
        self._timer = asyncio.get_running_loop().call_later(AFTER_S, self._begin)

    def close(self) -> None:
        """Cancel the pending sweep."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._timer = None
        self._tasks.start("sweep", self._sweep())

    async def _sweep(self) -> None:
        with contextlib.suppress(CdpError):  # a page that is gone is detected elsewhere
            await self._cdp.send("HeapProfiler.collectGarbage")
