"""Pages, browsers and drivers that die: who is lost, who is not, and that nothing stays behind."""

import asyncio
import os
import signal

import psutil

from browser_host.bridge.events import (
    BrowserLost,
    BrowserStarted,
    InstructionNotPosted,
    InstructionPosted,
    InstructionUncertain,
    SessionOpened,
    SessionsLost,
    SessionsResponsive,
    SessionsUnresponsive,
)
from browser_host.browsers.interface import Placing
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import HeartbeatSettings
from browser_host.sessions.session import ErrorCode
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record, Stage

LOOPS = """
addEventListener("message", (e) => {
  const until = performance.now() + e.data.ms; while (performance.now() < until);
  parent.postMessage({type: "awake"}, "*");
});
parent.postMessage({type: "sessionStatusUpdate", sessionStatus: "active"}, "*");
"""

FORGIVING = HeartbeatSettings(every=0.3, within=1.0, breaks_after=60.0, hung_after=60.0)
"""Notices a loop, and waits for its end however long that takes on a busy machine."""

LOOPS_AGAIN = """
addEventListener("message", () => setInterval(() => { while (true); }, 0));
parent.postMessage({type: "sessionStatusUpdate", sessionStatus: "active"}, "*");
"""


def processes_of(pool: Pool) -> list[psutil.Process]:
    driver = next(iter(pool._registry.browsers.values())).browser.driver
    assert driver is not None
    root = psutil.Process(driver.pid)
    return [root, *root.children(recursive=True)]


async def left_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run after a while; what ended and waits to be reaped has ended."""
    alive = (await asyncio.to_thread(psutil.wait_procs, processes, timeout=5))[1]
    return [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def renderers(pool: Pool) -> list[psutil.Process]:
    """Newest last; a page's renderer is started with it."""
    found = [p for p in processes_of(pool) if "--type=renderer" in p.cmdline()]
    return sorted(found, key=lambda p: p.create_time())


async def test_a_renderer_that_dies_takes_its_page_alone(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(sessions_per_process=2)
    for session in ("a", "b"):
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: record.said("a") and record.said("b"))
    first = set(renderers(pool))
    for session in ("c", "d"):
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: record.said("c") and record.said("d"))
    # Chromium keeps a spare renderer ready: the first page's are those that ran when only it was there.
    for process in first:
        if process.cpu_times().user > 0.0:
            process.kill()
            break
    lost = await record.first(SessionsLost)
    assert set(lost.session_ids) in ({"a", "b"}, {"c", "d"})
    assert lost.fault.code is ErrorCode.PAGE_CRASHED
    left = {"a", "b", "c", "d"} - set(lost.session_ids)
    for number, session in enumerate(left):
        pool.post(session, number, {"action": "setMode"})
    await record.until(lambda: all(len(record.said(session)) == 2 for session in left))
    gone = lost.session_ids[0]
    pool.post(gone, 5, {"action": "setMode"})
    assert [r.number for r in record.of(InstructionNotPosted)] == [5]
    pool.open(gone, stage.link("echo", gone))
    await record.until(lambda: len(record.said(gone)) == 2)
    assert len(record.of(SessionsLost)) == 1


def outcomes(record: Record) -> list[int]:
    """The numbers of the instructions that were reported on, in any way."""
    kinds = InstructionPosted | InstructionNotPosted | InstructionUncertain
    return sorted(report.number for report in record.reports if isinstance(report, kinds))


async def test_a_loop_is_broken_and_nobody_loses_the_page(
    open_pool: Opened, stage: Stage, record: Record, log: Quiet
) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool()
    pool.open("looping", stage.link("loops"))
    pool.open("beside", stage.link("echo"))
    await record.until(lambda: record.said("looping") and record.said("beside"))
    pool.post("looping", 1, {"ms": 60_000})
    await record.first(SessionsUnresponsive)
    for number in range(2, 40):
        pool.post("beside", number, {"action": "setMode"})
    assert set((await record.first(SessionsResponsive)).session_ids) == {"looping", "beside"}
    await record.until(lambda: outcomes(record) == list(range(1, 40)))
    posted = {report.number for report in record.of(InstructionPosted)} - {1}
    await record.until(lambda: len(record.said("beside")) == 1 + len(posted))
    assert not record.of(SessionsLost)
    assert "group.loop_broken" in {event for event, _ in log.events}


