"""Browsers as they stand, and counters that never fall."""

import pytest

from browser_host.api.schema import BrowserView
from browser_host.bridge import events
from browser_host.protocol.page_instructions import SwitchColor
from browser_host.sessions.browser_state import BrowserState
from tests.api.conftest import Served

COUNTERS = tuple(f"watchdeck_{one}_total" for one in ("page_messages", "failures", "instructions", "events"))


async def figures(served: Served) -> dict[str, float]:
    lines = (await served.http.get("/metrics")).text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def endpoint(served: Served) -> BrowserView:
    (one,) = (await served.client.browsers()).browsers
    return one


async def test_counters_do_not_fall_when_sessions_go(served: Served) -> None:
    ids = served.host.live(3)
    served.host.hosting.sink(events.MessagesDropped(ids[0], 5))
    served.host.hosting.sink(events.MessagesRefused(ids[0], 2))
    served.host.give(ids[1], SwitchColor("#ff0000"))
    served.host.hosting.crash(ids[2])
    before = await figures(served)
    assert before['watchdeck_page_messages_total{what="read"}'] == 3
    assert before['watchdeck_page_messages_total{what="dropped"}'] == 5
    assert before['watchdeck_page_messages_total{what="refused"}'] == 2
    for session_id in ids:
        await served.client.remove(session_id)
    after = await figures(served)
    counted = [name for name in before if name.startswith(COUNTERS)]
    assert len(counted) >= len(COUNTERS)
    assert all(after[name] >= before[name] for name in counted)


@pytest.mark.parametrize("state", list(BrowserState))
async def test_a_browser_is_up_only_when_it_is(served: Served, state: BrowserState) -> None:
    served.host.hosting.browsers = {1: state}
    found = await figures(served)
    assert found['watchdeck_browser_up{browser="1"}'] == (state is BrowserState.UP)
    assert found[f'watchdeck_browsers{{state="{state}"}}'] == 1
    assert found['watchdeck_endpoint_up{endpoint="local"}'] == (state is BrowserState.UP)
    assert found['watchdeck_endpoint_capacity{endpoint="local"}'] == (await endpoint(served)).max_sessions
    assert (await endpoint(served)).state is state
    health = await served.client.health()
    assert (health["status"] == "ok") is (state is BrowserState.UP)


async def test_a_lost_browser_is_down_with_its_reason_until_one_is_up(served: Served) -> None:
    served.host.hosting.browsers = {}
    served.host.hosting.sink(events.BrowserLost(1, "it was killed"))
    one = await endpoint(served)
    assert (one.state, one.reason) == (BrowserState.DOWN, "it was killed")
    assert "browser local is down: it was killed" in (await served.client.health())["reason"]
    assert served.host.events()[-1]["browsers"][0]["state"] == "down"
    served.host.hosting.browsers = {2: BrowserState.UP}
    served.host.hosting.sink(events.BrowserStarted(2, "scripted", "1.0"))
    assert served.host.events()[-1]["browsers"][0]["state"] == "up"
    assert (await served.client.health())["status"] == "ok"


async def test_browsers_are_told_as_the_contract_says(served: Served) -> None:
    document = (await served.http.get("/v1/browsers")).json()
    assert document["schema"] == 1
    assert {
        *("name", "kind", "state", "sessions", "max_sessions", "isolated", "version", "since", "reason")
    } <= set(document["browsers"][0])
