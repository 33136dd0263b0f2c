"""Ending by rule: only whom the rules name, once each, with a ceiling, and never unless it was configured."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from browser_host.api.peer import Peer
from browser_host.journal.entries import JournalEntry
from browser_host.sessions.clock import system_clock
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.automation import auto_end
from browser_host.supervisor.automation.auto_end import HOUR_S, AutoEnd, Quota
from browser_host.supervisor.policy import Policy
from tests.support.host import ScriptedHost, SilentLog, scripted_host
from tests.support.patience import patient

AT_ONCE = StaleRules(default=StaleLimits(pending=0.0, waiting=0.0, mute=None, lost=None))


@dataclass(frozen=True, slots=True)
class Watched:
    host: ScriptedHost
    auto_end: AutoEnd

    def ended(self) -> list[str]:
        return [posted.session_id for posted in self.host.hosting.posted]


@contextlib.asynccontextmanager
async def watched(
    *automatic: str, per_hour: int = 20, undo_s: float = 0.0, read_only: bool = False
) -> AsyncIterator[Watched]:
    rules = Policy(
        undo_s=undo_s,
        confirm_within_s=0.01,
        stale=AT_ONCE,
        automatic=frozenset(automatic),
        automatic_per_hour=per_hour,
        read_only=read_only,
    )
    async with scripted_host(rules) as host:
        store, instructions = host.supervisor.store, host.supervisor.instructions
        yield Watched(host, AutoEnd(host.policy, store, instructions, system_clock, SilentLog()))


async def test_nobody_is_ended_unless_a_rule_is_named() -> None:
    async with watched() as one:
        one.host.live(3, "pendingRequest")
        await one.auto_end.look()
        assert one.ended() == []


async def test_only_whom_the_named_rule_calls_stale_are_ended() -> None:
    async with watched("pending") as one:
        pending = one.host.live(2, "pendingRequest")
        one.host.hosting.says_status(one.host.add("waiting"), "waiting")
        one.host.hosting.says_status(one.host.add("fine"), "viewerReady")
        await one.auto_end.look()
        assert one.ended() == pending
        entry = one.host.session(pending[0]).ledger[-1]
        assert (entry.order.by, entry.order.client) == ("rule pending", "rule")


async def test_a_session_is_tried_once_until_it_is_stale_anew() -> None:
    async with watched("pending") as one:
        (session_id,) = one.host.live(1, "pendingRequest")
        await one.auto_end.look()
        async with asyncio.timeout(patient(5)):
            while one.host.session(session_id).ledger[-1].state is not EntryState.UNCONFIRMED:
                await one.host.feed.news(one.host.feed.seq, within=1)
        await one.auto_end.look()
        assert len(one.ended()) == 1
        one.host.hosting.says_status(session_id, "active")
        await one.auto_end.look()
        one.host.hosting.says_status(session_id, "pendingRequest")
        await one.auto_end.look()
        assert len(one.ended()) == 2


async def test_an_end_that_was_taken_back_is_not_given_again() -> None:
    async with watched("pending", undo_s=60.0) as one:
        (session_id,) = one.host.live(1, "pendingRequest")
        await one.auto_end.look()
        number = one.host.session(session_id).ledger[-1].order.number
        one.host.supervisor.instructions.cancel(number, Peer(uid=1, name="ada", client="tui"))
        await one.auto_end.look()
        assert len(one.host.session(session_id).ledger) == 1
        assert one.ended() == []


async def test_the_ceiling_holds() -> None:
    async with watched("pending", per_hour=2) as one:
        one.host.live(5, "pendingRequest")
        await one.auto_end.look()
        await one.auto_end.look()
        assert len(one.ended()) == 2


async def test_rules_that_came_by_a_reload_hold_at_its_next_look() -> None:
    async with watched() as one:
        one.host.live(5, "pendingRequest")
        await one.auto_end.look()
        assert one.ended() == []
        automatic = replace(one.host.policy.now, automatic=frozenset({"pending"}), automatic_per_hour=2)
        one.host.policy.now = automatic
        await one.auto_end.look()
        assert len(one.ended()) == 2
        one.host.policy.now = replace(automatic, automatic_per_hour=3)
        await one.auto_end.look()
        assert len(one.ended()) == 3
        one.host.policy.now = replace(automatic, automatic_per_hour=5, read_only=True)
        await one.auto_end.look()
        assert len(one.ended()) == 3


async def test_a_read_only_host_ends_nobody() -> None:
    async with watched("pending", read_only=True) as one:
        one.host.live(2, "pendingRequest")
        await one.auto_end.look()
        assert one.ended() == []


async def test_who_is_stale_no_more_when_its_turn_comes_is_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched("pending", per_hour=2) as one:
        first, second, third = one.host.live(3, "pendingRequest")
        write = one.host.journal.write

        async def slow(entries: Sequence[JournalEntry], late: Callable[[], None]) -> tuple[int, ...]:
            one.host.hosting.says_status(second, "active")
            return await write(entries, late=late)

        monkeypatch.setattr(one.host.journal, "write", slow)
        await one.auto_end.look()
        assert one.ended() == [first]
        await one.auto_end.look()  # what was not ended costs nothing of the hour's ceiling
        assert one.ended() == [first, third]


async def test_host_that_became_read_only_stops_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with watched("pending") as one:
        one.host.live(2, "pendingRequest")
        write = one.host.journal.write

        async def slow(entries: Sequence[JournalEntry], late: Callable[[], None]) -> tuple[int, ...]:
            one.host.policy.now = replace(one.host.policy.now, read_only=True)
            return await write(entries, late=late)

        monkeypatch.setattr(one.host.journal, "write", slow)
        await one.auto_end.look()
        assert one.ended() == []


async def test_it_stops_when_the_host_does() -> None:
    async with watched("pending") as one:
        stopping = asyncio.Event()
        running = asyncio.ensure_future(one.auto_end.run(stopping))
        stopping.set()
        await asyncio.wait_for(running, 5)


def test_the_quota_is_of_any_hour() -> None:
    quota = Quota(2)
    quota.take(0.0)
    quota.take(HOUR_S / 2)
    assert quota.left(HOUR_S - 1) == 0
    assert quota.left(HOUR_S) == 1
    quota.take(HOUR_S)
    assert quota.left(HOUR_S * 1.5 - 1) == 0


async def test_pending_end_is_withdrawn_when_its_rule_stops() -> None:
    async with watched("pending", undo_s=60.0) as one:
        answered, still = one.host.live(2, "pendingRequest")
        await one.auto_end.look()
        one.host.hosting.says_status(answered, "viewerReady")
        await one.auto_end.look()
        entry = one.host.session(answered).ledger[-1]
        assert (entry.state, entry.text) == (
            EntryState.CANCELLED,
            "nothing was sent: rule pending no longer applies",
        )
        assert one.host.session(still).ledger[-1].state is EntryState.QUEUED
        one.host.hosting.says_status(answered, "pendingRequest")
        await one.auto_end.look()
        assert one.host.session(answered).ledger[-1].state is EntryState.QUEUED
        assert one.ended() == []


async def test_a_look_that_fails_is_told_and_the_next_one_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched("pending") as one:
        stopping, looks = asyncio.Event(), list[int]()

        async def fails() -> None:
            looks.append(len(looks))
            if len(looks) == 2:
                stopping.set()
            raise RuntimeError("nobody foresaw this")

        monkeypatch.setattr(one.auto_end, "look", fails)
        monkeypatch.setattr(auto_end, "LOOK_EVERY_S", 0.01)
        await asyncio.wait_for(one.auto_end.run(stopping), 5)
        assert looks == [0, 1]