async def test_looping_page_is_lost_and_instructions_are_reported(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["loops"] = LOOPS_AGAIN
    pool = await open_pool()
    pool.open("looping", stage.link("loops"))
    pool.open("beside", stage.link("echo"))
    pool.open("apart", stage.link("echo"), Placing(1))
    await record.until(lambda: all(record.said(s) for s in ("looping", "beside", "apart")))
    assert len({report.group for report in record.of(SessionOpened)}) == 2
    pool.post("looping", 1, {})
    await record.first(SessionsUnresponsive)
    for number in range(2, 40):
        pool.post("beside", number, {"action": "endSession"})
    looping = max(renderers(pool), key=lambda p: p.cpu_times().user)
    lost = await record.first(SessionsLost)
    assert lost.fault.code is ErrorCode.PAGE_HUNG
    assert set(lost.session_ids) == {"looping", "beside"}
    assert outcomes(record) == list(range(1, 40))
    pool.post("apart", 50, {"action": "setMode"})
    await record.until(lambda: len(record.said("apart")) == 2)
    assert not await left_of([looping])


async def test_a_page_whose_process_stands_still_is_lost(
    open_pool: Opened, stage: Stage, record: Record, log: Quiet
) -> None:
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    for renderer in renderers(pool):
        renderer.suspend()
    lost = await record.first(SessionsLost)
    assert (lost.session_ids, lost.fault.code) == (("s",), ErrorCode.PAGE_HUNG)
    assert "group.loop_broken" not in {event for event, _ in log.events}


async def test_a_page_that_comes_back_is_responsive_again(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool(heartbeat=FORGIVING)
    pool.open("s", stage.link("loops"))
    await record.until(lambda: record.said("s"))
    pool.post("s", 1, {"ms": 2_500})
    assert (await record.first(SessionsUnresponsive)).session_ids == ("s",)
    assert (await record.first(SessionsResponsive)).session_ids == ("s",)
    await record.until(lambda: {"type": "awake"} in record.said("s"))
    assert not record.of(SessionsLost)


async def test_a_browser_that_dies_is_replaced_at_the_next_need(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    before = processes_of(pool)
    # Debian's command is a shell script that starts the browser and waits for it.
    plain = [p for p in before[1:] if "--type=" not in " ".join(p.cmdline())]
    browser = next(p for p in plain if p.cmdline()[0] != "/bin/sh")
    browser.kill()
    await browser_gone_and_back(pool, stage, record, before)


async def test_dead_driver_is_noticed_without_playwright(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    before = processes_of(pool)
    os.kill(before[0].pid, signal.SIGKILL)
    await browser_gone_and_back(pool, stage, record, before)


async def browser_gone_and_back(
    pool: Pool, stage: Stage, record: Record, before: list[psutil.Process]
) -> None:
    lost = await record.first(SessionsLost)
    assert lost.session_ids == ("s",)
    assert lost.fault.code is ErrorCode.BROWSER_GONE
    assert (await record.first(BrowserLost)).number == 1
    pool.open("s", stage.link("echo"))
    await record.until(lambda: len(record.said("s")) == 2)
    assert [started.number for started in record.of(BrowserStarted)] == [1, 2]
    assert record.of(SessionOpened)[-1].group == 2
    await pool.close(8.0)
    assert not await left_of(before)


async def test_closing_leaves_no_process_even_where_a_page_hangs(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool(sessions_per_process=1, heartbeat=FORGIVING)
    for session in ("a", "b", "c"):
        pool.open(session, stage.link("loops"))
    await record.until(lambda: all(record.said(session) for session in "abc"))
    pool.post("b", 1, {"ms": 60_000})
    await record.first(SessionsUnresponsive)
    processes = processes_of(pool)
    descriptors = psutil.Process().num_fds()
    await pool.close(6.0)
    assert not await left_of(processes)
    assert psutil.Process().num_fds() < descriptors
    assert pool.describe() == ()
