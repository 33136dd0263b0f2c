"""Links, discovery and the fallback, against the simulator's REST side over TCP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from browser_host.api.replies import ArrivalState
from browser_host.api.requests import AddRequest
from browser_host.bridge import events
from browser_host.config.choices import Auth
from browser_host.errors import Refused
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.clock import system_clock
from browser_host.sessions.ledger import EntryState, Via
from browser_host.sessions.rules.visitor_share import VisitorShare
from browser_host.sessions.session import ErrorCode, Fault, Hosting, Source
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.supervisor.audit.replay import Recovery
from browser_host.supervisor.automation.discovery import DiscoveryPoller
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import Policy
from browser_host.supervisor.process.startup import remember
from browser_host.supervisor.upscope_worker import Answer, UpscopeWorker
from browser_host.upscope import discovery_plan
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.links import LinkRules
from browser_host.upscope.settings import ServiceSettings
from tests.support.host import PEER, ScriptedHost, SilentLog, scripted_host
from tests.support.patience import patient


@dataclass(frozen=True, slots=True)
class World:
    host: ScriptedHost
    simulator: Simulator
    rest: UpscopeWorker
    answers: list[Answer]
    """What the worker answered to the supervisor."""

    @property
    def visitors(self) -> list[str]:
        return [one.id for one in self.simulator.sessions]

    def links_made(self) -> list[str]:
        return [made.session for made in self.simulator.record.links]

    def add(self, visitor: str) -> str:
        return self.host.supervisor.add(NewSession(None, Source.COMMAND, "", visitor))

    async def live(self) -> str:
        """Host the first visitor, whose page is ready for an agent."""
        session_id = self.add(self.visitors[0])
        await self.until(lambda: self.host.session(session_id).hosting is Hosting.LOADING)
        self.host.hosting.says_status(session_id, "viewerReady")
        return session_id

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(patient(10)):
            while not holds():
                await self.host.feed.news(self.host.feed.seq, within=0.2)


@contextlib.asynccontextmanager
async def world(
    rules: Policy | None = None,
    links: LinkRules | None = None,
    sessions: int = 4,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[World]:
    answers: list[Answer] = []
    async with Simulator(SimulatorSettings(sessions=sessions)) as simulator:
        service = ServiceSettings(simulator.base_url, Auth.X_API_KEY, simulator.api_key)
        client = UpscopeClient(service, sleep=sleep)
        rest = UpscopeWorker(
            client, links or LinkRules(), supervisor_name="ada", clock=system_clock, log=SilentLog()
        )
        async with scripted_host(rules, rest=rest) as host:

            def answer(answered: Answer) -> None:
                answers.append(answered)
                host.supervisor.receive(answered)

            async with rest.working(answer):
                yield World(host, simulator, rest, answers)


async def test_a_visitor_is_given_one_link_and_hosted() -> None:
    async with world() as one:
        session_id = one.add(one.visitors[0])
        assert one.host.session(session_id).hosting is Hosting.QUEUED
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        assert one.links_made() == [one.visitors[0]]
        assert len(one.host.session(session_id).link) == 8
        made = one.simulator.record.links[0].request
        assert made["branding"] == {"naked": "page_only"}
        assert made["metadata"]["supervisor"] == "ada"


async def test_a_visitor_that_the_service_does_not_know_is_not_kept() -> None:
    async with world() as one:
        request = AddRequest(visitor="nobody", wait=True, timeout_s=10)
        arrival = await one.host.service.add(request, PEER)
        assert arrival.state is ArrivalState.REFUSED
        assert arrival.text
        assert len(one.host.supervisor.store) == 0


async def test_a_visitor_is_hosted_once() -> None:
    async with world() as one:
        session_id = one.add(one.visitors[0])
        with pytest.raises(Refused, match=session_id):
            one.add(one.visitors[0])


async def test_without_a_key_a_visitor_is_refused_with_what_to_do() -> None:
    async with scripted_host() as host:
        with pytest.raises(Refused, match="api_key_env"):
            host.supervisor.add(NewSession(None, Source.COMMAND, "", "AB12CD"))


async def test_an_unknown_visitor_is_told_as_a_refused_link() -> None:
    async with world() as one:
        session_id = one.add("NOBODY12")
        await one.until(lambda: one.host.session(session_id).error is not None)
        session = one.host.session(session_id)
        assert session.error is not None
        assert (session.hosting, session.error.code) == (Hosting.BLOCKED, ErrorCode.LINK_REFUSED)


@pytest.mark.parametrize("visitor", ["x" * 65, "..", "a\x1b[2Jb"])
async def test_impossible_visitor_id_fails_one_session_only(visitor: str) -> None:
    async with world() as one:
        session_id = one.add(visitor)
        await one.until(lambda: one.host.session(session_id).error is not None)
        error = one.host.session(session_id).error
        assert error is not None
        assert (error.code, "short id" in error.text) == (ErrorCode.LINK_REFUSED, True)
        other = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(other).hosting is Hosting.LOADING)


async def test_refused_link_is_replaced_at_its_own_pace() -> None:
    async with world(links=LinkRules(first_wait_s=0.3, each=2)) as one:
        session_id = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        first = one.host.session(session_id).link
        refused = Fault(ErrorCode.HTTP_STATUS, "the service answered 410")
        one.host.hosting.sink(events.SessionBlocked(session_id, refused))
        await one.until(lambda: one.host.session(session_id).link != first)
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        one.host.hosting.sink(events.SessionBlocked(session_id, refused))
        await one.until(
            lambda: (
                (fault := one.host.session(session_id).error) is not None
                and fault.code is ErrorCode.LINK_REFUSED
            )
        )
        assert len(one.links_made()) == 2


async def test_links_of_a_host_that_died_count_too() -> None:
    async with world(links=LinkRules(first_wait_s=0.5, each=3)) as one:
        known, new = one.visitors[:2]
        now = system_clock()
        recovery = Recovery(links=((known, now.wall - 4000.0), (known, now.wall - 60.0), (known, now.wall)))
        remember(recovery, one.host.supervisor, one.rest, system_clock)
        waits, comes = one.add(known), one.add(new)
        await one.until(lambda: one.host.session(comes).hosting is Hosting.LOADING)
        fault = one.host.session(waits).error
        assert fault is not None
        assert fault.code is ErrorCode.LINK_REFUSED
        assert one.links_made() == [new]
        await one.until(lambda: one.host.session(waits).hosting is Hosting.LOADING)
        assert one.links_made() == [new, known]


async def test_a_crash_costs_no_link() -> None:
    async with world() as one:
        session_id = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        one.host.hosting.crash(session_id)
        await one.until(lambda: len(one.host.hosting.opened) == 2)
        assert len(one.links_made()) == 1


async def test_unconfirmed_end_goes_through_the_service() -> None:
    rules = Policy(undo_s=0.0, confirm_within_s=0.3, rest_fallback=True)
    async with world(rules) as one:
        session_id = await one.live()
        given = one.host.give(session_id, EndSession(), delay_s=0, confirm_within_s=0.3)
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.REST)
        assert "answered ok" in entry.text
        assert any(call.startswith("DELETE") for call in one.simulator.record.calls)


async def test_the_service_is_not_asked_any_more_once_a_reload_says_so() -> None:
    rules = Policy(undo_s=0.0, confirm_within_s=0.3, rest_fallback=True)
    async with world(rules) as one:
        session_id = await one.live()
        one.host.policy.now = replace(rules, rest_fallback=False)
        given = one.host.give(session_id, EndSession(), delay_s=0, confirm_within_s=0.1)
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.PAGE)
        assert not any(call.startswith("DELETE") for call in one.simulator.record.calls)


async def test_end_by_service_is_confirmed_by_the_page() -> None:
    rules = Policy(undo_s=0.0, confirm_within_s=0.3, rest_fallback=True)
    async with world(rules) as one:
        session_id = await one.live()
        given = one.host.give(session_id, EndSession(), delay_s=0, confirm_within_s=0.3)
        assert given.order is not None
        await one.until(lambda: one.host.session(session_id).ledger[-1].via is Via.REST)
        one.host.hosting.says_status(session_id, "terminated", after=given.order.number)
        entry = await one.host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.CONFIRMED, Via.REST)


def poller(
    one: World,
    ceiling: int,
    changed: Callable[[], None] = lambda: None,
    share: VisitorShare = VisitorShare(),  # noqa: B008 - frozen
) -> DiscoveryPoller:
    rules = discovery_plan.DiscoveryRules(
        max_sessions=ceiling, grace_s=0.0, in_session_only=True, links=one.rest.rules
    )
    return DiscoveryPoller(
        one.host.supervisor,
        one.rest,
        rules,
        search="",
        share=share,
        interval_s=60.0,
        clock=system_clock,
        log=SilentLog(),
        changed=changed,
    )


async def test_discovery_hosts_who_is_in_a_session_up_to_its_ceiling() -> None:
    async with world(links=LinkRules(an_hour=3), sessions=5) as one:
        looking = poller(one, ceiling=3)
        await looking.look()
        held = [session for session in one.host.supervisor.store if session.source is Source.DISCOVERED]
        assert len(held) == 3
        assert (looking.state.held, looking.state.ceiling) == (3, 3)
        assert looking.state.held_back == 2
        await one.until(lambda: len(one.links_made()) == 3)
        await looking.look()
        assert len(one.links_made()) == 3


async def test_hosts_with_shares_divide_the_visitors() -> None:
    async with world(sessions=8) as one:
        opened: list[str | None] = []
        for number in (1, 2, 3):  # each lets go of what it holds outside its share
            looking = poller(one, ceiling=8, share=VisitorShare(number, 3))
            await looking.look()
            opened += [session.visitor for session in one.host.supervisor.store]
    assert sorted(map(str, opened)) == sorted(one.visitors)


async def test_discovery_that_fails_says_why_and_lets_nobody_go() -> None:
    told: list[int] = []
    async with world(sessions=2) as one:
        looking = poller(one, ceiling=5, changed=lambda: told.append(1))
        await looking.look()
        before = len(one.host.supervisor.store)
        await one.simulator.close()
        await looking.look()
        assert len(one.host.supervisor.store) == before
        assert looking.state.trouble
        assert len(told) == 2
