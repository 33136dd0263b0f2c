"""What keeps a browser at its endpoint: used often enough, and left in time when its endpoint ends it."""

import asyncio
from collections.abc import Callable

from browser_host.browsers.endpoints.browser_source import BrowserGone, BrowserSource
from browser_host.browsers.log import Log
from browser_host.errors import BrowserUnavailable

_RENEW_EVERY_S = 2.0
"""A Grid tells nobody that a node drains: so late the host learns of it. Sessions are to be live elsewhere
within 20 s, of which on two busy cores the start of another browser takes 5 s and the move of 60 sessions
7 s. An answer has 2 kB for each session of the Grid: asking more often costs more than it saves."""


class Lease:
    """Renews a browser's stay at its endpoint.

    Args:
        endpoint: its name.
        gone: called once with the reason, where the endpoint has ended the browser.
        leaves: called with `leaving` when it changed.
    """

    def __init__(
        self, endpoint: str, log: Log, gone: Callable[[str], None], leaves: Callable[[bool], None]
    ) -> None:
        self.leaving = False
        """Whether the endpoint is about to end it: it takes no sessions, and those that it has move."""
        self._endpoint = endpoint
        self._log = log
        self._gone = gone
        self._leaves = leaves
        self._unanswered = False

    async def keep(self, source: BrowserSource) -> None:
        """Renew it until the endpoint has ended the browser."""
        while True:
            await asyncio.sleep(_RENEW_EVERY_S)
            try:
                self._answered(leaving=await source.renew())
            except BrowserGone as error:
                return self._gone(str(error))
            except BrowserUnavailable as error:
                if not self._unanswered:  # once: the ping tells about the browser
                    self._log.warning("endpoint.unanswered", endpoint=self._endpoint, why=str(error))
                self._unanswered = True

    async def end(self, source: BrowserSource) -> None:
        """Give the browser back."""
        try:
            await source.close()
        except BrowserUnavailable as error:
            self._log.warning("endpoint.not_ended", endpoint=self._endpoint, why=str(error))

    def _answered(self, *, leaving: bool) -> None:
        self._unanswered = False
        if leaving != self.leaving:
            self.leaving = leaving
            self._log.info("endpoint.leaving", endpoint=self._endpoint, leaving=leaving)
            self._leaves(leaving)
