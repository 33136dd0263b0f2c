"""A picture of a session's page: rendered at full size for that moment only."""

import base64
from collections.abc import Mapping
from typing import Any

from browser_host.bridge.cdp import Cdp
from browser_host.browsers.settings import FULL_SCREEN, PAGE_HEIGHT, PAGE_WIDTH, Render
from browser_host.browsers.viewing.frame_visibility import visible
from browser_host.errors import NoPicture

WITHIN_S = 5.0
"""Seconds for a picture, with the wait for one that the process is taking already."""

MOST_BYTES = 4 << 20
"""Bytes of a picture: 1,280 x 800 pixels of noise have 3 MB."""

_SET_SCREEN = "Emulation.setDeviceMetricsOverride"
_PNG = b"\x89PNG\r\n\x1a\n"


async def take(cdp: Cdp, frame: str, render: Render, width: int) -> bytes:
    """Take a picture of a session page; the caller sets the deadline.

    The page is laid out again for one pixel a pixel, because its usual tenth of one rounds every border and
    letter; it is as before afterwards, however this ends.

    Args:
        frame: the id of its iframe.
        width: of the picture, in pixels.

    Raises:
        CdpError: the page is gone.
        NoPicture: the browser's answer is not a PNG within `MOST_BYTES`.
    """
    clip = {"x": 0, "y": 0, "width": PAGE_WIDTH, "height": PAGE_HEIGHT, "scale": width / PAGE_WIDTH}
    async with visible(cdp, frame, render, (_SET_SCREEN, render.screen)):
        await cdp.send(_SET_SCREEN, FULL_SCREEN)
        return decoded(await cdp.send("Page.captureScreenshot", {"format": "png", "clip": clip}))


def decoded(answer: Mapping[str, Any]) -> bytes:
    """The PNG in an answer to `Page.captureScreenshot`, which may come from a process that was broken into.

    Raises:
        NoPicture: it is something else, or larger than `MOST_BYTES`.
    """
    data = answer.get("data")
    if not isinstance(data, str):
        data = ""
    if len(data) > MOST_BYTES * 4 // 3:
        raise NoPicture(f"the page's picture has more than {MOST_BYTES >> 20} MiB")
    try:
        png = base64.b64decode(data, validate=True)
    except ValueError:
        png = b""
    if not png.startswith(_PNG):
        raise NoPicture("the browser answered with something else than a picture")
    return png
