"""What the host learns of hosted visitors from the simulator's REST side, and what bulk ends do with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import pytest

from browser_host.api.requests import EndRequest
from browser_host.api.schema import Outcome
from browser_host.config.choices import Auth
from browser_host.sessions.clock import system_clock
from browser_host.sessions.filter import parse
from browser_host.sessions.session import Session, Source
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.simulator.rest_faults import RestFault
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.simulator.simulated_service import PageOrder
from browser_host.supervisor.api.handlers import HostService
from browser_host.supervisor.automation.visitor_poller import VisitorPoller
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import Policy
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import AGENT_ID, ServiceSettings
from tests.support.clocks import SettableClock
from tests.support.host import PEER, ScriptedHost, SilentLog, scripted_host

GONE_S = 120.0
COUNT, LEAVING = 12, 4


@dataclass(frozen=True, slots=True)
class Hosted:
    """A host with a session for each visitor of a simulator, by visitor."""

    host: ScriptedHost
    simulator: Simulator
    poller: VisitorPoller
    service: HostService
    clock: SettableClock
    ids: dict[str, str]
    told: list[str | None]
    """The poller's trouble, each time that it changed."""

    @property
    def visitors(self) -> list[str]:
        return list(self.ids)

    def leave(self, *visitors: str) -> None:
        for one in visitors:
            self.simulator.order(one, PageOrder.LEAVE)

    def stale(self) -> set[str]:
        rule = parse("stale:gone")
        views = {view.id: view for view in self.host.supervisor.store.views()}
        return {one for one, session_id in self.ids.items() if rule.matches(views[session_id], 0.0)}

    async def end(self, *visitors: str, dry_run: bool = False) -> Outcome:
        ids = tuple(self.ids[one] for one in visitors)
        return await self.service.end(EndRequest(ids=ids, dry_run=dry_run, wait=False), PEER)


@contextlib.asynccontextmanager
async def hosted(
    count: int = COUNT, gone_s: float = GONE_S, interval_s: float = 30.0
) -> AsyncIterator[Hosted]:
    clock = SettableClock()
    rules = Policy(undo_s=60.0, stale=StaleRules(StaleLimits(gone=gone_s)))
    async with Simulator(SimulatorSettings(sessions=count, rate=0)) as simulator:
        settings = ServiceSettings(simulator.base_url, Auth.X_API_KEY, simulator.api_key)
        async with (
            UpscopeClient(settings, patience=Patience(attempts=1)) as client,
            scripted_host(rules, clock=clock) as host,
        ):
            told: list[str | None] = []
            poller = VisitorPoller(
                client,
                host.supervisor.store,
                host.policy,
                agent_id=AGENT_ID,
                interval_s=interval_s,
                receive=host.supervisor.receive,
                clock=clock,
                log=SilentLog(),
                changed=lambda: told.append(poller.trouble),
            )
            service = HostService(
                host.supervisor,
                journal=host.journal,
                visitors=poller,
                alert_watch=host.alert_watch,
                feed=host.feed,
                policy=host.policy,
                version="0.0.0",
                started=system_clock(),
                simulated=False,
                stop=lambda _: None,
            )
            ids = {}
            for one in simulator.sessions:
                new = NewSession(one.link, Source.COMMAND, one.label, one.id)
                ids[one.id] = host.supervisor.add(new)
                host.hosting.says_status(ids[one.id], "viewerReady")
            yield Hosted(host, simulator, poller, service, clock, ids, told)


async def test_who_left_is_gone_after_the_limit_and_nobody_else() -> None:
    async with hosted() as one:
        await one.poller.look()
        one.leave(*one.visitors[:LEAVING])
        await one.poller.look()
        one.clock.forward(GONE_S)
        assert one.stale() == set()
        await one.poller.look()
        assert one.stale() == set(one.visitors[:LEAVING])
        session = one.host.session(one.ids[one.visitors[0]])
        assert session.status == "viewerReady"
        visitor = one.host.events()
        changed = [event for event in visitor if event["type"] == "session.visitor"]
        assert len(changed) == COUNT + LEAVING, "one when it was first seen, one for each who left"
        assert changed[-1]["visitor_state"]["online"] is False


