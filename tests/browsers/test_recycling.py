"""Old and swollen groups and browsers are replaced: the new one first, nobody lost, nothing left behind."""

import asyncio
from collections.abc import Sequence

import psutil

from browser_host.bridge.events import BrowserReplaced, InstructionPosted, SessionOpened, SessionsLost
from browser_host.browsers.interface import Aged
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import Recycle
from tests.browsers.conftest import Opened
from tests.browsers.stage import WITHIN_S, Record, Stage, talking_until
from tests.support.patience import patient

NAMES = ("a", "b", "c")
OFTEN = 3


async def placed_in_three(pool: Pool, stage: Stage, record: Record) -> None:
    for session in NAMES:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in NAMES))


class Gate:
    """Whether sessions may move: not before it is opened; tells when it was asked `OFTEN` times."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []
        self.is_open = False
        self._often = asyncio.Event()

    def __call__(self, sessions: Sequence[str]) -> bool:
        self.asked.append(sessions)
        if len(self.asked) >= OFTEN:
            self._often.set()
        return self.is_open

    async def was_asked(self) -> None:
        async with asyncio.timeout(patient(WITHIN_S)):
            await self._often.wait()


def groups(record: Record) -> dict[str, int]:
    """The group that each session was opened in last."""
    return {report.session_id: report.group for report in record.of(SessionOpened)}


def said_status(record: Record, session: str) -> int:
    """In how many documents a session's page began."""
    return sum("sessionStatus" in said for said in record.said(session))


async def answer(pool: Pool, record: Record) -> None:
    """Each session takes an instruction and answers from where it is now."""
    said = {session: len(record.said(session)) for session in NAMES}
    posted = len(record.of(InstructionPosted))
    for number, session in enumerate(NAMES, posted + 1):
        pool.post(session, number, {"action": "setMode"})
    await record.until(lambda: all(len(record.said(session)) > said[session] for session in NAMES))
    assert len(record.of(InstructionPosted)) == posted + len(NAMES)


async def test_group_with_large_heap_is_replaced_when_allowed(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(recycle=Recycle(group_heap=1, group_heap_after=0.0))
    await placed_in_three(pool, stage, record)
    gate = Gate()
    # The first heartbeat tells what the scripts hold.
    due = await talking_until(pool, record, "a", pool.aged)
    assert (due[0].group, due[0].sessions) == (1, NAMES)
    assert due[0].why.startswith("its scripts hold")
    pool.recycle(due[0], gate)
    assert pool.aged() == ()
    await gate.was_asked()
    assert groups(record) == dict.fromkeys(NAMES, 1)
    assert pool.describe()[0].groups == 2
    gate.is_open = True
    await record.until(lambda: groups(record) == dict.fromkeys(NAMES, 2))
    assert set(gate.asked) == {NAMES}
    await record.until(lambda: all(said_status(record, session) == 2 for session in NAMES))
    await answer(pool, record)
    assert pool.describe()[0].groups == 1
    assert not record.of(SessionsLost)


async def test_fast_growing_group_does_not_move_neighbours_often(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(recycle=Recycle(group_heap=1))
    await placed_in_three(pool, stage, record)
    (group,) = next(iter(pool._registry.browsers.values())).groups.values()
    assert await talking_until(pool, record, "a", lambda: group.heap) > 1
    assert pool.aged() == ()


async def test_replaced_browser_leaves_no_process(open_pool: Opened, stage: Stage, record: Record) -> None:
    pool = await open_pool(recycle=Recycle(after=0.0), sessions_per_process=2)
    await placed_in_three(pool, stage, record)
    driver = next(iter(pool._registry.browsers.values())).browser.driver
    assert driver is not None
    old = [psutil.Process(driver.pid), *psutil.Process(driver.pid).children(recursive=True)]
    due = pool.aged()
    assert due[0] == Aged(1, None, "it is 0.0 h old", due[0].sessions)
    assert set(due[0].sessions) == set(NAMES)
    pool.recycle(due[0], lambda _: True)
    await record.until(lambda: set(groups(record).values()) == {3, 4})
    await record.until(lambda: all(len(record.said(session)) == 2 for session in NAMES))
    await answer(pool, record)
    _, alive = await asyncio.to_thread(psutil.wait_procs, old, timeout=10)
    assert not [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert [(browser.number, browser.sessions) for browser in pool.describe()] == [(2, 3)]
    assert record.of(BrowserReplaced) == [BrowserReplaced(1)]
    assert not record.of(SessionsLost)


async def test_nobody_is_moved_who_may_not_be(open_pool: Opened, stage: Stage, record: Record) -> None:
    pool = await open_pool(recycle=Recycle(after=0.0))
    await placed_in_three(pool, stage, record)
    group = next(one for one in pool.aged() if one.group is not None)
    gate = Gate()
    pool.recycle(group, gate)
    await gate.was_asked()
    await answer(pool, record)
    assert groups(record) == dict.fromkeys(NAMES, 1)


async def test_group_reserved_for_moves_takes_no_other_session(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(recycle=Recycle(after=0.0), sessions_per_process=1)
    pool.open("a", stage.link("echo", "a"))
    await record.until(lambda: record.said("a"))
    gate = Gate()
    pool.recycle(next(one for one in pool.aged() if one.group is not None), gate)
    await gate.was_asked()
    pool.open("b", stage.link("echo", "b"))
    await record.until(lambda: record.said("b"))
    gate.is_open = True
    await record.until(lambda: len(record.said("a")) == 2)
    assert groups(record) == {"a": 2, "b": 3}
    assert pool.describe()[0].groups == 2
