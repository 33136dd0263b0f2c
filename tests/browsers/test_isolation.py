"""What sessions of one origin share with each other: nothing that the browser keeps by origin."""

import re
from pathlib import Path
from typing import Any

import playwright
import pytest

from browser_host.bridge.events import MessageReceived, SessionOpened
from browser_host.browsers.isolation import SharedState
from browser_host.browsers.launch import feature_flags
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record, Stage

TELL = "const tell = (m) => parent.postMessage(m, '*'); const q = location.search.slice(1);"
STORES: dict[str, str] = {
    "localStorage": "tell({found: localStorage.x ?? null}); localStorage.x = q;",
    "sessionStorage": "tell({found: sessionStorage.x ?? null}); sessionStorage.x = q;",
    "cookie": "tell({found: document.cookie || null}); document.cookie = `x=${q}`;",
    "cookie for everywhere": (
        "tell({found: document.cookie || null}); document.cookie = `x=${q}; SameSite=None; Secure`;"
    ),
    "IndexedDB": """
        indexedDB.databases().then((found) => {
          tell({found: found.length ? found : null});
          indexedDB.open("x");
        });""",
    "caches": """
        caches.open("x").then(async (cache) => {
          const found = await cache.match("/name");
          tell({found: found ? await found.text() : null});
          await cache.put("/name", new Response(q));
        });""",
    "shared worker": """
        const code = "let x = null; onconnect = ({ports: [p]}) =>"
          + " { p.onmessage = (e) => { p.postMessage(x); x = e.data; }; };";
        const worker = new SharedWorker("/shared.js", "x");
        worker.port.onmessage = (e) => tell({found: e.data});
        worker.port.postMessage(q);""",
    "service worker": """
        navigator.serviceWorker.getRegistrations().then((found) => {
          tell({found: found.length ? found.length : null});
          navigator.serviceWorker.register("/shared.js").catch(() => {});
        });""",
    "file system": """
        navigator.storage.getDirectory().then(async (folder) => {
          const found = [];
          for await (const name of folder.keys()) found.push(name);
          tell({found: found.length ? found : null});
          await folder.getFileHandle(q, {create: true});
        });""",
    "locks": """
        navigator.locks.request("x", {ifAvailable: true}, (lock) => {
          tell({found: lock ? null : "held"});
          return new Promise(() => {});
        });""",
}
WORKER = (
    "let x = null; onconnect = ({ports: [p]}) => { p.onmessage = (e) => { p.postMessage(x); x = e.data; }; };"
)
SESSIONS = ("ben", "eve", "ida")


@pytest.fixture
def served(stage: Stage) -> Stage:
    stage.scripts |= {name.replace(" ", "-"): TELL + script for name, script in STORES.items()}
    stage.scripts["shared.js"] = WORKER
    return stage


async def test_sessions_share_nothing_keyed_by_origin(
    open_pool: Opened, served: Stage, record: Record
) -> None:
    pool = await open_pool()
    asked = [f"{name} {who}" for name in STORES for who in SESSIONS]
    for session in asked:
        name, _, who = session.rpartition(" ")
        pool.open(session, served.link(name.replace(" ", "-"), who))
        # One after the other: each looks for what those before it have left.
        await record.until(lambda one=session: record.said(one))  # type: ignore[misc]  # bound at once
    found = {session: record.said(session) for session in asked if record.said(session) != [{"found": None}]}
    assert not found


async def test_each_session_ends_its_own_visitor(open_pool: Opened, stage: Stage, record: Record) -> None:
    stage.scripts["own"] = (
        TELL
        + """
    if (!sessionStorage.visitor) sessionStorage.visitor = q;
    const me = sessionStorage.visitor;
    addEventListener("message", () => tell({ends: me, asked: q}));
    tell({type: "sessionStatusUpdate", sessionStatus: "active"});
    """
    )
    pool = await open_pool()
    await all_live(pool, stage, record, "own")
    for number, session in enumerate(SESSIONS, 1):
        pool.post(session, number, {"action": "endSession"})
    await record.until(lambda: all(len(record.said(session)) == 2 for session in SESSIONS))
    assert [record.said(session)[1] for session in SESSIONS] == [{"ends": s, "asked": s} for s in SESSIONS]


