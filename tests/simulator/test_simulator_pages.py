"""The watch pages in a real browser: what they post, what they accept, and what the record shows."""

import time

import httpx
import pytest

from browser_host.simulator.sample_image import WIDTH
from browser_host.simulator.server import PageOrder
from tests.simulator.parent_page import Embed, StartSimulator, statuses
from tests.support.patience import patient

pytestmark = pytest.mark.asyncio(loop_scope="session")

USUAL = ["waiting", "pendingRequest", "active", "snapshotReceived", "viewerReady"]


async def test_demo_pages_become_viewer_ready_in_the_usual_order(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start())
    for at in range(12):
        await parent.receives_status(at, "viewerReady")
        received = await parent.received(at)
        posted = statuses(received)
        assert posted == [status for status in USUAL if status in posted]
        assert {"waiting", "active", "snapshotReceived", "viewerReady"} <= set(posted)
        assert any(one["type"] == "currentColor" for one in received)


async def test_a_live_page_posts_at_its_rate(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=1, rate=50))
    await parent.receives(0, {"type": "customMessage"}, times=3)
    await parent.receives(0, {"type": "currentColor"}, times=10)
    await parent.receives_status(0, "viewerReady", times=4)


async def test_a_clock_page_posts_the_time_and_its_message_counts(
    start: StartSimulator, embed: Embed
) -> None:
    began = round(time.time() * 1000)
    parent = await embed(await start(sessions=1, rate=100, scenario="clock"))
    await parent.receives(0, {"type": "customMessage"}, times=2)
    received = await parent.received(0)
    passed = round(time.time() * 1000) - began
    times = [
        int(one["color"][1:], 16) for one in received if one["type"] == "currentColor" and "color" in one
    ]
    moments = [(moment - began) & 0xFFFFFF for moment in times[1:]]  # the first comes from the palette
    assert moments == sorted(moments)
    assert all(moment <= passed for moment in moments)
    at = max(place for place, one in enumerate(received) if one["type"] == "customMessage")
    words = received[at]["message"]["words"]
    assert words == {kind: sum(one["type"] == kind for one in received[:at]) for kind in words}


async def test_pages_load_their_images_and_each_is_counted(
    start: StartSimulator, embed: Embed, http: httpx.AsyncClient
) -> None:
    simulator = await start(sessions=2, images=3)
    parent = await embed(simulator)
    counts = {session.id: 3 for session in simulator.sessions}
    await simulator.record.until(lambda record: record.images == counts, within=patient(5))
    sizes = "[...document.images].map(async (image) => (await image.decode(), image.naturalWidth))"
    for frame in parent.page.frames[1:]:
        assert await frame.evaluate(f"Promise.all({sizes})") == [WIDTH] * 3
    found = (await http.get(simulator.record_url)).json()
    image = (await http.get(f"{simulator.watch_urls[0]}/images/0.png")).content
    assert found["images"] == counts
    assert 0 < found["page_bytes"] - 6 * len(image) < len(image)
    without = await start(sessions=1)
    assert (await http.get(f"{without.watch_urls[0]}/images/0.png")).status_code == 404


async def test_live_pages_are_silent_for_the_quiet_time(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=1, rate=100, quiet=3_600))
    await parent.receives_status(0, "viewerReady")
    before = await parent.received(0)
    await parent.post(0, {"action": "switchColor", "color": "#123456"})
    await parent.receives(0, {"type": "currentColor", "color": "#123456"})
    assert len(await parent.received(0)) == len(before) + 1


async def test_an_instruction_reaches_only_the_page_it_was_posted_to(
    start: StartSimulator, embed: Embed
) -> None:
    simulator = await start(sessions=3)
    parent = await embed(simulator)
    for at in range(3):
        await parent.receives_status(at, "viewerReady")
    await parent.post(1, {"action": "setMode", "mode": "draw"})
    await parent.post(1, {"action": "setMode", "mode": "laser"})
    await parent.post(2, {"action": "switchColor", "color": "#123456"})
    await parent.post(0, {"action": "endSession"})
    await simulator.record.until(lambda record: len(record.instructions) == 4, within=5)
    ids = [session.id for session in simulator.sessions]
    seen = sorted((ids.index(one.session), one.action, one.took) for one in simulator.record.instructions)
    assert seen == [
        (0, "endSession", True),
        (1, "setMode", False),
        (1, "setMode", True),
        (2, "switchColor", True),
    ]
    assert {one.link for one in simulator.record.instructions} == {
        session.link.fingerprint for session in simulator.sessions
    }


