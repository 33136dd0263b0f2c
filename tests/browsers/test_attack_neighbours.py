"""A hostile watch page against the sessions of its group and the group's own page, in a real browser."""

from typing import Any

import pytest

from browser_host.bridge.events import PageReplaced, SessionBlocked, SessionsLost
from browser_host.bridge.host_document import site
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

CANARY = "token=canary-4b1c"

# Says a status every 200 ms, keeps the thread busy for a while (what others can observe), writes to its
# storage, and repeats whatever it is told.
VICTIM = """
let n = 0;
const say = (more) => parent.postMessage({type: "customMessage", message: {n: n++, ...more}}, "*");
addEventListener("message", (e) => say({heard: e.data}));
setInterval(() => {
  const until = performance.now() + 60;
  while (performance.now() < until);
  localStorage.setItem("n", n);
  say({at: location.pathname});
}, 200);
say({});
"""
# Each attack says what came of it; the last words are "tried".
ATTACK = """
const say = (what, came) =>
  parent.postMessage({type: "customMessage", message: {what, came: String(came)}}, "*");
const attempt = (what, act) => {
  try { say(what, act()); } catch (error) { say(what, error.name); }
};
const tried = () => parent.postMessage({type: "customMessage", message: {what: "tried"}}, "*");
"""
REACHING = """
attempt("count", () => [parent.length, top.length, top.opener, window.opener].join());
const reached = new Set();
for (const start of [parent, top]) {
  for (const name of [...Array(40).keys(), "victim", "opener", "frames"]) {
    try { if (start[name] && ![window, parent, top].includes(start[name])) reached.add(start[name]); }
    catch { /* there is none */ }
  }
}
for (const w of reached) {
  attempt("link", () => w.location.href);
  attempt("forge", () =>
    w.eval("parent.postMessage({type: 'sessionStatusUpdate', sessionStatus: 'terminated'}, '*')"));
  attempt("order", () => w.postMessage({action: "endSession"}, "*"));
  attempt("lead away", () => { w.location = "/evil"; });
}
for (const name of ["victim", "watchdeck", "_blank", "0", "https://s1.invalid", "host.watchdeck.invalid"]) {
  attempt("by name", () => window.open("", name));
  const link = Object.assign(document.createElement("a"), {href: "/evil", target: name});
  document.body.append(link);
  attempt("by link", () => link.click());
}
// The handshake of a session page, with a port of our own, and what it says to its hub.
const { port1, port2 } = new MessageChannel();
port1.onmessage = (event) => say("port", JSON.stringify(event.data));
attempt("handshake", () => parent.postMessage(null, "*", [port2]));
attempt("close", () => { top.close(); parent.close(); window.close(); });
attempt("stop", () => { top.stop(); });
attempt("history", () => { for (const by of [-1, 1, -2]) history.go(by); });
setTimeout(tried, 300);
"""


async def both(pool: Any, stage: Stage, record: Record, attacker_host: str, attack: str) -> list[Any]:
    """Hosts a victim and then an attacker in one process; what the attacker says once it has tried."""
    stage.scripts |= {"victim": f"window.name = 'victim'; {VICTIM}", "attack": ATTACK + attack}
    pool.open("victim", stage.link("victim", CANARY))
    await record.until(lambda: record.said("victim"))
    pool.open("attacker", stage.link("attack", host=attacker_host))
    await record.until(lambda: any(came["what"] == "tried" for came in told(record, "attacker")), within=20)
    heard = len(record.said("victim"))
    await record.until(lambda: len(record.said("victim")) > heard + 3)
    return told(record, "attacker")


def told(record: Record, session: str) -> list[dict[str, Any]]:
    said = [m for m in record.said(session) if isinstance(m, dict)]
    return [m["message"] for m in said if m.get("type") == "customMessage"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["of the same origin", "of another origin"])
async def test_no_page_reaches_a_sibling_or_the_group_page(
    open_pool: Opened, stage: Stage, record: Record, host: str
) -> None:
    pool = await open_pool()
    came = await both(pool, stage, record, host, REACHING)
    assert {"what": "count", "came": "0,0,,"} in came
    assert CANARY not in str(came)
    assert not [one for one in came if one["what"] in {"link", "forge", "order", "lead away", "port"}]
    assert all("n" in message and "heard" not in message for message in told(record, "victim"))
    assert len(told(record, "victim")) == len(record.said("victim"))
    assert "evil" not in stage.asked
    assert not record.of(PageReplaced) + record.of(SessionBlocked) + record.of(SessionsLost)
    assert [(one.groups, one.sessions) for one in pool.describe()] == [(1, 2)]


