"""Session pages of one group: what takes one of them takes no other, and what takes the group says why."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from browser_host.bridge import bridge, host_document
from browser_host.bridge.events import InstructionUncertain, LossCause, SessionOpened, SessionsLost
from browser_host.browsers.cdp_targets import CdpTarget
from browser_host.browsers.group.page_group import PageGroup
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import HeartbeatSettings
from browser_host.sessions.session import ErrorCode
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage, talking_until

SESSIONS = ("a", "b", "c")


async def opened(pool: Pool, stage: Stage, record: Record) -> PageGroup:
    """Three sessions that echo, in one group."""
    for session in SESSIONS:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in SESSIONS))
    assert {report.group for report in record.of(SessionOpened)} == {1}
    return pool._registry.assigned["a"]


async def answers(pool: Pool, record: Record, *sessions: str) -> None:
    heard = {session: len(record.said(session)) for session in sessions}
    for number, session in enumerate(sessions, 100):
        pool.post(session, number, {"action": "setMode"})
    await record.until(lambda: all(len(record.said(one)) > heard[one] for one in sessions))


async def test_a_session_page_that_closes_takes_no_other(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    group = await opened(pool, stage, record)
    target = group.pages._pages["b"].target
    await group.browser.targets.call("Target.closeTarget", {"targetId": target.target_id})
    lost = await record.first(SessionsLost)
    assert (lost.session_ids, lost.fault.code, lost.cause) == (
        ("b",),
        ErrorCode.PAGE_CRASHED,
        LossCause.CRASH,
    )
    await answers(pool, record, "a", "c")
    pool.open("b", stage.link("echo", "again"))
    await record.until(lambda: {"who": "?again"}.items() <= dict(record.said("b")[-1]).items())
    assert len(record.of(SessionsLost)) == 1
    assert [(one.groups, one.sessions) for one in pool.describe()] == [(1, 3)]


async def test_a_session_page_shows_its_own_document_or_ends(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    group = await opened(pool, stage, record)
    await group.pages._pages["b"].target.send("Page.navigate", {"url": "about:blank"})
    lost = await record.first(SessionsLost)
    # Nothing but the host navigates it: who did has broken out of its frame, and is in all of this process.
    assert set(lost.session_ids) == set(SESSIONS)
    assert lost.fault.code is ErrorCode.VIOLATION


@pytest.mark.parametrize("cause", [LossCause.CRASH, LossCause.FLOOD])
async def test_a_process_that_the_host_ended_itself_is_lost_to_a_flood(
    open_pool: Opened, stage: Stage, record: Record, cause: LossCause
) -> None:
    pool = await open_pool()
    group = await opened(pool, stage, record)
    if cause is LossCause.FLOOD:
        group.browser.ping.relieves()
    assert group._target is not None
    with pytest.raises(Exception, match="gone"):
        await group._target.send("Page.crash")
    lost = await record.first(SessionsLost)
    assert (set(lost.session_ids), lost.cause) == (set(SESSIONS), cause)
    assert len(record.of(SessionsLost)) == 1


async def test_a_released_session_leaves_no_page_behind(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    group = await opened(pool, stage, record)
    pool.release("b")
    await answers(pool, record, "a", "c")

    async def left() -> set[str]:
        found = await group.browser.targets.call("Target.getTargets", {"filter": [{"type": "page"}]})
        return {info["url"] for info in found["targetInfos"]}

    while "https://s2.invalid/" in await left():
        await answers(pool, record, "a")
    assert not record.of(SessionsLost)


async def test_session_opens_while_another_ones_page_is_closing(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool()
    targets = (await opened(pool, stage, record)).browser.targets
    call, may_close = targets.call, asyncio.Event()

    async def close_late(method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if method == "Target.closeTarget":
            await may_close.wait()
        return await call(method, params)

    monkeypatch.setattr(targets, "call", close_late)
    pool.release("b")
    pool.open("d", stage.link("echo", "d"))
    await record.until(lambda: record.said("d") or record.of(SessionsLost))
    may_close.set()
    await answers(pool, record, "a", "c", "d")
    assert not record.of(SessionsLost)


async def test_any_page_of_a_group_serves_any_session(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool()
    targets = (await opened(pool, stage, record)).browser.targets
    opened_by = targets.opened_by

    async def other_way_round(opener: CdpTarget, count: int) -> list[CdpTarget]:
        return (await opened_by(opener, count))[::-1]

    monkeypatch.setattr(targets, "opened_by", other_way_round)
    for session in ("d", "e", "f"):
        pool.open(session, stage.link("echo", session))
    await answers(pool, record, *SESSIONS)
    await record.until(lambda: all(record.said(session) for session in ("d", "e", "f")))
    assert [record.said(session)[0]["who"] for session in ("d", "e", "f")] == ["?d", "?e", "?f"]


async def test_group_that_opens_pages_of_its_own_is_a_violation(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    group = await opened(pool, stage, record)
    assert group._target is not None
    await group._target.send("Runtime.evaluate", {"expression": "open('about:blank', '_blank', 'popup')"})
    pool.open("d", stage.link("echo", "d"))
    lost = await record.first(SessionsLost)
    assert (set(lost.session_ids), lost.fault.code) == ({*SESSIONS, "d"}, ErrorCode.VIOLATION)


async def test_session_reopened_while_opening_has_one_page(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool()
    group = await opened(pool, stage, record)
    hub = group._bridge._hub if group._bridge is not None else None
    assert hub is not None
    open_windows = hub.open

    async def reopen_meanwhile(numbers: Iterable[int]) -> None:
        monkeypatch.undo()
        pool.open("d", stage.link("echo", "second"))
        await open_windows(numbers)

    monkeypatch.setattr(hub, "open", reopen_meanwhile)
    pool.open("d", stage.link("echo", "first"))
    await talking_until(
        pool, record, "a", lambda: record.said("d") and not group.pages._unopened and not group.pages.opening
    )
    assert [said["who"] for said in record.said("d")] == ["?second"]
    assert [report.session_id for report in record.of(SessionOpened)].count("d") == 1


async def test_hung_page_takes_no_instruction_too_late(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "_POST_WITHIN_S", 0.5)
    pool = await open_pool(heartbeat=HeartbeatSettings(every=60.0))
    group = await opened(pool, stage, record)
    assert group._target is not None
    hang = "const began = Date.now(); while (Date.now() - began < 1500);"
    hung = asyncio.ensure_future(group._target.send("Runtime.evaluate", {"expression": hang}))
    pool.post("a", 7, {"action": "endSession"})
    told = await record.first(InstructionUncertain)
    assert (told.session_id, told.number, hung.done()) == ("a", 7, False)
    await hung
    await answers(pool, record, "a")
    heard = [said["heard"] for said in record.said("a") if "heard" in said]
    assert heard == [{"action": "setMode"}]


async def test_session_released_while_opening_holds_up_no_other(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool()
    await opened(pool, stage, record)

    async def show_nothing(*_: object) -> None:
        monkeypatch.undo()
        pool.release("d")
        await asyncio.Event().wait()

    monkeypatch.setattr(host_document, "show", show_nothing)
    pool.open("d", stage.link("echo", "d"))
    pool.open("e", stage.link("echo", "e"))
    await record.until(lambda: record.said("e"))
    await answers(pool, record, "a", "e")
    pool.open("f", stage.link("echo", "f"))
    await record.until(lambda: record.said("f"))
    assert not record.said("d")
    assert not record.of(SessionsLost)
