"""A minimal page that embeds watch pages: keeps the messages of each frame, and posts instructions."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self, TypeAlias

from playwright.async_api import Page

from browser_host.simulator.server import Simulator

SANDBOX = "allow-scripts allow-same-origin"
LISTENER = """
window.received = [];
addEventListener('message', ({ source, data, origin }) => {
  const frames = [...document.querySelectorAll('iframe')];
  const at = frames.findIndex((frame) => frame.contentWindow === source);
  let text;
  try { text = JSON.stringify(data); } catch (error) { text = String(error); }
  const short = (text ?? '').slice(0, 200);
  received.push({ at, origin, data: text && text.length < 1000 ? data : null, text: short });
});
"""
EMBED = """
([urls, sandbox]) => urls.forEach((url) => {
  const frame = document.createElement('iframe');
  frame.sandbox = sandbox;
  frame.src = url;
  document.body.append(frame);
})
"""


class ParentPage:
    """Embeds watch pages, addressed by their position from 0."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.failures: asyncio.Queue[str | None] = asyncio.Queue()
        page.on("requestfailed", lambda request: self.failures.put_nowait(request.failure))

    @classmethod
    async def embedding(cls, page: Page, urls: Sequence[str]) -> Self:
        parent = cls(page)
        await page.set_content(f"<!doctype html><body><script>{LISTENER}</script>")
        await page.evaluate(EMBED, [list(urls), SANDBOX])
        return parent

    async def post(self, at: int, message: Any) -> None:
        await self.page.evaluate(
            "([at, message]) => window.frames[at].postMessage(message, '*')", [at, message]
        )

    async def received(self, at: int) -> list[Any]:
        """The messages that a frame has posted; None for one that is not JSON or too long."""
        posted: str = await self.page.evaluate(
            "(at) => JSON.stringify(received.filter((one) => one.at === at).map((one) => one.data))", at
        )
        received: list[Any] = json.loads(posted)
        return received

    async def receives(self, at: int, expected: dict[str, Any], *, times: int = 1, within: float = 8) -> None:
        """Wait until the frame has posted `expected` `times` times; fails after `within` seconds."""
        await self.page.wait_for_function(
            """([at, expected, times]) => {
                const fits = ({ data }) => data !== null && typeof data === 'object'
                    && Object.entries(expected).every(([key, value]) => data[key] === value);
                return received.filter((one) => one.at === at && fits(one)).length >= times;
            }""",
            arg=[at, expected, times],
            timeout=within * 1000,
        )

    async def receives_status(self, at: int, status: str, *, times: int = 1) -> None:
        await self.receives(at, {"type": "sessionStatusUpdate", "sessionStatus": status}, times=times)


StartSimulator: TypeAlias = Callable[..., Awaitable[Simulator]]
Embed: TypeAlias = Callable[[Simulator], Awaitable[ParentPage]]


def statuses(received: Sequence[Any]) -> list[str]:
    """The statuses of generation 1 among some messages."""
    updates = [one for one in received if isinstance(one, dict) and one.get("type") == "sessionStatusUpdate"]
    return [one["sessionStatus"] for one in updates]