async def test_page_timings_reveal_no_link_of_a_neighbour(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    attack = """
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        say(entry.entryType, JSON.stringify([entry, entry.attribution]));
    }).observe({entryTypes: ["longtask", "resource", "navigation", "long-animation-frame"]});
    const until = performance.now() + 80;
    while (performance.now() < until);
    setTimeout(tried, 1500);
    """
    came = await both(await open_pool(), stage, record, "127.0.0.1", attack)
    assert "longtask" in {one["what"] for one in came}  # its own, at least
    assert CANARY not in str(came)


async def test_no_page_gets_out_of_its_frame(open_pool: Opened, stage: Stage, record: Record) -> None:
    attack = """
    const later = (what, promise) => Promise.resolve(promise).then(
      (value) => say(what, value && value.state || value), (error) => say(what, error.name));
    attempt("binding", () => typeof watchdeckOut);
    attempt("popup", () => window.open("/evil"));
    attempt("alert", () => alert("x"));
    attempt("confirm", () => confirm("x"));
    attempt("prompt", () => prompt("x"));
    attempt("print", () => print());
    attempt("top", () => { top.location.href = "/evil"; });
    attempt("close", () => { top.close(); });
    attempt("parent", () => parent.document.title);
    attempt("element", () => window.frameElement);
    attempt("referrer", () => document.referrer);
    const click = (more) => {
      const link = Object.assign(document.createElement("a"), {href: "/evil", ...more});
      document.body.append(link);
      link.click();
    };
    for (const target of ["_top", "_parent", "_blank"]) attempt("link", () => click({target}));
    attempt("download", () => click({href: URL.createObjectURL(new Blob(["x"])), download: "x.txt"}));
    addEventListener("beforeunload", (event) => { event.preventDefault(); event.returnValue = "stay"; });
    if (navigator.serviceWorker)
      later("service worker", navigator.serviceWorker.getRegistrations().then((all) => all.length));
    for (const name of ["geolocation", "camera", "microphone", "notifications", "clipboard-read"])
      later(name, navigator.permissions.query({name}));
    attempt("full screen", () => { later("full screen", document.body.requestFullscreen()); });
    attempt("pointer lock", () => { later("pointer lock", document.body.requestPointerLock()); });
    setTimeout(tried, 800);
    """
    pool = await open_pool()
    came = await both(pool, stage, record, "localhost", attack)
    words = {one["what"]: one.get("came") for one in came}
    refused = {"SecurityError", "NotAllowedError", "TypeError", "denied"}
    for what in ("top", "parent", "geolocation", "camera", "microphone", "notifications", "clipboard-read"):
        assert words[what] in refused, what
    assert {words["full screen"], words["pointer lock"]} <= {*refused, "undefined"}
    assert words["popup"] == words["prompt"] == words["element"] == "null"
    assert (words["binding"], words["confirm"]) == ("undefined", "false")
    assert words["referrer"] == f"{site(2)}/"  # and nothing else of where it is shown
    assert words.get("service worker", "0") == "0"
    assert "evil" not in stage.asked
    # Nor does it stay when it is to go.
    pool.release("attacker")
    heard = len(record.said("attacker"))
    beside = len(record.said("victim"))
    await record.until(lambda: len(record.said("victim")) > beside + 2)
    assert len(record.said("attacker")) == heard


WORKER = "addEventListener('fetch', (event) => event.respondWith(new Response('owned')));"
REGISTERS = """
const frame = (more) => document.body.appendChild(Object.assign(document.createElement("iframe"), more));
const through = (what, container) => {
  attempt(what, () => { container().register("/worker.js", {scope: "/"}).then(
    () => say(what, "registered"), (error) => say(what, error.name)); });
};
const fresh = frame({});
const written = frame({srcdoc: "<p>"});
through("own", () => navigator.serviceWorker);
through("prototype", () => Object.create(ServiceWorkerContainer.prototype));
through("fresh", () => fresh.contentWindow.navigator.serviceWorker);
through("borrowed", () => ({register: (...all) =>
  fresh.contentWindow.ServiceWorkerContainer.prototype.register.apply(navigator.serviceWorker, all)}));
written.onload = () => through("written", () => written.contentWindow.navigator.serviceWorker);
const nested = frame({src: "/nested"});
nested.onload = () => through("nested", () => nested.contentWindow.navigator.serviceWorker);
setTimeout(() =>
  navigator.serviceWorker.getRegistrations().then((all) => say("registrations", all.length)), 1500);
"""


async def test_no_page_gets_a_service_worker_by_any_frame_of_its_own(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts |= {"attacker": ATTACK + REGISTERS, "nested": "", "worker.js": WORKER}
    pool = await open_pool()
    pool.open("attacker", stage.link("attacker"))
    await record.until(lambda: any(m["what"] == "registrations" for m in told(record, "attacker")))
    came = {one["what"]: one["came"] for one in told(record, "attacker")}
    assert came.pop("registrations") == "0"
    assert "registered" not in came.values()
    assert {"own", "fresh", "borrowed", "written", "nested"} <= set(came)
    assert "worker.js" not in stage.asked
