"""The naive script: a context and a page per session, with messages through `expose_binding`."""

import asyncio
import os
import sys
from functools import partial
from typing import Any

from playwright.async_api import Browser, async_playwright

from tests.bench.subjects.speaking import Counting, links, obey, opening

PARENT = """<!doctype html><iframe src="{link}"></iframe>
<script>addEventListener("message", (event) => report(event.data));</script>"""


async def host(browser: Browser, counting: Counting, link: str) -> None:
    """Open one session."""
    context = await browser.new_context(permissions=["local-network-access"])
    page = await context.new_page()
    await page.expose_binding("report", partial(heard, counting, link))
    await page.set_content(PARENT.format(link=link))


def heard(counting: Counting, link: str, _source: Any, message: Any) -> None:
    """Take a message from the binding."""
    counting.heard(link, message)


async def main(*, together: bool) -> None:
    """Open the sessions one after the other, or all together."""
    wanted = links()
    counting = Counting(len(wanted))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ["BENCH_BROWSER"])
        async with opening(counting):
            if together:
                await asyncio.gather(*(host(browser, counting, link) for link in wanted))
            else:
                for link in wanted:
                    await host(browser, counting, link)
        await obey(counting)


if __name__ == "__main__":
    asyncio.run(main(together="together" in sys.argv))
