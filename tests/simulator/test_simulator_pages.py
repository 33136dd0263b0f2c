"""The watch pages in a real browser: what they say, what they take, and that the record says so."""

import time

import httpx
import pytest

from browser_host.simulator.server import Order
from tests.simulator.parent_page import Embed, StartSimulator, statuses

pytestmark = pytest.mark.asyncio(loop_scope="session")

USUAL = ["waiting", "pendingRequest", "active", "snapshotReceived", "viewerReady"]


async def test_the_demos_twelve_pages_become_viewer_ready_in_the_usual_order(
    start: StartSimulator, embed: Embed
) -> None:
    parent = await embed(await start())
    for at in range(12):
        await parent.hears_status(at, "viewerReady")
        heard = await parent.heard(at)
        said = statuses(heard)
        assert said == [status for status in USUAL if status in said]
        assert {"waiting", "active", "snapshotReceived", "viewerReady"} <= set(said)
        assert any(one["type"] == "currentColor" for one in heard)


async def test_a_live_page_stirs_at_its_rate(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=1, rate=50))
    await parent.hears(0, {"type": "customMessage"}, times=3)
    await parent.hears(0, {"type": "currentColor"}, times=10)
    await parent.hears_status(0, "viewerReady", times=4)


async def test_a_page_of_the_clock_says_when_it_spoke_and_how_much_it_said(
    start: StartSimulator, embed: Embed
) -> None:
    began = round(time.time() * 1000)
    parent = await embed(await start(sessions=1, rate=100, scenario="clock"))
    await parent.hears(0, {"type": "customMessage"}, times=2)
    heard = await parent.heard(0)
    passed = round(time.time() * 1000) - began
    told = [int(one["color"][1:], 16) for one in heard if one["type"] == "currentColor" and "color" in one]
    moments = [(moment - began) & 0xFFFFFF for moment in told[1:]]  # the first is the agent's own
    assert moments == sorted(moments)
    assert all(moment <= passed for moment in moments)
    at = max(place for place, one in enumerate(heard) if one["type"] == "customMessage")
    words = heard[at]["message"]["words"]
    assert words == {kind: sum(one["type"] == kind for one in heard[:at]) for kind in words}


async def test_live_pages_keep_quiet_until_they_may_speak(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=1, rate=100, quiet=3_600))
    await parent.hears_status(0, "viewerReady")
    before = await parent.heard(0)
    await parent.post(0, {"action": "switchColor", "color": "#123456"})
    await parent.hears(0, {"type": "currentColor", "color": "#123456"})
    assert len(await parent.heard(0)) == len(before) + 1


async def test_instructions_reach_the_page_they_were_posted_to_and_no_other(
    start: StartSimulator, embed: Embed
) -> None:
    simulator = await start(sessions=3)
    parent = await embed(simulator)
    for at in range(3):
        await parent.hears_status(at, "viewerReady")
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


async def test_switching_the_color_is_told_and_toggling_goes_round_the_palette(
    start: StartSimulator, embed: Embed
) -> None:
    parent = await embed(await start(sessions=1))
    await parent.hears_status(0, "viewerReady")
    for _ in range(6):
        await parent.post(0, {"action": "switchColor"})
    await parent.hears(0, {"type": "currentColor"}, times=7)
    await parent.post(0, {"action": "switchColor", "color": "#123456"})
    await parent.hears(0, {"type": "currentColor"}, times=8)
    said = [one["color"] for one in await parent.heard(0) if one["type"] == "currentColor"]
    assert len(set(said[:6])) == 6
    assert said[6] == said[0]
    assert said[7] in ("#123456", "rgb(18, 52, 86)", "rgba(18, 52, 86, 1)")


async def test_both_generations_tell_that_they_were_ended(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=12))
    ends = set()
    for at in range(12):
        await parent.hears_status(at, "viewerReady")
        await parent.post(at, {"action": "endSession"})
        await parent.page.wait_for_function(
            """(at) => heard.some((one) => one.at === at
                && (one.data?.sessionStatus === 'terminated' || one.data?.type === 'sessionEnded'))""",
            arg=at,
        )
        ends |= {
            one["type"] for one in await parent.heard(at) if "terminated" in str(one) or "Ended" in str(one)
        }
    assert {"sessionStatusUpdate", "sessionEnded"} <= ends


async def test_a_visitor_is_asked_and_accepts_or_declines(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=2, scenario="authorisation")
    parent = await embed(simulator)
    for at in range(2):
        await parent.hears_status(at, "pendingRequest")
    simulator.order(simulator.sessions[0].id, Order.ACCEPT)
    simulator.order(simulator.sessions[1].id, Order.DECLINE)
    await parent.hears_status(0, "viewerReady")
    await simulator.record.until(
        lambda record: any(one.text == "terminated" for one in record.life), within=5
    )
    assert "active" not in statuses(await parent.heard(1))


async def test_waiting_mute_and_deaf_pages_note_what_they_are_told(
    start: StartSimulator, embed: Embed
) -> None:
    simulator = await start(sessions=3, scenario="waiting,mute,deaf")
    parent = await embed(simulator)
    await parent.hears_status(0, "waiting")
    await parent.hears_status(2, "viewerReady")
    await simulator.record.until(
        lambda record: sum(one.text == "viewerReady" for one in record.life) == 2, within=5
    )
    for at in (1, 2):
        await parent.post(at, {"action": "endSession"})
    await simulator.record.until(lambda record: len(record.instructions) == 2, within=5)
    assert statuses(await parent.heard(0)) == ["waiting"]
    assert await parent.heard(1) == []
    assert "terminated" not in statuses(await parent.heard(2))
    assert {one.session: one.took for one in simulator.record.instructions} == {
        simulator.sessions[1].id: True,
        simulator.sessions[2].id: False,
    }


async def test_the_visitors_software_is_heard_word_for_word(start: StartSimulator, embed: Embed) -> None:
    simulator = await start(sessions=1)
    parent = await embed(simulator)
    simulator.order(simulator.sessions[0].id, Order.SAY, {"type": "novel", "number": 42})
    await parent.hears(0, {"type": "novel", "number": 42})


async def test_the_rest_service_ends_the_page(
    start: StartSimulator, embed: Embed, http: httpx.AsyncClient
) -> None:
    simulator = await start(sessions=1, seed=1)
    parent = await embed(simulator)
    await parent.hears_status(0, "viewerReady")
    url = f"{simulator.base_url}/visitors/{simulator.sessions[0].id}/session"
    answer = await http.delete(url, headers={"X-Api-Key": simulator.api_key.reveal()})
    assert (answer.status_code, answer.text) == (200, "ok")
    await parent.page.wait_for_function("heard.some((one) => /terminated|sessionEnded/.test(one.text))")


async def test_generation_2_says_its_state_plainly_or_nested(start: StartSimulator, embed: Embed) -> None:
    parent = await embed(await start(sessions=2, scenario="gen2-plain,gen2-state"))
    await parent.page.wait_for_function("heard.filter((one) => one.text.includes('viewerReady')).length >= 2")
    plain, nested = await parent.heard(0), await parent.heard(1)
    assert {one["type"] for one in plain + nested} == {"upscope.sessionState.update"}
    assert plain[-1]["state"]["sessionStatus"] == "viewerReady"
    assert nested[-1]["state"]["session"]["phase"]["status"] == "viewerReady"
    assert not {"status", "sessionStatus", "color", "mode"} & set(nested[-1]["state"])