async def test_switching_reports_the_color_and_toggling_cycles(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=1))
    await parent.receives_status(0, "viewerReady")
    for _ in range(6):
        await parent.post(0, {"action": "switchColor"})
    await parent.receives(0, {"type": "currentColor"}, times=7)
    await parent.post(0, {"action": "switchColor", "color": "#123456"})
    await parent.receives(0, {"type": "currentColor"}, times=8)
    posted = [one["color"] for one in await parent.received(0) if one["type"] == "currentColor"]
    assert len(set(posted[:6])) == 6
    assert posted[6] == posted[0]
    assert posted[7] in ("#123456", "rgb(18, 52, 86)", "rgba(18, 52, 86, 1)")


async def test_both_generations_report_their_end(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=12))
    ends = set()
    for at in range(12):
        await parent.receives_status(at, "viewerReady")
        await parent.post(at, {"action": "endSession"})
        await parent.page.wait_for_function(
            """(at) => received.some((one) => one.at === at
                && (one.data?.sessionStatus === 'terminated' || one.data?.type === 'sessionEnded'))""",
            arg=at,
        )
        ends |= {
            one["type"]
            for one in await parent.received(at)
            if "terminated" in str(one) or "Ended" in str(one)
        }
    assert {"sessionStatusUpdate", "sessionEnded"} <= ends


async def test_a_visitor_accepts_or_declines(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=2, scenario="authorisation")
    parent = await embed(simulator)
    for at in range(2):
        await parent.receives_status(at, "pendingRequest")
    simulator.order(simulator.sessions[0].id, PageOrder.ACCEPT)
    simulator.order(simulator.sessions[1].id, PageOrder.DECLINE)
    await parent.receives_status(0, "viewerReady")
    await simulator.record.until(
        lambda record: any(one.text == "terminated" for one in record.life), within=5
    )
    assert "active" not in statuses(await parent.received(1))


async def test_waiting_mute_and_deaf_pages_record_instructions(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=3, scenario="waiting,mute,deaf")
    parent = await embed(simulator)
    await parent.receives_status(0, "waiting")
    await parent.receives_status(2, "viewerReady")
    await simulator.record.until(
        lambda record: sum(one.text == "viewerReady" for one in record.life) == 2, within=5
    )
    for at in (1, 2):
        await parent.post(at, {"action": "endSession"})
    await simulator.record.until(lambda record: len(record.instructions) == 2, within=5)
    assert statuses(await parent.received(0)) == ["waiting"]
    assert await parent.received(1) == []
    assert "terminated" not in statuses(await parent.received(2))
    assert {one.session: one.took for one in simulator.record.instructions} == {
        simulator.sessions[1].id: True,
        simulator.sessions[2].id: False,
    }


async def test_a_message_given_by_an_order_is_posted_verbatim(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1)
    parent = await embed(simulator)
    simulator.order(simulator.sessions[0].id, PageOrder.SAY, {"type": "novel", "number": 42})
    await parent.receives(0, {"type": "novel", "number": 42})


async def test_the_rest_service_ends_the_page(
    start: StartSimulator, embed: Embed, http: httpx.AsyncClient
) -> None:
    simulator = await start(sessions=1, seed=1)
    parent = await embed(simulator)
    await parent.receives_status(0, "viewerReady")
    url = f"{simulator.base_url}/visitors/{simulator.sessions[0].id}/session"
    answer = await http.delete(url, headers={"X-Api-Key": simulator.api_key.reveal()})
    assert (answer.status_code, answer.text) == (200, "ok")
    await parent.page.wait_for_function("received.some((one) => /terminated|sessionEnded/.test(one.text))")


async def test_generation_2_posts_its_state_flat_or_nested(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=2, scenario="gen2-plain,gen2-state"))
    await parent.page.wait_for_function(
        "received.filter((one) => one.text.includes('viewerReady')).length >= 2"
    )
    plain, nested = await parent.received(0), await parent.received(1)
    assert {one["type"] for one in plain + nested} == {"upscope.sessionState.update"}
    assert plain[-1]["state"]["sessionStatus"] == "viewerReady"
    assert nested[-1]["state"]["session"]["phase"]["status"] == "viewerReady"
    assert not {"status", "sessionStatus", "color", "mode"} & set(nested[-1]["state"])
