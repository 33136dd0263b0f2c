"""Mouse input to a session's page, which is made visible for that moment: nothing hits what is hidden."""

from collections.abc import Mapping
from typing import Any

from browser_host.bridge.cdp import Cdp
from browser_host.browsers.settings import PAGE_HEIGHT, PAGE_WIDTH, Render
from browser_host.browsers.viewing.frame_visibility import visible
from browser_host.protocol.pointer_input import Place, PointerInput, PointerKind

WITHIN_S = 5.0
"""Seconds for an input, with the wait for a picture that the process takes."""

NO_PAGE = "the session has no page now"

_HELD: Mapping[str, Any] = {"button": "left", "buttons": 1}


async def send(cdp: Cdp, frame: str, render: Render, sent: PointerInput) -> None:
    """Send mouse input to a session page; the caller sets the deadline.

    A button that was pressed is released, however this ends.

    Args:
        frame: the id of its iframe, which fills the page.

    Raises:
        CdpError: the page is gone.
    """
    begin, end = sent.places[0], sent.places[-1]
    async with visible(cdp, frame, render):
        await _dispatch(cdp, "mouseMoved", begin)
        if sent.kind is PointerKind.MOVE:
            return
        try:
            await _dispatch(cdp, "mousePressed", begin, clickCount=1, **_HELD)
            for place in sent.places[1:]:
                await _dispatch(cdp, "mouseMoved", place, **_HELD)
        finally:
            await _dispatch(cdp, "mouseReleased", end, button="left", clickCount=1)


async def _dispatch(cdp: Cdp, kind: str, place: Place, **more: object) -> None:
    # The last pixel is inside: at the very edge nothing of the page is hit.
    x, y = min(place.x * PAGE_WIDTH, PAGE_WIDTH - 1), min(place.y * PAGE_HEIGHT, PAGE_HEIGHT - 1)
    await cdp.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})
