"""Links, discovery and the fallback, against the simulator's REST side over TCP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest

from browser_host.browsers import reports
from browser_host.config.choices import Auth
from browser_host.errors import Refused
from browser_host.protocol.instructions import EndSession
from browser_host.sessions.instant import system_clock
from browser_host.sessions.ledger import EntryState, Via
from browser_host.sessions.session import ErrorCode, Fault, Hosting, Source
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.supervisor.bringing_back import remember
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.recovery import Recovery
from browser_host.supervisor.rest import Rest
from browser_host.supervisor.rules import Rules
from browser_host.supervisor.scout import Scout
from browser_host.upscope import discovery
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.links import LinkRules
from browser_host.upscope.settings import ServiceSettings
from tests.support.host import ScriptedHost, SilentLog, scripted_host


@dataclass(frozen=True, slots=True)
class World:
    host: ScriptedHost
    simulator: Simulator
    rest: Rest

    @property
    def visitors(self) -> list[str]:
        return [one.id for one in self.simulator.sessions]

    def links_made(self) -> list[str]:
        return [made.session for made in self.simulator.record.links]

    def add(self, visitor: str) -> str:
        return self.host.supervisor.add(NewSession(None, Source.COMMAND, "", visitor))

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await self.host.feed.news(self.host.feed.seq, within=0.2)


@contextlib.asynccontextmanager
async def world(
    rules: Rules | None = None, links: LinkRules | None = None, sessions: int = 4
) -> AsyncIterator[World]:
    async with Simulator(SimulatorSettings(sessions=sessions)) as simulator:
        client = UpscopeClient(ServiceSettings(simulator.base_url, Auth.X_API_KEY, simulator.api_key))
        rest = Rest(client, links or LinkRules(), supervisor_name="ada", clock=system_clock, log=SilentLog())
        async with scripted_host(rules, rest=rest) as host, rest.working(host.supervisor.receive):
            yield World(host, simulator, rest)


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
async def test_an_id_that_no_visitor_can_have_is_one_sessions_trouble_and_not_the_hosts(visitor: str) -> None:
    async with world() as one:
        session_id = one.add(visitor)
        await one.until(lambda: one.host.session(session_id).error is not None)
        error = one.host.session(session_id).error
        assert error is not None
        assert (error.code, "short id" in error.text) == (ErrorCode.LINK_REFUSED, True)
        other = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(other).hosting is Hosting.LOADING)


async def test_a_link_that_the_page_refused_is_replaced_at_its_own_pace() -> None:
    async with world(links=LinkRules(first_wait_s=0.3, each=2)) as one:
        session_id = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        first = one.host.session(session_id).link
        refused = Fault(ErrorCode.HTTP_STATUS, "the service answered 410")
        one.host.hosting.sink(reports.SessionBlocked(session_id, refused))
        await one.until(lambda: one.host.session(session_id).link != first)
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        one.host.hosting.sink(reports.SessionBlocked(session_id, refused))
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


async def test_an_end_that_the_page_does_not_confirm_goes_by_the_service_and_says_so() -> None:
    rules = Rules(undo_s=0.0, confirm_within_s=0.3, rest_fallback=True)
    async with world(rules) as one:
        session_id = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        one.host.hosting.says_status(session_id, "viewerReady")
        given = one.host.give(session_id, EndSession(), delay_s=0, confirm_within_s=0.3)
        entry = await one.host.supervisor.dispatch.settle(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.REST)
        assert "said ok" in entry.text
        assert any(call.startswith("DELETE") for call in one.simulator.record.calls)


async def test_the_service_is_not_asked_any_more_once_a_reload_says_so() -> None:
    rules = Rules(undo_s=0.0, confirm_within_s=0.3, rest_fallback=True)
    async with world(rules) as one:
        session_id = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        one.host.hosting.says_status(session_id, "viewerReady")
        one.host.rules.now = replace(rules, rest_fallback=False)
        given = one.host.give(session_id, EndSession(), delay_s=0, confirm_within_s=0.1)
        entry = await one.host.supervisor.dispatch.settle(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.UNCONFIRMED, Via.PAGE)
        assert not any(call.startswith("DELETE") for call in one.simulator.record.calls)


async def test_an_end_by_the_service_is_confirmed_by_the_pages_own_word() -> None:
    rules = Rules(undo_s=0.0, confirm_within_s=0.3, rest_fallback=True)
    async with world(rules) as one:
        session_id = one.add(one.visitors[0])
        await one.until(lambda: one.host.session(session_id).hosting is Hosting.LOADING)
        one.host.hosting.says_status(session_id, "viewerReady")
        given = one.host.give(session_id, EndSession(), delay_s=0, confirm_within_s=0.3)
        assert given.order is not None
        await one.until(lambda: one.host.session(session_id).ledger[-1].via is Via.REST)
        one.host.hosting.says_status(session_id, "terminated", after=given.order.number)
        entry = await one.host.supervisor.dispatch.settle(given)
        assert entry is not None
        assert (entry.state, entry.via) == (EntryState.CONFIRMED, Via.REST)


def scout(one: World, ceiling: int, changed: Callable[[], None] = lambda: None) -> Scout:
    rules = discovery.Rules(max_sessions=ceiling, grace_s=0.0, in_session_only=True, links=one.rest.rules)
    return Scout(
        one.host.supervisor,
        one.rest,
        rules,
        search="",
        interval_s=60.0,
        clock=system_clock,
        log=SilentLog(),
        changed=changed,
    )


async def test_discovery_hosts_who_is_in_a_session_up_to_its_ceiling() -> None:
    async with world(links=LinkRules(an_hour=3), sessions=5) as one:
        looking = scout(one, ceiling=3)
        await looking.look()
        held = [session for session in one.host.supervisor.fleet if session.source is Source.DISCOVERED]
        assert len(held) == 3
        assert (looking.sight.held, looking.sight.ceiling) == (3, 3)
        assert looking.sight.held_back == 2
        await one.until(lambda: len(one.links_made()) == 3)
        await looking.look()
        assert len(one.links_made()) == 3


async def test_discovery_that_fails_says_why_and_lets_nobody_go() -> None:
    told: list[int] = []
    async with world(sessions=2) as one:
        looking = scout(one, ceiling=5, changed=lambda: told.append(1))
        await looking.look()
        before = len(one.host.supervisor.fleet)
        await one.simulator.close()
        await looking.look()
        assert len(one.host.supervisor.fleet) == before
        assert looking.sight.trouble
        assert len(told) == 2
