"""Pages, browsers and drivers that die: who is lost, who is not, and that nothing stays behind."""

import asyncio
import os
import signal

import psutil

from browser_host.browsers.hosting import Placing
from browser_host.browsers.pool import Pool
from browser_host.browsers.reports import (
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
from browser_host.sessions.session import ErrorCode
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

LOOPS = """
addEventListener("message", (e) => {
  const until = performance.now() + e.data.ms; while (performance.now() < until);
  parent.postMessage({type: "awake"}, "*");
});
parent.postMessage({type: "sessionStatusUpdate", sessionStatus: "active"}, "*");
"""


def processes_of(pool: Pool) -> list[psutil.Process]:
    driver = next(iter(pool._shelves.values())).engine.driver
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
    pool = await open_pool(sessions_per_page=2)
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


async def test_a_page_that_loops_is_unresponsive_then_lost_and_every_instruction_has_its_report(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool()
    pool.open("looping", stage.link("loops"))
    pool.open("beside", stage.link("echo"))
    pool.open("alone", stage.link("echo"), Placing.ALONE)
    await record.until(lambda: all(record.said(s) for s in ("looping", "beside", "alone")))
    assert record.of(SessionOpened)[-1].page != record.of(SessionOpened)[0].page
    pool.post("looping", 1, {"ms": 60_000})
    await record.first(SessionsUnresponsive)
    for number in range(2, 40):
        pool.post("beside", number, {"action": "endSession"})
    looping = max(renderers(pool), key=lambda p: p.cpu_times().user)
    lost = await record.first(SessionsLost)
    assert lost.fault.code is ErrorCode.PAGE_HUNG
    assert set(lost.session_ids) == {"looping", "beside"}
    outcomes = [
        report.number
        for report in record.reports
        if isinstance(report, InstructionPosted | InstructionNotPosted | InstructionUncertain)
    ]
    assert sorted(outcomes) == list(range(1, 40))
    assert not [r for r in record.of(InstructionPosted) if r.number > 1]
    pool.post("alone", 50, {"action": "setMode"})
    await record.until(lambda: len(record.said("alone")) == 2)
    assert not await left_of([looping])


async def test_a_page_that_comes_back_is_responsive_again(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool()
    pool.open("s", stage.link("loops"))
    await record.until(lambda: record.said("s"))
    pool.post("s", 1, {"ms": 1_900})
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


async def test_a_driver_that_dies_is_noticed_though_playwright_says_nothing(
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
    assert record.of(SessionOpened)[-1].page == 2
    await pool.close(8.0)
    assert not await left_of(before)


async def test_closing_leaves_no_process_even_where_a_page_hangs(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool(sessions_per_page=1)
    for session in ("a", "b", "c"):
        pool.open(session, stage.link("loops"))
    await record.until(lambda: all(record.said(session) for session in "abc"))
    pool.post("b", 1, {"ms": 60_000})
    await record.first(InstructionPosted)
    processes = processes_of(pool)
    descriptors = psutil.Process().num_fds()
    await pool.close(6.0)
    assert not await left_of(processes)
    assert psutil.Process().num_fds() < descriptors
    assert pool.describe() == ()
