"""How much a session page's frames store: the browser keeps it in memory that all sessions share.

The browser's own limit is a share of the machine's memory, and a quota set through DevTools does not apply to
partitioned storage. So the usage is queried when there is reason to.
"""

from collections.abc import Iterator
from typing import Any

from browser_host.bridge.cdp import Cdp, CdpError

LIMIT_BYTES = 50_000_000
"""For all frames of one session's page."""
_MAX_FRAMES = 50
_WORLD = "watchdeck storage"
"""An isolated world: the page's scripts can't falsify what it reads."""
_USAGE = "navigator.storage ? navigator.storage.estimate().then((found) => found.usage) : 0"


async def usage(cdp: Cdp) -> int:
    """Bytes that the frames of a page store, each origin counted once; the caller sets the deadline.

    Raises:
        CdpError: the page is gone.
    """
    tree = await cdp.send("Page.getFrameTree")
    frames = {origin: frame for frame, origin in _frames(tree["frameTree"]) if origin.startswith("http")}
    return sum([await _usage(cdp, frame) for frame in list(frames.values())[:_MAX_FRAMES]])


async def _usage(cdp: Cdp, frame: str) -> int:
    try:
        world = await cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD})
        asked = {"expression": _USAGE, "awaitPromise": True, "returnByValue": True}
        answer = await cdp.send("Runtime.evaluate", {"contextId": world["executionContextId"], **asked})
    except CdpError:
        return 0  # the frame is gone, or navigated meanwhile
    return int(answer["result"].get("value") or 0)


def _frames(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The frames' ids and origins."""
    yield tree["frame"]["id"], tree["frame"]["securityOrigin"]
    for child in tree.get("childFrames", ()):
        yield from _frames(child)
