"""The endpoints `playwright` and `cdp`: a browser on another machine, reached by its address."""

from playwright.async_api import Browser, Playwright

from browser_host.browsers.settings import EndpointSettings
from browser_host.scrubbing import scrubbed
from browser_host.secrets import Secret
from browser_host.sessions.browser_state import BrowserKind

CONNECT_WITHIN_S = 20.0

_ANOTHER_VERSION = "428"
"""HTTP status of a Playwright server whose major or minor version differs."""


class RemoteBrowser:
    """Connects to a browser; implements `BrowserSource`. Closing it leaves the browser running.

    Args:
        endpoint: with an address.
    """

    program = "chromium"
    sandbox = None

    def __init__(self, endpoint: EndpointSettings) -> None:
        self._endpoint = endpoint

    @property
    def keeps_contexts(self) -> bool:
        """A Playwright server keeps them."""
        return self._endpoint.kind is BrowserKind.PLAYWRIGHT

    async def open(self, driver: Playwright) -> Browser:
        """Connect; a Playwright server of another version refuses."""
        timeout, address = CONNECT_WITHIN_S * 1000, self._endpoint.required_address.reveal()
        if self._endpoint.kind is BrowserKind.CDP:
            return await driver.chromium.connect_over_cdp(address, timeout=timeout)
        return await driver.chromium.connect(address, timeout=timeout)

    async def renew(self) -> bool:
        """Nobody but the host ends it."""
        return False

    def explain(self, error: Exception) -> str:
        """Why there is no connection, without the address, which Playwright's messages quote."""
        name, said = self._endpoint.name, str(error)
        if isinstance(error, TimeoutError) or "Timeout" in said:
            return f"{name} did not answer within {CONNECT_WITHIN_S:.0f} s"
        if self._endpoint.kind is BrowserKind.PLAYWRIGHT and _ANOTHER_VERSION in said:
            return f"{name} runs another version of Playwright than this host: install the same on both"
        first = next((line.strip() for line in said.splitlines() if line.strip()), type(error).__name__)
        return f"{name} could not be reached: {_without(first, self._endpoint.address)[:200]}"

    async def close(self) -> None:
        """Do nothing: nothing was made for it here."""


def _without(text: str, address: Secret | None) -> str:
    return scrubbed(text if address is None else text.replace(address.reveal(), "its address"))
