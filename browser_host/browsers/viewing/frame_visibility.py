"""Makes a session page's hidden iframe visible for a moment, without its watch page noticing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeAlias

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.browsers.settings import Render

Command: TypeAlias = tuple[str, Mapping[str, Any]]

_RESTORE_WITHIN_S = 1.0
_GROUP = "watchdeck iframe"
_SHOW = "function(visibility) { this.style.visibility = visibility; }"


@contextlib.asynccontextmanager
async def visible(cdp: Cdp, frame: str, render: Render, *restoring: Command) -> AsyncIterator[None]:
    """Make the iframe visible; it is as before afterwards, however the block ends.

    Args:
        frame: the id of the iframe's frame.
        restoring: further commands for the end, sent together with that: even a page that hangs has all of
            them before it runs on.

    Raises:
        CdpError: the page is gone.
    """
    owner = await cdp.send("DOM.getFrameOwner", {"frameId": frame})
    node = {"backendNodeId": owner["backendNodeId"], "objectGroup": _GROUP}
    iframe = (await cdp.send("DOM.resolveNode", node))["object"]["objectId"]
    try:
        await _show(cdp, iframe, "visible")
        yield
    finally:
        with contextlib.suppress(CdpError, TimeoutError):  # a page that is gone needs nothing
            async with asyncio.timeout(_RESTORE_WITHIN_S):
                await asyncio.gather(
                    _show(cdp, iframe, render.visibility),
                    *(cdp.send(method, params) for method, params in restoring),
                    cdp.send("Runtime.releaseObjectGroup", {"objectGroup": _GROUP}),
                )


async def _show(cdp: Cdp, iframe: str, visibility: str) -> None:
    called = {"objectId": iframe, "functionDeclaration": _SHOW, "arguments": [{"value": visibility}]}
    await cdp.send("Runtime.callFunctionOn", called)