async def test_pages_that_allow_one_tab_end_no_sibling(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["tab"] = (
        TELL
        + """
    const st = (sessionStatus) => tell({type: "sessionStatusUpdate", sessionStatus});
    const c = new BroadcastChannel("one");
    st("active");
    c.postMessage("claim");
    c.onmessage = () => st("terminated");
    setInterval(() => tell({type: "tick"}), 100);
    """
    )
    pool = await open_pool()
    await all_live(pool, stage, record, "tab")
    await record.until(lambda: all(len(record.said(session)) > 6 for session in SESSIONS))
    assert "terminated" not in str([record.said(session) for session in SESSIONS])


async def test_long_polls_of_seven_sessions_keep_none_waiting(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    # HTTP/1.1: the browser opens six connections to a host, if they are not kept apart by site.
    stage.silent.add("hang")
    stage.scripts["poll"] = (
        TELL
        + """
    fetch("/hang?" + q);
    fetch("/first?" + q).then(() => tell({type: "sessionStatusUpdate", sessionStatus: "active"}));
    """
    )
    pool = await open_pool()
    ids = [f"s{number}" for number in range(7)]
    for session in ids:
        pool.open(session, stage.link("poll", session))
    await record.until(lambda: all(record.said(session) for session in ids))
    assert {one.group for one in record.of(SessionOpened)} == {1}


async def all_live(pool: Any, stage: Stage, record: Record, name: str) -> None:
    for session in SESSIONS:
        pool.open(session, stage.link(name, session))
    await record.until(lambda: all(record.said(session) for session in SESSIONS))


async def test_unpartitioned_browser_hosts_one_session_per_process(
    open_pool: Opened, served: Stage, record: Record, log: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_flags, "KEPT", frozenset())
    pool = await open_pool()
    (entry,) = pool._registry.browsers.values()
    crossed = entry.browser.isolation.crossed
    assert {SharedState.LOCAL_STORAGE, SharedState.INDEXED_DB, SharedState.WEB_LOCKS} <= crossed
    assert SharedState.UNKNOWN not in crossed
    assert "browser.not_isolated" in {event for event, _ in log.events}
    assert [one.isolated for one in pool.describe()] == [False]
    await all_live(pool, served, record, "localStorage")
    assert len({one.group for one in record.of(SessionOpened)}) == len(SESSIONS)
    assert [one.data for one in record.of(MessageReceived)] == [{"found": None}] * len(SESSIONS)


async def test_the_default_browser_keeps_sessions_apart(open_pool: Opened) -> None:
    pool = await open_pool()
    (entry,) = pool._registry.browsers.values()
    assert str(entry.browser.isolation) == "sessions share nothing"
    assert [one.isolated for one in pool.describe()] == [True]


def test_the_lists_of_features_are_playwrights_own() -> None:
    # A list that Playwright changed would not be taken out any more, and the last one given counts.
    driver = Path(playwright.__file__).parent / "driver" / "package" / "lib"
    source = (driver / "coreBundle.js").read_text("utf-8")
    for name, ours in (
        ("disabledFeatures", feature_flags.PLAYWRIGHT_DISABLES),
        ("enabledFeatures", feature_flags.PLAYWRIGHT_ENABLES),
    ):
        lists = re.findall(rf"{name}\w* = (?:\(\) => )?\[(.*?)\]\.filter", source, re.DOTALL)
        assert lists, name
        for one in lists:
            assert tuple(re.findall(r'^\s*(?:.*\? "" : )?"(\w+)",?$', one, re.MULTILINE)) == ours
