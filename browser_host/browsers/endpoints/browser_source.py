"""What the pool needs of an endpoint to get a browser."""

from typing import Protocol

from playwright.async_api import Browser, Playwright

from browser_host.errors import BrowserUnavailable


class BrowserGone(BrowserUnavailable):
    """The endpoint no longer has the browser."""


class BrowserSource(Protocol):
    """Provides one browser; created for it and closed with it."""

    @property
    def program(self) -> str:
        """The browser's program, for the list of browsers."""

    @property
    def sandbox(self) -> bool | None:
        """Whether Chromium's sandbox is on; None if that is unknown here."""

    @property
    def keeps_contexts(self) -> bool:
        """Whether contexts made through a DevTools session stay there when the connection ends."""

    async def open(self, driver: Playwright) -> Browser:
        """Start or connect to the browser; the caller sets the deadline.

        Raises:
            PlaywrightError: Playwright could not start or reach it.
            OSError: the system could not start or reach it.
            BrowserUnavailable: the settings don't allow it.
        """

    async def renew(self) -> bool:
        """Keep the endpoint from ending the browser as unused; called every few seconds.

        Returns:
            Whether the endpoint is about to end it, so that its sessions should move.

        Raises:
            BrowserGone: the endpoint has ended it.
            BrowserUnavailable: the endpoint does not answer, which says nothing about the browser.
        """

    def explain(self, error: Exception) -> str:
        """Why `open` failed, as a message for the operator; without the endpoint's address."""

    async def close(self) -> None:
        """Remove what was made for the browser, once it is gone or left; takes two seconds at most.

        Raises:
            BrowserUnavailable: the endpoint did not end it.
        """
