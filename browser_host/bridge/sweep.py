"""Has a page collect its garbage once its frames have loaded."""

import asyncio
import contextlib

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.chores import Chores

AFTER_S = 3.0
"""Seconds after the last frame loaded. By itself the browser takes half a minute and more: ten pages of ten
sessions held 1,004 MB ten seconds after they had loaded, and 830 MB twenty seconds later; swept, 700 MB."""


class Sweep:
    """Sweeps a page some seconds after it last loaded anything."""

    def __init__(self, cdp: Cdp, chores: Chores) -> None:
        self._cdp = cdp
        self._chores = chores
        self._timer: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Frames have loaded; a sweep that waits already waits longer."""
        self.close()
        self._timer = asyncio.get_running_loop().call_later(AFTER_S, self._begin)

    def close(self) -> None:
        """Sweeps no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._timer = None
        self._chores.start("sweep", self._sweep())

    async def _sweep(self) -> None:
        with contextlib.suppress(CdpError):  # a page that is gone is noticed by others
            await self._cdp.send("HeapProfiler.collectGarbage")
