"""Sessions on browsers of several endpoints: spread, isolated, hosted elsewhere, and moved away."""

import asyncio
import os
import signal

import pytest

from browser_host.bridge.events import (
    BrowserLost,
    BrowserStarted,
    EndpointDrained,
    SessionOpened,
    SessionsLost,
)
from browser_host.browsers import browser_ping
from browser_host.sessions.browser_state import BrowserKind, BrowserState
from tests.browsers.conftest import Opened
from tests.browsers.endpoints.conftest import Serve
from tests.browsers.stage import Quiet, Record, Stage
from tests.support.waiting import until_holds

ONCE = (0.0, 600.0)
"""An endpoint that is lost is not tried again, so that no test ends in the middle of a start."""
SESSIONS = [f"s{number}" for number in range(6)]


async def test_sessions_spread_survive_losses_and_move_on_drain(
    open_pool: Opened,
    playwright_server: Serve,
    remote_debugging: Serve,
    stage: Stage,
    record: Record,
) -> None:
    first, second, third = await asyncio.gather(playwright_server(), playwright_server(), remote_debugging())
    pool = await open_pool(
        endpoints=(
            first.endpoint("one", BrowserKind.PLAYWRIGHT),
            second.endpoint("two", BrowserKind.PLAYWRIGHT),
            third.endpoint("three", BrowserKind.CDP),
        ),
        restarts=ONCE,
    )

    def homes() -> dict[str, str]:
        return {one.session_id: one.endpoint for one in record.of(SessionOpened)}

    for session in SESSIONS:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in SESSIONS))
    found = {one.endpoint: one for one in pool.describe()}
    assert {name: (one.state, one.sessions, one.isolated) for name, one in found.items()} == dict.fromkeys(
        ("one", "two", "three"), (BrowserState.UP, 2, True)
    )
    assert {one.endpoint for one in record.of(BrowserStarted)} == {"one", "two", "three"}

    # A killed server: its sessions are lost, and the others take them.
    second.kill()
    lost = (await record.first(SessionsLost)).session_ids
    assert set(lost) == {session for session, home in homes().items() if home == "two"}
    assert (await record.first(BrowserLost)).endpoint == "two"
    for session in lost:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: "two" not in homes().values())

    # A drained endpoint: its sessions move, and each answers where it is now.
    assert pool.drain("one")
    (due,) = pool.aged()
    pool.recycle(due, lambda _: True)
    await record.first(EndpointDrained)
    await record.until(lambda: set(homes().values()) == {"three"})
    for session in SESSIONS:
        pool.post(session, 1, {"action": "setMode"})
    await record.until(lambda: all(len(record.said(session)) >= 2 for session in SESSIONS))
    drained = {one.endpoint: one for one in pool.describe()}["one"]
    assert (drained.state, drained.drained, drained.sessions) == (BrowserState.DRAINING, True, 0)

    # Taken into use again, it is connected to at once.
    pool.undrain("one")
    await record.until(lambda: [one.endpoint for one in record.of(BrowserStarted)].count("one") == 2)


async def test_a_busy_session_keeps_no_other_from_leaving(
    open_pool: Opened, playwright_server: Serve, stage: Stage, record: Record
) -> None:
    first, second = await asyncio.gather(playwright_server(), playwright_server())
    pool = await open_pool(
        endpoints=(
            first.endpoint("old", BrowserKind.PLAYWRIGHT),
            second.endpoint("new", BrowserKind.PLAYWRIGHT, max_sessions=2),
        ),
        restarts=ONCE,
        sessions_per_process=1,
    )
    pool.drain("new")
    for session in "abc":
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in "abc"))
    pool.undrain("new")
    await record.until(lambda: len(record.of(BrowserStarted)) == 3)

    def moved() -> list[str]:
        return [one.session_id for one in record.of(SessionOpened) if one.endpoint == "new"]

    busy = {"a"}
    pool.drain("old")
    (due,) = pool.aged()
    assert (due.leaving, due.sessions) == (True, ("a", "b", "c"))
    pool.recycle(due, lambda sessions: not busy & {*sessions})
    assert pool.aged() == ()  # it is being emptied
    await record.until(lambda: moved() == ["b"])
    assert {one.endpoint: one.sessions for one in pool.describe()} == {"old": 2, "new": 1}
    busy.clear()
    await record.until(lambda: moved() == ["b", "a"])
    # There is no room for the third, and none was made for it.
    await record.until(lambda: not pool._recycling.under_way)
    assert {one.endpoint: (one.sessions, one.groups) for one in pool.describe()} == {
        "old": (1, 1),
        "new": (2, 2),
    }
    assert record.of(SessionsLost) == []


