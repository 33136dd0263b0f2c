"""Messages and instructions of real pages in a real browser: whose is whose."""

import itertools
import json
from functools import partial
from typing import Any

import pytest

from browser_host.bridge import bridge
from browser_host.bridge.bridge import Bridge
from browser_host.bridge.events import (
    InstructionNotPosted,
    InstructionPosted,
    MessageReceived,
    MessagesRefused,
    NestedFrameHeard,
    PageReplaced,
    SessionOpened,
)
from browser_host.bridge.host_document import site
from browser_host.browsers.cdp_targets import CdpTarget
from browser_host.browsers.settings import Render
from browser_host.sessions.session import ErrorCode, Fault
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage


async def test_each_session_is_heard_under_its_own_id(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(sessions_per_process=2)
    ids = [f"s{number}" for number in range(5)]
    for session in ids:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in ids))
    for session in ids:
        assert record.said(session)[0]["who"] == f"?{session}"
    groups = {opened.session_id: opened.group for opened in record.of(SessionOpened)}
    assert sorted(list(groups.values()).count(group) for group in set(groups.values())) == [1, 2, 2]
    assert [(d.groups, d.sessions) for d in pool.describe()] == [(3, 5)]


async def test_instruction_reaches_its_page_only(open_pool: Opened, stage: Stage, record: Record) -> None:
    pool = await open_pool()
    for session in ("a", "b", "c"):
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in "abc"))
    assert record.of(MessageReceived)[0].after == 0
    pool.post("b", 7, {"action": "setMode", "mode": "draw"})
    pool.post("b", 8, {"action": "endSession"})
    await record.until(lambda: len(record.said("b")) == 3)
    answers = [m for m in record.of(MessageReceived) if m.session_id == "b"][1:]
    assert [m.data for m in answers] == [
        {"heard": heard, "from": site(2), "who": "?b"}
        for heard in ({"action": "setMode", "mode": "draw"}, {"action": "endSession"})
    ]
    assert answers[1].after == 8
    assert record.of(InstructionPosted) == [InstructionPosted("b", 7), InstructionPosted("b", 8)]
    assert len(record.said("a")) == len(record.said("c")) == 1


