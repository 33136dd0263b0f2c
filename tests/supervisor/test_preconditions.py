"""What an instruction depends on is asked when it is posted: not before, and not beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.api.requests import EndRequest
from browser_host.bridge import events
from browser_host.protocol.page_instructions import EndSession, Instruction, Mode, SetMode, SwitchColor
from browser_host.sessions.clock import system_clock
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.automation.auto_end import AutoEnd
from browser_host.supervisor.policy import Policy
from tests.support.host import PEER, ScriptedHost, SilentLog, scripted_host
from tests.support.hosting import ScriptedHosting
from tests.support.patience import patient

PENDING_AT_ONCE = StaleRules(default=StaleLimits(pending=0.0, waiting=None, mute=None, lost=None))
BY_RULE = Policy(
    undo_s=0.5,  # the visitor accepts meanwhile, on a busy machine too
    confirm_within_s=0.2,
    stale=PENDING_AT_ONCE,
    automatic=frozenset({"pending"}),
)
INSTRUCTIONS = (EndSession(), SetMode(Mode.DRAW), SwitchColor("#ff0000"))


@contextlib.asynccontextmanager
async def queueing_host(rules: Policy | None = None) -> AsyncIterator[ScriptedHost]:
    """A host whose page takes instructions only when the test says so."""
    async with scripted_host(rules, ScriptedHosting(queues=True)) as host:
        yield host


async def end_by_rule(host: ScriptedHost) -> AutoEnd:
    store, instructions = host.supervisor.store, host.supervisor.instructions
    auto_end = AutoEnd(host.policy, store, instructions, system_clock, SilentLog())
    await auto_end.look()
    return auto_end


async def queued(host: ScriptedHost) -> None:
    """Waits until an instruction is in the bridge's queue."""
    async with asyncio.timeout(patient(5)):
        while not host.hosting.queued:
            await host.feed.news(host.feed.seq, within=0.01)


def newest(host: ScriptedHost, session_id: str) -> Entry:
    return host.session(session_id).ledger[-1]


async def test_rule_end_is_not_sent_once_the_visitor_accepted() -> None:
    async with scripted_host(BY_RULE) as host:
        (accepts,) = host.live(1, "pendingRequest")
        await end_by_rule(host)
        host.hosting.says_status(accepts, "active")
        async with asyncio.timeout(patient(5)):
            while newest(host, accepts).state is EntryState.QUEUED:
                await host.feed.news(host.feed.seq, within=1)
        entry = newest(host, accepts)
        assert (entry.state, entry.text) == (
            EntryState.CANCELLED,
            "nothing was sent: rule pending no longer applies",
        )
        assert host.hosting.posted == []
        assert "instruction.sent" not in {e["type"] for e in host.events() if e.get("id") == accepts}


async def test_rule_is_asked_again_when_the_page_takes_the_end() -> None:
    async with queueing_host(BY_RULE) as host:
        (session_id,) = host.live(1, "pendingRequest")
        await end_by_rule(host)
        await queued(host)
        host.hosting.says_status(session_id, "active")
        host.hosting.hand_over()
        assert newest(host, session_id).state is EntryState.CANCELLED
        assert host.hosting.posted == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"automatic": frozenset[str]()}, "no longer ends by rule pending"),
        ({"stale": StaleRules(StaleLimits(pending=300.0))}, "rule pending no longer applies"),
        ({"automatic_per_hour": 0}, "the ceiling of ends by rule was lowered"),
        ({"read_only": True}, "read-only"),
    ],
)
async def test_reload_withdraws_what_it_forbids(changed: dict[str, object], why: str) -> None:
    async with queueing_host(BY_RULE) as host:
        (session_id,) = host.live(1, "pendingRequest")
        await end_by_rule(host)
        await queued(host)
        host.policy.now = replace(BY_RULE, **changed)  # type: ignore[arg-type]  # as the parameters are
        host.hosting.hand_over()
        assert newest(host, session_id).state is EntryState.CANCELLED
        assert why in newest(host, session_id).text
        assert host.hosting.posted == []


@pytest.mark.parametrize("by_ids", [False, True])
async def test_end_of_the_stale_is_sent_only_to_the_stale(*, by_ids: bool) -> None:
    async with queueing_host(replace(BY_RULE, undo_s=0.0, automatic=frozenset())) as host:
        accepts, pending = ids = host.live(2, "pendingRequest")
        host.supervisor.store.judge_all()
        request = EndRequest(ids=tuple(ids), while_stale=True) if by_ids else EndRequest(stale=True)
        ending = asyncio.ensure_future(host.service.end(request, PEER))
        async with asyncio.timeout(5):
            while len(host.hosting.queued) < len(ids):
                await host.feed.news(host.feed.seq, within=0.01)
        host.hosting.says_status(accepts, "active")
        host.hosting.hand_over()
        assert [posted.session_id for posted in host.hosting.posted] == [pending]
        results = {one.id: (one.state, one.text) for one in (await ending).results}
        assert results[accepts] == ("cancelled", "nothing was sent: it is no longer stale")


async def test_end_of_the_stale_skips_who_is_not() -> None:
    async with scripted_host(BY_RULE) as host:
        (session_id,) = host.live(1)
        outcome = await host.service.end(EndRequest(ids=(session_id,), while_stale=True), PEER)
        assert [(one.state, one.text) for one in outcome.results] == [("skipped", "it is no longer stale")]
        assert (outcome.plan, host.hosting.posted) == ((), [])


