"""Whether a browser isolates what pages of one origin store: tested at its start, before any session.

Two pages with sites of their own, in one process, frame pages of the same origin. The second must not find
what the first has stored. Flags and features change with versions; this tests what they are for.
"""

import asyncio
import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from browser_host.bridge.cdp import CdpError
from browser_host.browsers.cdp_targets import CdpTarget, CdpTargets
from browser_host.browsers.settings import WINDOW
from browser_host.tasks import BackgroundTasks

_WITHIN_S = 5.0


class SharedState(StrEnum):
    """What pages of one origin share in a browser that does not partition its storage."""

    LOCAL_STORAGE = "localStorage"
    SESSION_STORAGE = "sessionStorage"
    COOKIES = "cookies"
    INDEXED_DB = "IndexedDB"
    CACHES = "caches"
    BROADCAST_CHANNEL = "BroadcastChannel"
    WEB_LOCKS = "Web Locks"
    UNKNOWN = "the probe failed"


@dataclass(frozen=True, slots=True)
class IsolationReport:
    """What one session's page could see of another's; nothing in a browser that isolates them."""

    crossed: frozenset[SharedState]

    @property
    def isolated(self) -> bool:
        """Whether sessions may share a process."""
        return not self.crossed

    def __str__(self) -> str:
        if self.isolated:
            return "sessions share nothing"
        if self.crossed == {SharedState.UNKNOWN}:
            return "the isolation test gave no result"
        return "sessions of one origin would share " + ", ".join(sorted(self.crossed))


_PROBE = """<!doctype html><script>
(async () => {
  const found = [];
  const note = (name, there) => { if (there) found.push(name); };
  const first = location.search === "?first";
  note("localStorage", localStorage.probe);
  localStorage.probe = 1;
  note("sessionStorage", sessionStorage.probe);
  sessionStorage.probe = 1;
  note("cookies", document.cookie);
  document.cookie = "probe=1; SameSite=None; Secure";
  note("caches", await caches.has("probe"));
  await caches.open("probe");
  note("IndexedDB", (await indexedDB.databases()).length > 0);
  await new Promise((done, failed) => {
    Object.assign(indexedDB.open("probe"), { onsuccess: done, onerror: failed });
  });
  note("Web Locks", await new Promise((answer) => navigator.locks.request(
    "probe", { ifAvailable: true }, (lock) => { answer(lock === null); return new Promise(() => {}); })));
  const channel = new BroadcastChannel("probe");
  const heard = new Promise((answer) => {
    channel.onmessage = ({ data }) => { if (data === "who") channel.postMessage("me"); else answer(true); };
    setTimeout(answer, first ? 0 : 50, false);
  });
  channel.postMessage("who");
  note("BroadcastChannel", await heard);
  parent.postMessage(found, "*");
})().catch(() => parent.postMessage(["the probe failed"], "*"));
</script>"""
_FRAMING = """<!doctype html><body><script>
self.said = new Promise((answer) => addEventListener("message", (event) => answer(event.data)));
</script><iframe src="https://probe.invalid/%s"></iframe>"""


async def probe(targets: CdpTargets, tasks: BackgroundTasks) -> IsolationReport:
    """Test the browser, in a context that is removed afterwards."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            opener = await targets.open(private_network=False, size=WINDOW)
            try:
                return await _probe(targets, tasks, opener)
            finally:
                await targets.close(opener)
    except (CdpError, TimeoutError, ValueError):
        return IsolationReport(frozenset({SharedState.UNKNOWN}))


async def _probe(targets: CdpTargets, tasks: BackgroundTasks, opener: CdpTarget) -> IsolationReport:
    windows = "for (let i = 0; i < 2; i += 1) open('about:blank', '_blank', 'popup,width=64,height=40')"
    await opener.send("Runtime.evaluate", {"expression": windows})
    first, second = await targets.opened_by(opener, 2)
    # One after the other: the second looks for what the first has stored.
    await _said(first, tasks, "https://p1.invalid/", "?first")
    return IsolationReport(frozenset(map(SharedState, await _said(second, tasks, "https://p2.invalid/", ""))))


async def _said(page: CdpTarget, tasks: BackgroundTasks, address: str, query: str) -> list[str]:
    """What the probe in a page found."""
    loaded = asyncio.Event()

    async def fulfil(event: dict[str, Any]) -> None:
        own = event["request"]["url"] == address
        body = base64.b64encode((_FRAMING % query if own else _PROBE).encode()).decode()
        headers = [{"name": "content-type", "value": "text/html"}]
        answer = {"responseCode": 200, "responseHeaders": headers, "body": body}
        await page.send("Fetch.fulfillRequest", {"requestId": event["requestId"], **answer})

    def paused(event: dict[str, Any]) -> None:
        if event["request"]["url"] != address:
            loaded.set()  # its document was parsed as far as the frame
        tasks.start("probe document", fulfil(event))

    page.on("Fetch.requestPaused", paused)
    everything = {"patterns": [{"urlPattern": "https://*.invalid/*"}]}
    await asyncio.gather(page.send("Fetch.enable", everything), page.send("Page.navigate", {"url": address}))
    await loaded.wait()
    asked = {"expression": "self.said", "awaitPromise": True, "returnByValue": True}
    found = (await page.send("Runtime.evaluate", asked))["result"].get("value")
    return [SharedState.UNKNOWN] if found is None else [str(one) for one in found]