async def test_a_batch_that_the_binding_did_not_take_is_sent_again(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    """As while a window of the group opens: what the hub sends meanwhile, no other world hears."""
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    group = pool._registry.assigned["s"]._target
    assert group is not None
    swallow = "let left = 3; addEventListener('watchdeck', e => left-- > 0 && e.stopPropagation(), true);"
    await group.send("Runtime.evaluate", {"expression": swallow})
    pool.post("s", 1, {"action": "setMode", "mode": "draw"})
    await record.until(lambda: len(record.said("s")) == 2)
    left = await group.send("Runtime.evaluate", {"expression": "left"})
    assert left["result"]["value"] < 0
    assert [message.after for message in record.of(MessageReceived)] == [0, 1]


async def test_message_ahead_of_its_documents_news_is_heard(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "_EARLY_FOR_S", 3600.0)
    held: list[partial[None]] = []
    take, heard = CdpTarget.received, Bridge._called

    def received(self: CdpTarget, text: str) -> None:
        if '"Page.frameNavigated"' in text and '"parentId"' in text:
            held.append(partial(take, self, text))
        else:
            take(self, text)

    def called(self: Bridge, event: dict[str, Any]) -> None:
        heard(self, event)
        assert not record.said("s")
        for news in held:
            news()

    monkeypatch.setattr(CdpTarget, "received", received)
    monkeypatch.setattr(Bridge, "_called", called)
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    assert await record.until(lambda: record.said("s"))
    assert held


async def test_instructions_find_no_page_where_none_has_loaded(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.silent.add("slow")
    pool = await open_pool()
    pool.post("nobody", 1, {"action": "endSession"})
    pool.open("slow", stage.link("slow"))
    pool.post("slow", 2, {"action": "endSession"})
    await record.until(lambda: "slow" in stage.asked or record.of(SessionOpened))
    pool.post("slow", 3, {"action": "endSession"})
    assert [(r.session_id, r.number) for r in record.of(InstructionNotPosted)] == [
        ("nobody", 1), ("slow", 2), ("slow", 3),
    ]  # fmt: skip


async def test_a_frame_within_a_page_and_a_sibling_cannot_speak_for_it(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    forged = '{type: "sessionStatusUpdate", sessionStatus: "terminated"}'
    stage.scripts["forger"] = f'top.postMessage({forged}, "*"); parent.postMessage("nested spoke", "*");'
    stage.scripts["nesting"] = (
        "const f = document.createElement('iframe'); f.src = '/forger'; document.body.append(f);"
        "addEventListener('message', () => parent.postMessage({type: 'seen'}, '*'));"
    )
    # The sibling reaches the other frame's window, but what it sends from its own window is its own.
    stage.scripts["sibling"] = (
        f"parent.postMessage({forged}, '*');"
        "for (let i = 0; i < parent.length; i += 1) if (parent[i] !== window)"
        " parent[i].postMessage({action: 'endSession'}, '*');"
        "parent.postMessage({type: 'tried'}, '*');"
    )
    pool = await open_pool()
    pool.open("victim", stage.link("nesting"))
    pool.open("sibling", stage.link("sibling", host="localhost"))
    await record.first(NestedFrameHeard, lambda r: r.session_id == "victim")
    await record.until(lambda: {"type": "tried"} in record.said("sibling"))
    await record.until(lambda: {"type": "seen"} in record.said("victim"))
    assert all(message == {"type": "seen"} for message in record.said("victim"))


def outcomes(record: Record) -> list[InstructionPosted | InstructionNotPosted]:
    return [*record.of(InstructionPosted), *record.of(InstructionNotPosted)]


async def test_the_origin_is_the_committed_one_and_is_learnt_again(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    # An integrator's page sends the browser on, by HTTP and then by script, before it says anything.
    stage.statuses["start"] = "302 Found"
    stage.headers["start"] = f"Location: {stage.address('hop')}\r\n"
    stage.scripts["hop"] = f"location.replace({json.dumps(stage.address('echo', 'x', 'localhost'))})"
    pool = await open_pool()
    pool.open("s", stage.link("start", "secret"))
    await record.until(lambda: record.said("s"))
    # The news of its document may come after its message; until then nothing is posted to it.
    for number in itertools.count(1):
        pool.post("s", number, {"action": "setMode"})
        await record.until(lambda n=number: len(outcomes(record)) == n)  # type: ignore[misc]  # bound at once
        if record.of(InstructionPosted):
            break
    await record.until(lambda: len(record.said("s")) == 2)
    assert all(one.fault is None for one in record.of(PageReplaced))
    assert not record.of(MessagesRefused)


async def test_last_messages_of_a_leaving_page_count(open_pool: Opened, stage: Stage, record: Record) -> None:
    there = json.dumps(stage.address("elsewhere", "token=abc", "localhost"))
    stage.scripts["leaver"] = (
        "parent.postMessage({type: 'hello'}, '*');"
        "addEventListener('message', () => {"
        " parent.postMessage({type: 'sessionStatusUpdate', sessionStatus: 'terminated'}, '*');"
        f" location.href = {there}; }});"
    )
    pool = await open_pool()
    pool.open("s", stage.link("leaver"))
    await record.until(lambda: record.said("s"))
    pool.post("s", 4, {"action": "endSession"})
    left = await record.first(PageReplaced)
    fault = Fault(ErrorCode.PAGE_REPLACED, "the page was replaced by one of localhost")
    assert left == PageReplaced("s", f"http://localhost:{stage.port}", fault)
    await record.until(lambda: len(record.said("s")) == 2)
    assert record.of(MessageReceived)[1].after == 4
    assert not record.of(MessagesRefused)
    assert record.of(InstructionPosted) == [InstructionPosted("s", 4)]


async def test_a_released_session_is_silent_and_its_iframe_gone(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["ticking"] = "setInterval(() => parent.postMessage({n: performance.now()}, '*'), 5);"
    pool = await open_pool()
    pool.open("gone", stage.link("ticking"))
    pool.open("stays", stage.link("ticking"))
    await record.until(lambda: record.said("gone") and record.said("stays"))
    pool.release("gone")
    heard, others = len(record.said("gone")), len(record.said("stays"))
    await record.until(lambda: len(record.said("stays")) > others + 20)
    assert len(record.said("gone")) == heard
    assert pool.describe()[0].sessions == 1
    pool.post("gone", 9, {"action": "endSession"})
    assert record.of(InstructionNotPosted)[0].number == 9
    pool.open("gone", stage.link("echo", "again"))
    await record.until(lambda: {"who": "?again"}.items() <= dict(record.said("gone")[-1]).items())


async def test_the_first_message_of_a_quiet_page_leaves_at_once(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    # 60 ms apart: longer than the window in which messages go together.
    stage.scripts["slow"] = "let n = 0; setInterval(() => parent.postMessage({n: n++}, '*'), 60);"
    pool = await open_pool()
    pool.open("s", stage.link("slow"))
    await record.until(lambda: len(record.said("s")) >= 15)
    waited = sorted(message.waited_ms for message in record.of(MessageReceived))
    assert waited[len(waited) // 2] < 10


@pytest.mark.parametrize("render", list(Render))
async def test_every_iframe_keeps_its_animation_frames(
    open_pool: Opened, stage: Stage, record: Record, render: Render
) -> None:
    stage.scripts["drawn"] = "requestAnimationFrame(() => parent.postMessage({type: 'drawn'}, '*'));"
    pool = await open_pool(render=render)
    ids = [f"s{number}" for number in range(10)]
    for session in ids:
        pool.open(session, stage.link("drawn"))
    await record.until(lambda: all(record.said(session) for session in ids))
