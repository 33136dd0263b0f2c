"""A watch page that fills the browser's memory, which all sessions share."""

import pytest

from browser_host.bridge.events import SessionBlocked
from browser_host.browsers import entry
from browser_host.sessions.session import ErrorCode
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

FILL = """
const say = (more) => parent.postMessage({type: "customMessage", message: more}, "*");
const piece = new Uint8Array(8e6);
const put = {
  cache: async (n) => (await caches.open("x")).put("/" + n, new Response(piece)),
  database: (n) => new Promise((done, failed) => {
    const open = indexedDB.open("x", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("s");
    open.onerror = () => failed(open.error);
    open.onsuccess = () => {
      const act = open.result.transaction("s", "readwrite");
      act.objectStore("s").put(piece, n);
      act.oncomplete = done;
      act.onabort = () => failed(act.error);
    };
  }),
};
(async () => {
  for (const [what, fill] of Object.entries(put)) {
    let came = "filled";
    try { for (let n = 0; n < 20; n += 1) await fill(n); } catch (error) { came = error.name; }
    say({what, came, used: (await navigator.storage.estimate()).usage});
  }
})();
"""
NESTING = "const f = document.createElement('iframe'); f.src = '%s'; document.body.append(f);"


@pytest.mark.parametrize("place", ["by itself", "in a frame of its own"])
async def test_no_page_fills_the_memory_with_what_it_stores(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(entry, "LOOK_EVERY_S", 0.5)
    nested = place != "by itself"
    relay = "addEventListener('message', (e) => parent.postMessage(e.data, '*'));"
    stage.scripts["fill"] = FILL
    stage.scripts["nesting"] = relay + NESTING % stage.address("fill", host="localhost")
    pool = await open_pool()
    pool.open("beside", stage.link("echo"))
    await record.until(lambda: record.said("beside"))
    pool.open("s", stage.link("nesting" if nested else "fill"))
    blocked = await record.first(SessionBlocked)
    assert (blocked.session_id, blocked.fault.code) == ("s", ErrorCode.VIOLATION)
    assert "the limit is 50" in blocked.fault.text
    pool.post("beside", 1, {"action": "setMode"})
    await record.until(lambda: len(record.said("beside")) == 2)