async def test_browser_without_isolation_is_refused_with_reason(
    open_pool: Opened, playwright_server: Serve, stage: Stage, record: Record, log: Quiet
) -> None:
    server = await playwright_server(isolates=False)
    strict = server.endpoint("strict", BrowserKind.PLAYWRIGHT)
    lax = server.endpoint("lax", BrowserKind.PLAYWRIGHT, require_isolation=False)
    pool = await open_pool(endpoints=(strict, lax), restarts=ONCE)
    refused = await record.first(BrowserLost)
    assert refused.endpoint == "strict"
    assert "localStorage" in refused.text
    assert "require_isolation" in refused.text
    for session in "ab":
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: record.said("a") and record.said("b"))
    opened = record.of(SessionOpened)
    assert [one.endpoint for one in opened] == ["lax", "lax"]
    assert len({one.group for one in opened}) == 2
    assert "browser.not_isolated" in [event for event, _ in log.events]


async def test_a_server_closes_the_pages_of_a_lost_connection(
    open_pool: Opened, playwright_server: Serve, stage: Stage, record: Record
) -> None:
    server = await playwright_server()
    pool = await open_pool(endpoints=(server.endpoint("box", BrowserKind.PLAYWRIGHT),), restarts=ONCE)
    connected = len(server.renderers())
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    assert len(server.renderers()) > connected
    (entry,) = pool._registry.browsers.values()
    assert entry.browser.driver is not None
    os.kill(
        entry.browser.driver.pid, signal.SIGKILL
    )  # as when the host is killed: nothing is closed from here
    await record.first(BrowserLost)
    await until_holds(lambda: len(server.renderers()) <= connected)


async def test_a_browser_that_can_open_no_pages_is_replaced(
    open_pool: Opened, playwright_server: Serve, stage: Stage, record: Record
) -> None:
    server = await playwright_server()
    before = set(server.renderers())
    endpoint = server.endpoint("box", BrowserKind.PLAYWRIGHT)
    pool = await open_pool(endpoints=(endpoint,), restarts=(0.0,) * 30)
    for renderer in set(server.renderers()) - before:  # of the page that its contexts end with
        os.kill(renderer, signal.SIGKILL)
    assert (await record.first(BrowserLost)).text == "the browser can open no more pages"
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))


async def test_sessions_of_a_browser_that_hangs_are_lost(
    open_pool: Opened,
    remote_debugging: Serve,
    stage: Stage,
    record: Record,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = await remote_debugging()
    pool = await open_pool(endpoints=(server.endpoint("box", BrowserKind.CDP),), restarts=ONCE)
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    assert not pool.drain("box")  # there is no other: it stays where it is
    assert pool.aged() == ()
    assert pool.describe()[0].sessions == 1
    for name, seconds in {"_PING_WITHIN_S": 1.0, "_LOOK_FOR_S": 0.5}.items():
        monkeypatch.setattr(browser_ping, name, seconds)
    server.stop_answering()  # nobody tells the host: its own question finds it
    lost = await record.first(SessionsLost)
    assert (lost.session_ids, lost.fault.text) == (("s",), "the browser does not answer")
