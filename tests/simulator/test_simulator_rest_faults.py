"""Injected REST faults, the rate limit, and links that expire."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from browser_host.simulator.server import RestFault, Simulator
from tests.simulator.parent_page import StartSimulator
from tests.support.patience import patient

pytestmark = pytest.mark.asyncio(loop_scope="session")
Key = Callable[[Simulator], dict[str, str]]


async def test_faults_are_injected_with_the_key_and_cleared(
    start: StartSimulator, http: httpx.AsyncClient, key: Key
) -> None:
    simulator = await start(sessions=1)
    control = simulator.base_url.replace("/v1.3", "/control/rest")
    fault = {"fault": "unavailable", "call": "usage", "times": 3, "seconds": 7}
    assert (await http.post(control, json=fault)).status_code == 401
    assert (await http.post(control, json={"fault": "quake"}, headers=key(simulator))).status_code == 400
    assert (await http.post(control, json=fault, headers=key(simulator))).status_code == 200
    usage, others = f"{simulator.base_url}/usage", f"{simulator.base_url}/list"
    assert (await http.get(others, headers=key(simulator))).status_code == 200
    answer = await http.get(usage, headers=key(simulator))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert (await http.post(control, json={}, headers=key(simulator))).status_code == 200
    assert (await http.get(usage, headers=key(simulator))).status_code == 200


@pytest.mark.parametrize("fault", [RestFault.DROPPED, RestFault.DROPPED_AFTER, RestFault.HALF])
async def test_a_broken_connection_does_not_affect_the_next_call(
    start: StartSimulator, http: httpx.AsyncClient, key: Key, fault: RestFault
) -> None:
    simulator = await start(sessions=1)
    usage = f"{simulator.base_url}/usage"
    simulator.fail(fault)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await http.get(usage, headers=key(simulator))
    assert (await http.get(usage, headers=key(simulator))).status_code == 200


async def test_calls_over_the_rate_limit_get_429(
    start: StartSimulator, http: httpx.AsyncClient, key: Key
) -> None:
    simulator = await start(sessions=1, rest_per_minute=2)
    answers = [await http.get(f"{simulator.base_url}/usage", headers=key(simulator)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 50 <= int(answers[2].headers["retry-after"]) <= 60


async def test_a_single_use_link_opens_once(start: StartSimulator, http: httpx.AsyncClient) -> None:
    simulator = await start(sessions=1, link_opens=1)
    [link] = simulator.watch_urls
    assert [(await http.get(link)).status_code for _ in range(2)] == [200, 410]


async def test_an_expired_link_does_not_open(start: StartSimulator, http: httpx.AsyncClient) -> None:
    simulator = await start(sessions=1, link_seconds=0.5)
    [link] = simulator.watch_urls
    assert (await http.get(link)).status_code == 200
    async with asyncio.timeout(patient(10)):
        while (await http.get(link)).status_code == 200:
            pass
    assert "expired" in (await http.get(link)).text


async def test_closing_interrupts_a_slow_answer(
    start: StartSimulator, http: httpx.AsyncClient, key: Key
) -> None:
    simulator = await start(sessions=1)
    simulator.fail(RestFault.SLOW, seconds=60)
    asking = asyncio.ensure_future(http.get(f"{simulator.base_url}/usage", headers=key(simulator)))
    async with asyncio.timeout(patient(10)):
        while not simulator.record.calls:
            await http.get(simulator.record_url)
        await simulator.close()
        await asking
