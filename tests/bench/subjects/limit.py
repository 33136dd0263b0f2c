"""The limit: all sessions as iframes of one page, by raw CDP, without driver and bridge.

With `listen` each message calls a binding in the page's main world; without it nothing listens, and only the
cost of the pages themselves is measured.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.subjects.raw_cdp import RawBrowser
from tests.bench.subjects.speaking import OPENS_WITHIN_S, Counting, links, obey, tell

SCRIPT = """((links, listen) => {
  const pages = new Map();
  addEventListener("message", (event) => {
    const link = pages.get(event.source);
    if (listen) report(JSON.stringify([link, event.data]));
    else if (pages.delete(event.source) && pages.size === 0) report("null");
  });
  for (const link of links) {
    const frame = document.createElement("iframe");
    frame.src = link;
    frame.style.cssText = "width:1px;height:1px;border:0";
    document.body.append(frame);
    pages.set(frame.contentWindow, link);
  }
})"""


async def main(wanted: Sequence[str], *, listen: bool) -> None:
    """Open all links in one page."""
    counting = Counting(len(wanted))
    quiet = asyncio.Event()

    def heard(method: str, params: Mapping[str, Any]) -> None:
        if method != "Runtime.bindingCalled":
            return
        posted = json.loads(params["payload"])
        if posted is None:
            quiet.set()
        else:
            counting.heard(*posted)

    with tempfile.TemporaryDirectory(prefix="limit-", ignore_cleanup_errors=True) as profile:
        async with RawBrowser.running(profile, heard) as browser:
            target = (await browser.send("Target.createTarget", url="about:blank"))["targetId"]
            session = (await browser.send("Target.attachToTarget", targetId=target, flatten=True))[
                "sessionId"
            ]
            await browser.send("Runtime.enable", session)  # needed for a binding in an existing context
            await browser.send("Runtime.addBinding", session, name="report")
            began = time.monotonic()
            call = f"{SCRIPT}({json.dumps(list(wanted))}, {json.dumps(listen)})"
            await browser.send("Runtime.evaluate", session, expression=call)
            if listen:
                await counting.all_spoke()
            else:
                async with asyncio.timeout(OPENS_WITHIN_S):
                    await quiet.wait()
            tell({"ready": True, "open_s": time.monotonic() - began})
            await obey(counting)


if __name__ == "__main__":
    asyncio.run(main(links(), listen="listen" in sys.argv))
