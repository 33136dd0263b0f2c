"""A watch link is asked for, and used, only while its session is there."""

import asyncio

import pytest

from browser_host.config.choices import Auth
from browser_host.sessions.session import Hosting
from browser_host.simulator.rest_faults import RestFault
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import Withdrawn
from browser_host.upscope.settings import ServiceSettings
from tests.supervisor.test_upscope_worker import World, world

AT_ONCE = 4
"""Requests that the worker has under way together."""


def asked(one: World, visitor: str) -> int:
    return sum(call.endswith(f"/{visitor}/watch_url") for call in one.simulator.record.calls)


async def test_no_link_is_asked_for_once_its_session_is_removed() -> None:
    async with world(sessions=6) as one:
        one.simulator.fail(RestFault.SLOW, "watch_url", times=AT_ONCE, seconds=1.0)
        ids = [one.add(visitor) for visitor in one.visitors]
        await one.until(lambda: sum(asked(one, visitor) for visitor in one.visitors) == AT_ONCE)
        one.host.supervisor.remove(ids[4])
        await one.until(lambda: one.host.session(ids[5]).hosting is Hosting.LOADING)
        assert [asked(one, visitor) for visitor in one.visitors] == [1, 1, 1, 1, 0, 1]
        assert [visitor for visitor, _ in one.rest.book.asked if visitor == one.visitors[4]] == []


async def test_link_of_a_removed_session_is_dropped_and_logged() -> None:
    async with world(sessions=1) as one:
        (visitor,) = one.visitors
        one.simulator.fail(RestFault.SLOW, "watch_url", seconds=0.3)
        session_id = one.add(visitor)
        await one.until(lambda: asked(one, visitor) == 1)
        one.host.supervisor.remove(session_id)
        await one.until(lambda: one.answers != [])
        assert one.host.hosting.opened == []
        (dropped,) = one.host.log.of("link.dropped")
        assert (dropped["id"], len(str(dropped["link"]))) == (session_id, 8)


async def test_session_added_again_does_not_use_the_first_link() -> None:
    async with world(sessions=1) as one:
        (visitor,) = one.visitors
        one.simulator.fail(RestFault.SLOW, "watch_url", seconds=0.3)
        session_id = one.add(visitor)
        await one.until(lambda: asked(one, visitor) == 1)
        one.host.supervisor.remove(session_id)
        assert one.add(visitor) == session_id
        await one.until(lambda: len(one.host.log.of("link.dropped")) == 1)
        assert one.host.hosting.opened == []


async def test_link_is_not_tried_again_once_nobody_wants_it() -> None:
    wanted = True

    async def pause(_: float) -> None:
        nonlocal wanted
        wanted = False
        await asyncio.sleep(0)

    async with Simulator(SimulatorSettings(sessions=1)) as simulator:
        simulator.fail(RestFault.RATE_LIMITED, "watch_url")
        service = ServiceSettings(simulator.base_url, Auth.X_API_KEY, simulator.api_key)
        async with UpscopeClient(service, sleep=pause) as client:
            with pytest.raises(Withdrawn):
                await client.watch_link(simulator.sessions[0].id, None, lambda: wanted)
        assert len(simulator.record.calls) == 1
        assert not simulator.record.links


async def test_request_that_nobody_wants_never_reaches_the_service() -> None:
    async with Simulator(SimulatorSettings(sessions=1)) as simulator:
        service = ServiceSettings(simulator.base_url, Auth.X_API_KEY, simulator.api_key)
        async with UpscopeClient(service) as client:
            with pytest.raises(Withdrawn):
                await client.end_session(simulator.sessions[0].id, lambda: False)
            await client.usage()
        assert [call.partition(" ")[0] for call in simulator.record.calls] == ["GET"]