async def test_an_outage_makes_nobody_stale_and_is_told_once() -> None:
    async with hosted() as one:
        one.leave(*one.visitors[:LEAVING])
        await one.poller.look()
        one.simulator.fail(RestFault.UNAVAILABLE, times=2)
        for _ in range(2):
            one.clock.forward(GONE_S)
            await one.poller.look()
            assert one.stale() == set()
        one.clock.forward(GONE_S)
        await one.poller.look()
        assert one.stale() == set(), "the time of the outage does not count"
        one.clock.forward(GONE_S)
        await one.poller.look()
        assert one.stale() == set(one.visitors[:LEAVING])
        assert [trouble is None for trouble in one.told] == [False, True]
        assert one.service.snapshot().host.visitors is None


async def test_a_look_comes_when_the_limit_is_reached() -> None:
    async with hosted(count=2, gone_s=0.2, interval_s=600.0) as one:
        one.leave(one.visitors[0])
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(one.poller.run(stopping))
            async with asyncio.timeout(10):
                while one.stale() != {one.visitors[0]}:
                    await one.host.feed.news(one.host.feed.seq, within=0.1)
            stopping.set()
        assert list(one.simulator.record.calls) == [
            *(f"GET /v1.3/visitors/{visitor}" for visitor in one.visitors),
            f"GET /v1.3/visitors/{one.visitors[0]}",
        ]


async def test_the_plan_says_what_the_service_says() -> None:
    async with hosted(count=3) as one:
        left, watched, _ = one.visitors
        one.leave(left)
        one.simulator.order(watched, PageOrder.JOIN, "Dana")
        await one.poller.look()
        one.clock.forward(250)
        planned = await one.end(left, watched, dry_run=True)
        assert [entry.reason for entry in planned.plan] == [
            "asked for; left 4m10s ago",
            "asked for; in session, another agent: Dana",
        ]
        assert [entry.visitor for entry in planned.plan] == ["left", "in session, another agent: Dana"]
        await one.poller.look()
        (entry,) = (await one.end(left, dry_run=True)).plan
        assert entry.reason == "visitor left 4m10s ago, limit 2m"


async def test_a_bulk_end_asks_once_more_and_says_what_changed() -> None:
    async with hosted() as one:
        one.leave(*one.visitors[:LEAVING])
        await one.poller.look()
        one.simulator.order(one.visitors[0], PageOrder.ARRIVE)
        calls = len(one.simulator.record.calls)
        outcome = await one.end(*one.visitors[:LEAVING])
        assert len(one.simulator.record.calls) == calls + 1
        back, *others = outcome.plan
        assert (back.reason, back.visitor) == ("asked for; in session; was left", "in session")
        assert {entry.visitor for entry in others} == {"left"}
        assert dict(outcome.counts) == {"queued": LEAVING}, "it says so and goes on"
        assert outcome.notes == ()


async def test_an_end_goes_on_where_the_service_does_not_answer() -> None:
    async with hosted(count=3) as one:
        await one.poller.look()
        one.simulator.fail(RestFault.UNAVAILABLE)
        first = await one.end(*one.visitors[:2])
        (note,) = first.notes
        assert note.startswith("visitors are shown as they were last seen: the REST service")
        assert dict(first.counts) == {"queued": 2}
        assert {entry.visitor for entry in first.plan} == {"in session"}


async def test_a_service_that_just_failed_is_not_waited_for() -> None:
    async with hosted(count=2) as one:
        one.simulator.fail(RestFault.UNAVAILABLE)
        await one.poller.look()
        calls = len(one.simulator.record.calls)
        outcome = await one.end(*one.visitors)
        assert len(outcome.notes) == 1
        assert len(one.simulator.record.calls) == calls


async def test_an_end_of_one_session_waits_for_no_service() -> None:
    async with hosted(count=2) as one:
        await one.poller.look()
        calls = len(one.simulator.record.calls)
        assert dict((await one.end(one.visitors[0])).counts) == {"queued": 1}
        assert len(one.simulator.record.calls) == calls


async def test_who_is_removed_while_the_service_is_asked_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    async with hosted(count=3) as one:
        asked_first = one.poller.recheck

        async def recheck(sessions: Iterable[Session]) -> str | None:
            why = await asked_first(sessions)
            one.host.supervisor.remove(one.ids[one.visitors[0]])
            return why

        monkeypatch.setattr(one.poller, "recheck", recheck)
        outcome = await one.end(*one.visitors)
        assert dict(outcome.counts) == {"queued": 2, "skipped": 1}
        assert [entry.id for entry in outcome.plan] == [one.ids[visitor] for visitor in one.visitors[1:]]
