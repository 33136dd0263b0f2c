"""What the Network domain reports about a frame's newest load: redirects, status, failure."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from browser_host.bridge.cdp import Cdp
from browser_host.tasks import is_set_within

ABORTED = "net::ERR_ABORTED"


class LoadTrace:
    """Follows the loads of one frame; it knows only what happened while the Network domain was enabled.

    Args:
        address: the frame's first address.
        failed: called when the newest load failed.
    """

    def __init__(self, cdp: Cdp, frame: str, address: str, failed: Callable[[], None]) -> None:
        self._frame = frame
        self._failed = failed
        self._explained = asyncio.Event()
        self.loader = ""
        """The browser's id of the load."""
        self.address = address
        """The requested address; after redirects, the last target."""
        self.status: int | None = None
        self.error = ""
        """Chromium's name for why it failed."""
        self.is_opaque = False
        """Whether the response's policy gives the document an opaque origin."""
        cdp.on("Network.requestWillBeSent", self._requested)
        cdp.on("Network.responseReceived", self._answered)
        cdp.on("Network.loadingFailed", self._ended)

    def begin(self, loader: str, address: str) -> None:
        """Follow a load that has just begun."""
        self.loader, self.address = loader, address
        self.status, self.error, self.is_opaque = None, "", False
        self._explained.clear()

    async def reason(self, within: float) -> str:
        """Wait for the reason why the load failed, which may follow its error page; empty if none comes.

        Args:
            within: seconds.
        """
        return self.error if await is_set_within(self._explained, within) else ""

    def _requested(self, event: dict[str, Any]) -> None:
        if event.get("requestId") == self.loader:
            self.address = event["request"]["url"]

    def _answered(self, event: dict[str, Any]) -> None:
        if event.get("requestId") == self.loader and event.get("type") == "Document":
            response = event["response"]
            self.address, self.status = response["url"], response["status"]
            headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
            self.is_opaque = has_opaque_origin(headers.get("content-security-policy", ""))

    def _ended(self, event: dict[str, Any]) -> None:
        if event.get("requestId") == self.loader:
            self.error = str(event.get("errorText", ""))
            self._explained.set()
            self._failed()


def has_opaque_origin(policy: str) -> bool:
    """Whether a Content-Security-Policy gives its document an opaque origin.

    https://www.w3.org/TR/CSP3/#directive-sandbox; policies are separated by commas, and each applies.
    """
    for directive in re.split(r"[;,\n]", policy):
        name, *values = directive.lower().split() or [""]
        if name == "sandbox" and "allow-same-origin" not in values:
            return True
    return False
