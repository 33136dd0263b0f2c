"""The window in which pages' messages are collected follows whoever waits for them."""

import asyncio

from pydantic import SecretStr

from browser_host.api.replies import ArrivalState
from browser_host.api.requests import AddRequest
from browser_host.bridge.events import SessionOpened
from browser_host.protocol.page_instructions import SwitchColor
from browser_host.supervisor.pacing import AT_ONCE, LONGEST_S, Pacing
from tests.support.host import PEER, scripted_host
from tests.support.hosting import ScriptedHosting


def test_window_follows_the_most_impatient() -> None:
    told: list[float] = []
    pacing = Pacing(told.append)
    with pacing.held(0.1):
        pacing.hold("a command")
        pacing.hold("a command")
        with pacing.held(1.0):
            assert told == [LONGEST_S, 0.1, AT_ONCE]
        pacing.release("a command")
        pacing.release("a command")
    assert told == [LONGEST_S, 0.1, AT_ONCE, 0.1, LONGEST_S]


async def test_open_instruction_shortens_the_window() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.give(session_id, SwitchColor("#00ff00"))
        assert host.hosting.windows == [LONGEST_S, AT_ONCE]
        host.hosting.says(session_id, after=1, type="currentColor", color="#00ff00")
        assert host.hosting.windows == [LONGEST_S, AT_ONCE, LONGEST_S]


async def test_window_is_short_while_an_add_waits() -> None:
    async with scripted_host(hosting=ScriptedHosting(opens=False)) as host:
        request = AddRequest(watch_url=SecretStr("https://watch.example/1?token=x"), wait=True)
        waiting = asyncio.create_task(host.service.add(request, PEER))
        await asyncio.sleep(0)
        assert host.hosting.windows[-1] == AT_ONCE
        (session,) = host.supervisor.store
        host.hosting.sink(SessionOpened(session.id, group=1))
        host.hosting.says_status(session.id, "waiting")
        assert (await waiting).state is ArrivalState.LIVE
        assert host.hosting.windows == [LONGEST_S, AT_ONCE, LONGEST_S]
