"""The service is asked to end a session only while its end is unconfirmed and still meant."""

import asyncio
from dataclasses import replace

import pytest

from browser_host.bridge import events
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.ledger import EntryState, Via
from browser_host.simulator.rest_faults import RestFault
from browser_host.supervisor import confirmation_deadlines
from browser_host.supervisor.policy import Policy
from browser_host.supervisor.submission import Submission
from browser_host.supervisor.upscope_worker import ServiceAnsweredEnd
from tests.supervisor.test_upscope_worker import World, world

FALLBACK = Policy(undo_s=0.0, confirm_within_s=0.1, rest_fallback=True)
AT_ONCE = 4
"""Requests that the worker has under way together."""


def deletes(one: World, visitor: str) -> int:
    return sum(call.startswith("DELETE") and f"/{visitor}/" in call for call in one.simulator.record.calls)


async def live(one: World, *visitors: str) -> list[str]:
    ids = [one.add(visitor) for visitor in visitors]
    await one.until(lambda: all(one.host.session(session_id).process for session_id in ids))
    for session_id in ids:
        one.host.hosting.says_status(session_id, "viewerReady")
    return ids


def end(one: World, session_id: str, confirm_within_s: float = 0.1) -> Submission:
    return one.host.give(session_id, EndSession(), confirm_within_s=confirm_within_s)


def number(given: Submission) -> int:
    assert given.order is not None
    return given.order.number


async def test_session_that_began_again_is_not_ended_by_the_service() -> None:
    async with world(FALLBACK, sessions=6) as one:
        one.simulator.fail(RestFault.SLOW, "session", times=AT_ONCE, seconds=1.0)
        ids = await live(one, *one.visitors)
        ends = [end(one, session_id) for session_id in ids]
        await one.until(lambda: sum(deletes(one, visitor) for visitor in one.visitors) == AT_ONCE)
        one.host.hosting.says_status(ids[5], "terminated", after=number(ends[5]))
        one.host.hosting.says_status(ids[5], "active")
        await one.until(lambda: deletes(one, one.visitors[4]) == 1)
        entries = await asyncio.gather(*(one.host.supervisor.instructions.wait(given) for given in ends))
        assert [(entry.state, entry.via) for entry in entries if entry is not None] == [
            *[(EntryState.UNCONFIRMED, Via.REST)] * 5,
            (EntryState.CONFIRMED, Via.PAGE),
        ]
        assert [deletes(one, visitor) for visitor in one.visitors] == [1, 1, 1, 1, 1, 0]


async def test_via_is_rest_only_once_the_service_is_asked() -> None:
    async with world(FALLBACK, sessions=5) as one:
        one.simulator.fail(RestFault.SLOW, "session", times=AT_ONCE, seconds=1.0)
        ids = await live(one, *one.visitors)
        ends = [end(one, session_id) for session_id in ids]
        await one.until(lambda: sum(deletes(one, visitor) for visitor in one.visitors) == AT_ONCE)
        waiting = one.host.supervisor.instructions.entry(ends[4])
        assert waiting is not None
        assert (waiting.state, waiting.via) == (EntryState.SENT, Via.PAGE)
        await one.until(lambda: deletes(one, one.visitors[4]) == 1)
        entry = await one.host.supervisor.instructions.wait(ends[4])
        assert entry is not None
        assert entry.via is Via.REST


async def test_retry_is_not_sent_once_the_page_confirmed() -> None:
    pausing, may_go_on = asyncio.Event(), asyncio.Event()

    async def pause(seconds: float) -> None:
        assert seconds > 0
        pausing.set()
        await may_go_on.wait()

    async with world(FALLBACK, sessions=1, sleep=pause) as one:
        (visitor,) = one.visitors
        one.simulator.fail(RestFault.UNAVAILABLE, "session")
        (session_id,) = await live(one, visitor)
        given = end(one, session_id)
        await asyncio.wait_for(pausing.wait(), 5)
        one.host.hosting.says_status(session_id, "terminated", after=number(given))
        one.host.hosting.says_status(session_id, "active")
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.CONFIRMED, Via.REST)
        may_go_on.set()
        await one.until(lambda: any(isinstance(answer, ServiceAnsweredEnd) for answer in one.answers))
        assert deletes(one, visitor) == 1
        assert one.host.session(session_id).ended is None


async def test_unreachable_service_was_never_asked() -> None:
    async with world(FALLBACK, sessions=1) as one:
        (session_id,) = await live(one, *one.visitors)
        await one.simulator.close()
        given = end(one, session_id)
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.PAGE)
        assert "the service could not be asked" in entry.text


async def test_read_only_host_asks_no_service() -> None:
    async with world(FALLBACK, sessions=1) as one:
        (session_id,) = await live(one, *one.visitors)
        given = end(one, session_id)
        one.host.policy.now = replace(FALLBACK, read_only=True)
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.PAGE)
        assert "the service was not asked: this host is read-only now" in entry.text
        assert deletes(one, one.visitors[0]) == 0


async def test_session_in_another_page_is_not_ended_by_the_service() -> None:
    async with world(FALLBACK, sessions=1) as one:
        (session_id,) = await live(one, *one.visitors)
        given = end(one, session_id)
        one.host.hosting.sink(events.SessionOpened(session_id, group=2))
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.PAGE)
        assert deletes(one, one.visitors[0]) == 0


async def test_end_that_waits_too_long_is_unconfirmed_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmation_deadlines, "ASK_SERVICE_WITHIN_S", 0.8)
    async with world(FALLBACK, sessions=5) as one:
        one.simulator.fail(RestFault.SLOW, "session", times=AT_ONCE, seconds=2.5)
        ids = await live(one, *one.visitors)
        ends = [end(one, session_id) for session_id in ids]
        entry = await one.host.supervisor.instructions.wait(ends[4])
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.PAGE)
        assert "could not be asked in time" in entry.text
        for given in ends[:4]:
            await one.host.supervisor.instructions.wait(given)
        assert [deletes(one, visitor) for visitor in one.visitors] == [1, 1, 1, 1, 0]
