"""The host's own documents: a group page's, and a session page's with its script and its one iframe.

Each has an origin that no server can have: `.invalid` never resolves (RFC 6761). It is https, so that watch
pages are in a secure context and keep the interfaces that need one.
"""

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.limits import Limits
from browser_host.tasks import BackgroundTasks

GROUP_ORIGIN = "https://host.watchdeck.invalid"

_NO_SERVICE_WORKERS = (
    "if (self.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register ="
    " async () => { throw new DOMException('not here', 'SecurityError'); };"
)
"""Runs in every frame before its own scripts, as in Playwright: a service worker outlives its page."""


def site(number: int) -> str:
    """The origin of a session page, which its watch page sees as its parent's.

    Each is a site of its own and never reused: the browser partitions the storage of watch pages by it.
    """
    return f"https://s{number}.invalid"


@dataclass(frozen=True, slots=True)
class HostDocument:
    """A document that the host itself serves to one page."""

    origin: str
    body: str
    policy: str

    @property
    def address(self) -> str:
        """Its address."""
        return f"{self.origin}/"

    @property
    def answer(self) -> dict[str, object]:
        """The arguments of `Fetch.fulfillRequest`."""
        headers = {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": self.policy,
            # Lets `parent.postMessage(…, document.referrer)` reach this document; the origin is no secret.
            "referrer-policy": "origin",
        }
        return {
            "responseCode": 200,
            "responseHeaders": [{"name": name, "value": value} for name, value in headers.items()],
            "body": base64.b64encode(self.body.encode()).decode(),
        }


def group_document() -> HostDocument:
    """The document of a group page: empty; its script is injected, whatever the policy says."""
    return HostDocument(GROUP_ORIGIN, _body(""), _policy("'none'"))


class SessionDocuments:
    """Makes the documents of session pages, which differ only in their origin.

    Args:
        style: CSS of the iframe.
    """

    def __init__(self, limits: Limits, style: str) -> None:
        source = files("browser_host.bridge").joinpath("session_page.js").read_text("utf-8").rstrip()
        script = f"{source}({json.dumps(limits.for_page())}, {json.dumps(style)});"
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        self._body = _body(f"<script>{script}</script>")
        self._policy = _policy(f"'sha256-{digest}'")

    def of(self, number: int) -> HostDocument:
        """The document of one session page."""
        return HostDocument(site(number), self._body, self._policy)


async def show(cdp: Cdp, tasks: BackgroundTasks, document: HostDocument, screen: dict[str, object]) -> None:
    """Show a document in a new page; the caller sets the deadline.

    The commands are sent together: a round trip for each would take longer than the commands.

    Args:
        screen: arguments of `Emulation.setDeviceMetricsOverride`; empty for the window's own size.

    Raises:
        CdpError: the page or the browser is gone.
    """
    shown = asyncio.get_running_loop().create_future()

    def committed(event: dict[str, Any]) -> None:
        if event["frame"].get("url") == document.address and not shown.done():
            shown.set_result(None)

    async def fulfil(request: str) -> None:
        await cdp.send("Fetch.fulfillRequest", {"requestId": request, **document.answer})

    def paused(event: dict[str, Any]) -> None:
        tasks.start("host document", fulfil(event["requestId"]))

    cdp.on("Page.frameNavigated", committed)
    cdp.on("Fetch.requestPaused", paused)
    commands: list[tuple[str, dict[str, object]]] = [
        ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
        ("Page.addScriptToEvaluateOnNewDocument", {"source": _NO_SERVICE_WORKERS}),
        ("Page.enable", {}),
        ("Fetch.enable", {"patterns": [{"urlPattern": document.address}]}),
    ]
    if screen:
        commands.insert(0, ("Emulation.setDeviceMetricsOverride", screen))
    # Navigate only after all are answered: they reach the page's process another way, and may be slower.
    await asyncio.gather(*(cdp.send(method, params) for method, params in commands))
    went = await cdp.send("Page.navigate", {"url": document.address})
    if "errorText" in went:
        raise CdpError(f"could not show the host document: {went['errorText']}")
    await shown
    # While it is enabled, every request of every iframe is paused.
    await cdp.send("Fetch.disable")


def _body(script: str) -> str:
    return f"<!doctype html><meta charset=utf-8><title>watchdeck</title><body>{script}</body>"


def _policy(script: str) -> str:
    # No frame-src: it would turn a `mailto:` link in the watch page into an error page.
    nothing = "style-src 'none'; img-src 'none'; connect-src 'none'; object-src 'none'; base-uri 'none'"
    return f"script-src {script}; {nothing}; form-action 'none'"
