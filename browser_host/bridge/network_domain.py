"""The Network domain of a page's DevTools session, enabled only while it is needed."""

import asyncio

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.tasks import BackgroundTasks

LINGERS_S = 1.0
"""Seconds for which it stays enabled after use, so that a page that keeps navigating rarely switches it."""


class NetworkDomain:
    """Enables and disables the Network domain, which makes every request and websocket frame cost more."""

    def __init__(self, cdp: Cdp, tasks: BackgroundTasks) -> None:
        self._cdp = cdp
        self._tasks = tasks
        self._switching = asyncio.Lock()
        self._wanted = False
        self._on = False
        self._timer: asyncio.TimerHandle | None = None

    async def hold(self) -> None:
        """Enable it, and wait until it is enabled.

        Raises:
            CdpError: the page or the browser is gone.
        """
        self._wanted = True
        await self._switch()

    def hold_soon(self) -> None:
        """Enable it without waiting: what happens until then is missed."""
        self._wanted = True
        if not self._on:
            self._tasks.start("network on", self._try_switch())

    def release(self) -> None:
        """Disable it some time later, because it is no longer needed."""
        self._wanted = False
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINGERS_S, self._lapse)

    def close(self) -> None:
        """Leave it as it is, because the page is closing."""
        self._wanted = self._on
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _lapse(self) -> None:
        self._timer = None
        if not self._wanted:
            self._tasks.start("network off", self._try_switch())

    async def _try_switch(self) -> None:
        try:
            await self._switch()
        except CdpError:
            self._on = False  # a page that is gone is detected elsewhere

    async def _switch(self) -> None:
        async with self._switching:
            if self._on is self._wanted:
                return
            if self._wanted:
                # Bodies are never read, so none are kept.
                none = {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0, "maxPostDataSize": 0}
                await self._cdp.send("Network.enable", none)
                self._on = True
            else:
                await self._cdp.send("Network.disable")
                self._on = False