async def test_withdrawn_rule_end_costs_nothing_of_the_ceiling() -> None:
    async with scripted_host(replace(BY_RULE, undo_s=60.0, automatic_per_hour=1)) as host:
        (session_id,) = host.live(1, "pendingRequest")
        auto_end = await end_by_rule(host)
        host.hosting.says_status(session_id, "active")
        await auto_end.look()
        host.hosting.says_status(session_id, "pendingRequest")
        await auto_end.look()
        assert [entry.state for entry in host.session(session_id).ledger] == [
            EntryState.CANCELLED,
            EntryState.QUEUED,
        ]


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("delay_s", [0.0, 0.01])
async def test_read_only_host_posts_nothing_that_waits(instruction: Instruction, delay_s: float) -> None:
    async with queueing_host() as host:
        (session_id,) = host.live(1)
        submitted = host.give(session_id, instruction, delay_s=delay_s)
        await queued(host)
        host.policy.now = replace(host.policy.now, read_only=True)
        host.hosting.hand_over()
        entry = await host.supervisor.instructions.wait(submitted)
        assert entry is not None
        assert (entry.state, entry.text) == (
            EntryState.CANCELLED,
            "nothing was sent: this host is read-only now (host.read_only)",
        )
        assert host.hosting.posted == []


async def test_recheck_cancels_what_is_in_its_undo() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.give(session_id, EndSession(), delay_s=60)
        host.supervisor.instructions.recheck()
        assert newest(host, session_id).state is EntryState.QUEUED
        host.policy.now = replace(host.policy.now, read_only=True)
        host.supervisor.instructions.recheck()
        assert newest(host, session_id).state is EntryState.CANCELLED


async def test_instruction_is_not_sent_to_a_page_opened_since() -> None:
    async with queueing_host() as host:
        (session_id,) = host.live(1)
        host.give(session_id, EndSession())
        host.hosting.sink(events.SessionOpened(session_id, group=2))
        host.hosting.hand_over()
        assert (newest(host, session_id).state, host.hosting.posted) == (EntryState.CANCELLED, [])
        assert "its page was opened again" in newest(host, session_id).text


async def test_instruction_prepared_before_a_reopening_is_void() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        instructions = host.supervisor.instructions
        prepared = instructions.prepare(
            host.session(session_id), EndSession(), PEER, delay_s=0, confirm_within_s=1
        )
        host.hosting.sink(events.SessionOpened(session_id, group=2))
        instructions.accept(prepared)
        assert (newest(host, session_id).state, host.hosting.posted) == (EntryState.CANCELLED, [])


async def test_removed_session_is_not_instructed_from_the_queue() -> None:
    async with queueing_host() as host:
        (session_id,) = host.live(1)
        host.give(session_id, EndSession())
        host.supervisor.remove(session_id)
        host.hosting.hand_over()
        assert host.hosting.posted == []


async def test_instruction_can_be_cancelled_until_the_page_takes_it() -> None:
    async with queueing_host() as host:
        (session_id,) = host.live(1)
        submitted = host.give(session_id, EndSession())
        assert submitted.order is not None
        host.supervisor.instructions.cancel(submitted.order.number, PEER)
        host.hosting.hand_over()
        assert (newest(host, session_id).state, host.hosting.posted) == (EntryState.CANCELLED, [])


CHANGES = ("accept", "ask again", "reopen", "read-only", "writable", "rule off", "rule on")
ROUNDS = st.lists(st.lists(st.sampled_from(CHANGES), max_size=3), min_size=1, max_size=6)
"""What happens, in each round, to a session whose end by rule is in the bridge's queue."""


def change(host: ScriptedHost, session_id: str, what: str) -> None:
    match what:
        case "accept":
            host.hosting.says_status(session_id, "active")
        case "ask again":
            host.hosting.says_status(session_id, "pendingRequest")
        case "reopen":
            host.hosting.sink(events.SessionOpened(session_id, group=2))
        case "read-only" | "writable":
            host.policy.now = replace(host.policy.now, read_only=what == "read-only")
        case "rule off" | "rule on":
            automatic = frozenset({"pending"} if what == "rule on" else ())
            host.policy.now = replace(host.policy.now, automatic=automatic)


@settings(deadline=None, max_examples=60)
@given(ROUNDS)
def test_rule_end_is_posted_exactly_where_it_still_holds(rounds: list[list[str]]) -> None:
    async def check() -> None:
        rules = replace(BY_RULE, undo_s=0.0, automatic_per_hour=100)
        async with queueing_host(rules) as host:
            (session_id,) = host.live(1, "pendingRequest")
            auto_end = await end_by_rule(host)
            for changes in rounds:
                host.policy.now = rules
                host.hosting.says_status(session_id, "pendingRequest")
                await auto_end.look()
                (queued_end,) = host.hosting.queued
                since = host.session(session_id).status_since
                for what in changes:
                    change(host, session_id, what)
                still_pending = host.session(session_id).status_since == since
                was_reopened = "reopen" in changes
                meant = still_pending and not was_reopened and host.policy.now == rules
                host.hosting.hand_over()
                assert (queued_end[0] in host.hosting.posted) == meant
                host.hosting.says_status(session_id, "terminated", after=queued_end[0].number)

    asyncio.run(check())
