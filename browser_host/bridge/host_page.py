"""The document that holds the iframes: empty, on a constant origin that no network ever answers for."""

import asyncio
import base64
from typing import Any

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.chores import Chores

ORIGIN = "https://host.watchdeck.invalid"
"""What watch pages see as their parent's origin. `.invalid` never resolves (RFC 6761); https, so that the
watch pages live in a secure context and keep the browser's interfaces that need one."""

_ADDRESS = f"{ORIGIN}/"
_POLICY = (
    # Nothing but frames: the document holds no script of its own, and the bridge lives in an isolated world.
    # http: for the simulator and services on a private network; other mixed content the browser refuses.
    "default-src 'none'; frame-src https: http:; style-src 'none'; base-uri 'none'; form-action 'none'"
)
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
}
_DOCUMENT = "<!doctype html><meta charset=utf-8><title>watchdeck</title><body></body>"

_NO_SERVICE_WORKERS = (
    "if (self.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register ="
    " async () => { throw new DOMException('not here', 'SecurityError'); };"
)
"""In every frame before its own scripts, as Playwright does it: a worker sees what its neighbours ask."""


async def show(cdp: Cdp, chores: Chores) -> None:
    """Shows the host document in a new page; the caller sets the deadline.

    Raises:
        CdpError: the page or the browser is gone.
    """
    shown = asyncio.get_running_loop().create_future()

    def committed(event: dict[str, Any]) -> None:
        if event["frame"].get("url") == _ADDRESS and not shown.done():
            shown.set_result(None)

    async def fulfil(request: str) -> None:
        body = base64.b64encode(_DOCUMENT.encode()).decode()
        headers = [{"name": name, "value": value} for name, value in _HEADERS.items()]
        answer = {"requestId": request, "responseCode": 200, "responseHeaders": headers, "body": body}
        await cdp.send("Fetch.fulfillRequest", answer)

    def paused(event: dict[str, Any]) -> None:
        chores.start("host document", fulfil(event["requestId"]))

    cdp.on("Page.frameNavigated", committed)
    cdp.on("Fetch.requestPaused", paused)
    for method, params in (
        ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
        ("Page.addScriptToEvaluateOnNewDocument", {"source": _NO_SERVICE_WORKERS}),
        ("Page.enable", None),
        ("Fetch.enable", {"patterns": [{"urlPattern": _ADDRESS}]}),
    ):
        await cdp.send(method, params)
    went = await cdp.send("Page.navigate", {"url": _ADDRESS})
    if "errorText" in went:
        raise CdpError(f"the host document could not be shown: {went['errorText']}")
    await shown
    # What stays enabled pauses every request of every iframe.
    await cdp.send("Fetch.disable")
