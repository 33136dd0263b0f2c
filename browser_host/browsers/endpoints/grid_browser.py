"""The endpoint `grid`: a browser that a Selenium Grid starts, places on a node, and ends."""

import asyncio
import time

from playwright.async_api import Browser, Playwright

from browser_host.browsers.endpoints.browser_source import BrowserGone
from browser_host.browsers.endpoints.grid_client import GridClient, GridSession
from browser_host.browsers.endpoints.grid_status import NodeAvailability
from browser_host.browsers.endpoints.remote_browser import CONNECT_WITHIN_S
from browser_host.browsers.launch import feature_flags
from browser_host.browsers.settings import WINDOW
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import BrowserUrl

ENDS_WITHIN_S = 2.0
"""For the end of a session: what comes later is left to the Grid's time-out."""
_KEPT_EVERY_S = 60.0
_OF_TIMEOUT = 3
"""A session is used three times within the time after which its node ends an unused one."""


class GridBrowser:
    """Requests a browser of a Grid; implements `BrowserSource`. Closing it ends the Grid's session.

    Args:
        name: of the endpoint.
        address: of the Grid's router or hub.
    """

    program = "chromium"
    sandbox = None
    keeps_contexts = False

    def __init__(self, name: str, address: BrowserUrl) -> None:
        self._name = name
        self._grid = GridClient(address)
        self._session: GridSession | None = None
        self._used_at = 0.0

    async def open(self, driver: Playwright) -> Browser:
        """Have the Grid start a browser, and connect to it."""
        try:
            session = self._session = await self._create()
        except BrowserUnavailable as error:
            raise BrowserUnavailable(f"{self._name}: {error}") from error
        self._used_at = time.monotonic()
        address, timeout = session.address.reveal(), CONNECT_WITHIN_S * 1000
        return await driver.chromium.connect_over_cdp(address, timeout=timeout)

    async def _create(self) -> GridSession:
        if refusal := (await self._grid.status()).refusal:
            raise BrowserUnavailable(refusal)
        try:
            return await self._grid.create(feature_flags.driven(WINDOW))
        except BrowserUnavailable as error:
            # Why it waited in the queue says more than that it did.
            shortage = (await self._grid.status()).shortage
            raise BrowserUnavailable(shortage or str(error)) from error

    async def renew(self) -> bool:
        """Use the session, so that the Grid keeps it; whether its node is draining or down."""
        session = self._session
        if session is None:
            return False
        node = (await self._grid.status()).node_of(session.id.reveal())
        timeout_s = node.session_timeout_ms / 1000 if node else 0.0
        if time.monotonic() - self._used_at >= min(_KEPT_EVERY_S, timeout_s / _OF_TIMEOUT):
            await self._grid.touch(session)
            self._used_at = time.monotonic()
        return node is not None and node.availability is not NodeAvailability.UP

    def explain(self, error: Exception) -> str:
        """Why there is no connection; Playwright's messages quote the address."""
        if isinstance(error, TimeoutError):
            return f"{self._name}: the Grid started no browser that could be used in time"
        return f"{self._name}: the Grid started a browser, but its address can't be reached"

    async def close(self) -> None:
        """End the Grid's session."""
        session, self._session = self._session, None
        try:
            if session is not None:
                async with asyncio.timeout(ENDS_WITHIN_S):
                    await self._grid.end(session)
        except BrowserGone:
            return  # as wanted
        except TimeoutError:
            raise BrowserUnavailable(
                f"the Grid did not end the session within {ENDS_WITHIN_S:.0f} s"
            ) from None
        finally:
            await self._grid.close()
