"""Browser contexts that end with the connection to a Playwright server, even if the host was killed.

A Playwright server closes what its client made with Playwright when the connection ends, but leaves the
client's DevTools sessions attached (`CDPSessionDispatcher` has no `_onDispose`). Contexts made through
such a session would stay with all their pages, in spite of `disposeOnDetach`. So they are made by a page that
Playwright made: its own DevTools session with the browser ends with it.
"""

import asyncio
import itertools
import json
from collections.abc import Callable

from playwright.async_api import Browser, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError

_BINDING = "devtools"
_ASK = """([number, method, params]) => new Promise((answered) => {
  devtools.onmessage = (text) => { if (JSON.parse(text).id === number) answered(text); };
  devtools.send(JSON.stringify({ id: number, method, params }));
})"""


class TiedContexts:
    """Makes browser contexts that are disposed when the page is closed.

    Args:
        page: with access to the browser's DevTools as `devtools`.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._numbers = itertools.count(1)
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, browser: Browser, root: CDPSession, gone: Callable[[], None]) -> "TiedContexts":
        """Open the page; the caller sets the deadline.

        Args:
            root: the browser's own DevTools session.
            gone: called when the page crashed: then no more contexts can be made.

        Raises:
            PlaywrightError: the browser is gone, or does not give a page access to its DevTools.
        """
        context = await browser.new_context()
        page = await context.new_page()
        own = await context.new_cdp_session(page)
        target = (await own.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
        access = {"targetId": target, "bindingName": _BINDING, "inheritPermissions": True}
        await root.send("Target.exposeDevToolsProtocol", access)
        page.on("crash", lambda _: gone())
        return cls(page)

    async def create(self) -> str:
        """Make a context, and return its id; the caller sets the deadline.

        Raises:
            CdpError: the browser is gone, or refused.
        """
        asked = [next(self._numbers), "Target.createBrowserContext", {"disposeOnDetach": True}]
        try:
            async with self._turn:  # the page takes one answer at a time
                answer = json.loads(await self._page.evaluate(_ASK, asked))
        except PlaywrightError as error:
            raise CdpError(str(error)[:200]) from error
        if "error" in answer:
            raise CdpError(str(answer["error"])[:200])
        made: str = answer["result"]["browserContextId"]
        return made
