"""The limit: all sessions as iframes of one page, by raw CDP, with no driver and no bridge.

With `listen` each message is a call of a binding in the page's own world; without, nobody listens, and what
is measured is what the pages cost by themselves.
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
    """Opens all in one page."""
    counting = Counting(len(wanted))
    quiet = asyncio.Event()

    def heard(method: str, params: Mapping[str, Any]) -> None:
        if method != "Runtime.bindingCalled":
            return
        said = json.loads(params["payload"])
        if said is None:
            quiet.set()
        else:
            counting.heard(*said)

    with tempfile.TemporaryDirectory(prefix="limit-", ignore_cleanup_errors=True) as profile:
        async with RawBrowser.running(profile, heard) as browser:
            target = (await browser.send("Target.createTarget", url="about:blank"))["targetId"]
            session = (await browser.send("Target.attachToTarget", targetId=target, flatten=True))[
                "sessionId"
            ]
            await browser.send(
                "Runtime.enable", session
            )  # without it no binding is put into a context that is there
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
