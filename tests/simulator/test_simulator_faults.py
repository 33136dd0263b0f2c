"""The scripted faults in a real browser, each by its effect on the embedding page."""

import asyncio

import pytest
from playwright.async_api import Browser

from tests.simulator.parent_page import Embed, StartSimulator, statuses

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("scenario", ["crash", "crash-once"])
async def test_a_crashing_page_kills_its_renderer(start: StartSimulator, embed: Embed, scenario: str) -> None:
    simulator = await start(sessions=1, scenario=scenario, rate=50)
    crashed = asyncio.Event()
    parent = await embed(simulator)
    parent.page.on("crash", lambda _page: crashed.set())
    await asyncio.wait_for(crashed.wait(), 10)
    if scenario == "crash-once":
        await (await embed(simulator)).receives(0, {"type": "customMessage"}, times=5)
        assert simulator.record.opened[simulator.sessions[0].id] == 2


async def test_a_page_that_loops_once_recovers_when_reopened(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1, scenario="loop-once", rate=50)
    looping = await embed(simulator)
    await simulator.record.until(
        lambda record: any(one.text == "viewerReady" for one in record.life), within=5
    )
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(looping.page.evaluate("new Promise((done) => setTimeout(done, 400))"), 2)
    again = await embed(simulator)
    await again.receives(0, {"type": "customMessage"}, times=5)
    await again.post(0, {"action": "setMode", "mode": "draw"})
    await simulator.record.until(lambda record: len(record.instructions) == 1, within=5)
    assert simulator.record.instructions[0].opening == 2


async def test_pages_that_forbid_framing_show_the_browsers_error_page(
    start: StartSimulator, embed: Embed
) -> None:
    parent = await embed(await start(sessions=2, scenario="framing-denied,framing-ancestors"))
    failures = [await asyncio.wait_for(parent.failures.get(), 5) for _ in range(2)]
    assert failures == ["net::ERR_BLOCKED_BY_RESPONSE"] * 2


async def test_a_redirected_page_posts_from_another_origin(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1, scenario="redirect")
    parent = await embed(simulator)
    await parent.receives_status(0, "viewerReady")
    origins = await parent.page.evaluate("[...new Set(received.map((one) => one.origin))]")
    assert len(origins) == 1
    assert not simulator.watch_urls[0].startswith(origins[0])


async def test_a_page_reports_its_end_before_it_navigates_away(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1, scenario="leaves")
    parent = await embed(simulator)
    await parent.receives_status(0, "viewerReady")
    await parent.post(0, {"action": "endSession"})
    await parent.page.frames[1].wait_for_url("**/ended", timeout=5000)
    assert "terminated" in str(await parent.received(0)) or "sessionEnded" in str(await parent.received(0))
    assert not parent.page.frames[1].url.startswith(simulator.base_url.removesuffix("/v1.3"))
    await simulator.record.until(lambda record: record.instructions[0].action == "endSession", within=5)


async def test_a_session_restarts_in_the_same_frame(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1, scenario="restarts")
    parent = await embed(simulator)
    await parent.receives_status(0, "viewerReady")
    await parent.post(0, {"action": "endSession"})
    await parent.receives_status(0, "viewerReady", times=2)
    assert simulator.record.opened[simulator.sessions[0].id] == 1


async def test_sessions_end_by_themselves_with_either_reason(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=2, scenario="ends,error-end"))
    await parent.page.wait_for_function(
        "received.some((one) => one.at === 0 && /terminated|sessionEnded/.test(one.text))"
    )
    await parent.receives(1, {"type": "sessionEnded", "reason": "error"})
    assert [one["type"] for one in await parent.received(1)][-2:] == ["error", "sessionEnded"]


async def test_a_slow_page_ends_late(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1, scenario="slow", slow=0.5, seed=1)
    parent = await embed(simulator)
    await parent.receives_status(0, "viewerReady")
    await parent.post(0, {"action": "endSession"})
    await simulator.record.until(
        lambda record: any(one.text == "terminated" for one in record.life), within=5
    )
    ended = next(one.at for one in simulator.record.life if one.text == "terminated")
    assert ended - simulator.record.instructions[0].at >= 450


async def test_a_flood_posts_at_its_rate(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=1, scenario="flood", flood=2000))
    await parent.page.wait_for_function("received.length > 1000", timeout=5000)


async def test_a_hostile_page_is_contained_by_its_sandbox(
    start: StartSimulator, embed: Embed, chromium: Browser
) -> None:
    simulator = await start(sessions=3, scenario="normal,hostile,normal")
    parent = await embed(simulator)
    await simulator.record.until(
        lambda record: sum(one.kind == "stray" for one in record.life) >= 2, within=10
    )
    await parent.page.wait_for_function("received.some((one) => one.at === -1)")
    for at in range(3):
        await parent.receives_status(at, "viewerReady")
    tried = {one.text for one in simulator.record.life if one.text.startswith("tried")}
    assert "tried top navigation: SecurityError" in tried
    assert "tried reading the parent: SecurityError" in tried
    assert "tried a popup: null" in tried
    assert not simulator.record.instructions
    for at in (0, 2):
        assert "terminated" not in statuses(await parent.received(at))
    assert sum(len(context.pages) for context in chromium.contexts) == 1
    texts = await parent.page.evaluate("received.filter((one) => one.at === 1).map((one) => one.text)")
    assert len(texts) > 60
    assert not any(one.text.startswith("not cloned") for one in simulator.record.life)
