"""The API over its real socket: what the contract promises to scripts."""

import asyncio
import json

import pytest

from browser_host.api.requests import BODY_LIMIT
from browser_host.api.schema import RESYNC, Target
from browser_host.bridge import events
from browser_host.errors import Refused, UnknownSession
from browser_host.protocol.page_instructions import EndSession, SwitchColor
from browser_host.sessions.views import merged
from browser_host.supervisor.policy import Policy
from tests.api.conftest import Served


async def answer_ends(served: Served, *, deaf: frozenset[str] = frozenset()) -> None:
    """Plays the pages: each ends as soon as it is told to, but for the deaf ones."""
    told = 0
    while True:
        for posted in served.host.hosting.posted[told:]:
            told += 1
            if posted.session_id not in deaf:
                served.host.hosting.says_status(posted.session_id, "terminated", after=posted.number)
        await served.host.feed.news(served.host.feed.seq, within=1)


async def test_the_snapshot_is_the_contracts_list(served: Served) -> None:
    served.host.live(2)
    document = (await served.http.get("/v1/snapshot")).json()
    assert document["schema"] == 1
    assert document["seq"] == served.host.feed.seq
    assert {"version", "pid", "started_at", "read_only", "browsers"} <= set(document["host"])
    assert set(document["sessions"][0]) == {
        *("id", "label", "source", "visitor", "link", "hosting", "status", "status_since", "opened_at"),
        *("last_event_at", "color", "color_raw", "mode", "stale", "instruction", "ended", "error"),
        *("events", "dropped", "violations", "process", "browser", "visitor_state"),
    }
    assert document["sessions"][0]["status"] == "viewerReady"


async def test_merged_events_give_the_state_of_a_new_snapshot(served: Served) -> None:
    ids = served.host.live(2)
    snapshot = await served.client.snapshot()
    views = {view.id: view for view in snapshot.sessions}
    served.host.hosting.says_color(ids[0], "rgb(0, 128, 0)")
    served.host.hosting.says_status(ids[1], "terminated")
    async for event in served.client.events(snapshot.seq):
        assert event.id is not None
        views[event.id] = merged(views[event.id], event.body)
        if event.seq == served.host.feed.seq:
            break
    assert views == {view.id: view for view in (await served.client.snapshot()).sessions}


@pytest.mark.parametrize("after", [10_000, 99_999_999_999_999_999_999])
async def test_a_number_that_was_never_given_means_to_begin_anew(served: Served, after: int) -> None:
    async for event in served.client.events(after):
        assert (event.type, event.seq) == (RESYNC, served.host.feed.seq)
        break


async def test_stream_without_number_begins_with_next_event(served: Served) -> None:
    served.host.live(1)
    async with served.http.stream("GET", "/v1/events") as stream:
        lines = stream.aiter_lines()
        waiting = asyncio.ensure_future(anext(lines))
        while not waiting.done():
            served.host.add(f"visitor {served.host.feed.seq}")
            await asyncio.wait([waiting], timeout=0.05)
        assert json.loads(waiting.result())["type"] == "session.added"


async def test_after_zero_are_all_events_of_this_host(served: Served) -> None:
    served.host.live(1)
    async for event in served.client.events(0):
        assert (event.type, event.seq) == ("session.added", served.host.feed.first + 1)
        break


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "٣"])
async def test_a_number_that_is_none_is_refused(served: Served, after: str) -> None:
    answer = await served.http.get("/v1/events", params={"after": after})
    assert answer.status_code == 400
    assert "after" in answer.json()["error"]["text"]


async def test_instructions_reach_the_named_sessions_only(served: Served) -> None:
    first, second, third = served.host.live(3)
    outcome = await served.client.instruct(Target(ids=(first, third)), {"action": "setMode", "mode": "draw"})
    assert [(one.id, one.state) for one in outcome.results] == [(first, "sent"), (third, "sent")]
    assert dict(outcome.counts) == {"sent": 2}
    assert {one.session_id for one in served.host.hosting.posted} == {first, third}
    assert served.host.session(second).ledger == ()


async def test_instructions_by_filter_reach_current_matches(served: Served) -> None:
    ids = served.host.live(3)
    served.host.hosting.says_status(ids[1], "waiting")
    outcome = await served.client.instruct(
        Target(filter="status:waiting"), {"action": "setMode", "mode": "cursor"}
    )
    assert [one.id for one in outcome.results] == [ids[1]]


async def test_a_colour_that_the_page_does_not_confirm_is_unconfirmed(served: Served) -> None:
    (session_id,) = served.host.live(1)
    outcome = await served.client.instruct(
        Target(ids=(session_id,)), {"action": "switchColor"}, timeout_s=0.05
    )
    assert outcome.results[0].state == "unconfirmed"


async def test_nothing_is_sent_when_one_id_is_unknown(served: Served) -> None:
    (known,) = served.host.live(1)
    with pytest.raises(UnknownSession, match="zzzzz"):
        await served.client.instruct(Target(ids=(known, "zzzzz")), {"action": "setMode", "mode": "draw"})
    assert served.host.hosting.posted == []


async def test_a_plan_ends_nobody(served: Served) -> None:
    ids = served.host.live(2)
    plan = await served.client.end(Target(all=True), dry_run=True)
    assert [entry.id for entry in plan.plan] == ids
    assert served.host.hosting.posted == []


async def test_ends_are_accounted_for_one_by_one(served: Served) -> None:
    heard, deaf, done, spared = served.host.live(4)
    served.host.hosting.says_status(done, "terminated")
    pages = asyncio.ensure_future(answer_ends(served, deaf=frozenset({deaf})))
    outcome = await served.client.end(Target(all=True), exclude=[spared])
    pages.cancel()
    states = {one.id: one.state for one in outcome.results}
    assert states == {heard: "confirmed", deaf: "unconfirmed", done: "skipped", spared: "skipped"}
    assert {one.session_id for one in served.host.hosting.posted} == {heard, deaf}
    assert all(one.message == {"action": "endSession"} for one in served.host.hosting.posted)


async def test_ends_can_be_taken_back_while_they_wait(served: Served) -> None:
    (session_id,) = served.host.live(1)
    served.host.policy.now = Policy(undo_s=60.0)
    queued = await served.client.end(Target(ids=(session_id,)), wait=False)
    assert queued.results[0].state == "queued"
    assert queued.results[0].instruction is not None
    taken = await served.client.cancel([queued.results[0].instruction])
    assert taken.results[0].state == "cancelled"
    assert served.host.hosting.posted == []


async def test_raw_instructions_are_refused_unless_they_are_allowed(served: Served) -> None:
    (session_id,) = served.host.live(1)
    with pytest.raises(Refused, match="raw_instructions"):
        await served.client.instruct(Target(ids=(session_id,)), {"action": "raw", "message": {"action": "x"}})
    assert served.host.hosting.posted == []


class TestReadOnly:
    @pytest.fixture
    def rules(self) -> Policy:
        return Policy(read_only=True, raw_instructions=True)

    async def test_the_host_refuses_every_change_and_still_answers(self, served: Served) -> None:
        (session_id,) = served.host.live(1)
        target = Target(ids=(session_id,))
        changes = [
            served.client.instruct(target, {"action": "setMode", "mode": "draw"}),
            served.client.instruct(target, {"action": "raw", "message": {"action": "x"}}),
            served.client.end(target),
            served.client.remove(session_id),
            served.client.add(url="https://watch.example/new"),
        ]
        for change in changes:
            with pytest.raises(Refused, match="read-only"):
                await change
        assert served.host.hosting.posted == []
        assert (await served.client.snapshot()).host.read_only
        assert (await served.client.end(target, dry_run=True)).plan

    async def test_what_waits_may_still_be_taken_back(self, served: Served) -> None:
        (session_id,) = served.host.live(1)
        given = served.host.give(session_id, EndSession(), delay_s=60)
        assert given.order is not None
        taken = await served.client.cancel([f"i{given.order.number}"])
        assert [result.state for result in taken.results] == ["cancelled"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"action": "switchColor"}, "exactly one of ids"),
        ({"ids": [], "action": "switchColor"}, "at least one"),
        ({"ids": ["a"], "filter": "x", "action": "setMode"}, "ids and filter"),
        ({"ids": ["a"], "action": "fly"}, "action"),
        ({"all": True, "action": "setMode"}, "draw, pointer or cursor"),
        ({"all": True, "action": "switchColor", "color": "no colour"}, "#rrggbb"),
        ({"all": True, "action": "raw"}, "JSON object"),
        ({"all": True, "action": "endSession"}, "/v1/ends"),
        ({"filter": "status:nonsense", "action": "setMode", "mode": "draw"}, "status"),
        ({"filter": "", "action": "setMode", "mode": "draw"}, "filter: empty"),
        ({"filter": " \t", "action": "setMode", "mode": "draw"}, "filter: empty"),
        ({"filter": "\u200d", "action": "setMode", "mode": "draw"}, "value missing"),
        ({"all": True, "action": "setMode", "mode": "draw", "colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_request_says_what_is_wrong(served: Served, body: object, words: str) -> None:
    served.host.live(1)
    answer = await served.http.post("/v1/instructions", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["text"]
    assert served.host.hosting.posted == []


async def test_a_refused_link_is_not_repeated_in_the_answer(served: Served) -> None:
    for url in ("http://public.example/?token=canary", "ftp://canary", 17):
        answer = await served.http.post("/v1/sessions", json={"watch_url": url})
        assert answer.status_code == 400
        assert "canary" not in answer.text


async def test_a_body_without_end_is_cut_off(served: Served) -> None:
    answer = await served.http.post("/v1/instructions", content=b" " * (BODY_LIMIT + 1))
    assert answer.status_code == 400
    assert str(BODY_LIMIT) in answer.json()["error"]["text"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v2", 404), ("PUT", "/v1/snapshot", 405)])
async def test_what_is_not_there_is_said_in_json(served: Served, method: str, path: str, status: int) -> None:
    answer = await served.http.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, "http")


async def test_the_ledger_names_the_peer_as_the_kernel_does(served: Served) -> None:
    (session_id,) = served.host.live(1)
    await served.http.post(
        "/v1/instructions",
        json={"ids": [session_id], "action": "setMode", "mode": "draw"},
        headers={"x-watchdeck-client": "cli\x7f" + "x" * 100},
    )
    (entry,) = served.host.session(session_id).ledger
    assert entry.order.by != ""
    assert entry.order.client.isprintable()
    assert len(entry.order.client) <= 32


async def test_detail_has_the_timeline_and_the_ledger(served: Served) -> None:
    (session_id,) = served.host.live(1)
    await served.client.instruct(Target(ids=(session_id,)), {"action": "setMode", "mode": "draw"})
    detail = await served.client.detail(session_id)
    assert detail.session.id == session_id
    assert [line.action for line in detail.ledger] == ["setMode"]
    assert any(line.kind == "session.status" for line in detail.timeline)


async def test_stop_is_passed_on(served: Served) -> None:
    await served.client.stop()
    assert served.host.stopped.is_set()


async def test_health_and_metrics_say_how_the_host_is(served: Served) -> None:
    (session_id, _) = served.host.live(2)
    assert (await served.client.health())["status"] == "ok"
    served.host.hosting.crash(session_id)
    health = await served.client.health()
    assert (health["status"], "1 session is lost" in health["reason"]) == ("degraded", True)
    metrics = (await served.http.get("/metrics")).text
    assert 'watchdeck_sessions{hosting="lost"} 1.0' in metrics
    assert 'watchdeck_sessions_status{status="viewerReady"} 2.0' in metrics


async def test_a_client_that_stops_reading_costs_the_others_nothing(served: Served) -> None:
    (session_id,) = served.host.live(1)
    async with served.http.stream("GET", "/v1/events?after=0"):  # never read
        for number in range(5_000):
            served.host.hosting.says_color(session_id, f"#{number:06x}")
        snapshot = await asyncio.wait_for(served.client.snapshot(), 5)
        assert snapshot.sessions[0].color == f"#{4_999:06x}"


@pytest.mark.parametrize("visitor", ["", "x" * 65, "a\x1b[2Jb", "a\u202eb"])
async def test_a_visitor_that_can_be_none_is_refused_at_the_border(served: Served, visitor: str) -> None:
    answer = await served.http.post("/v1/sessions", json={"visitor": visitor})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "usage"
    assert "visitor" in answer.json()["error"]["text"]
    assert len(visitor) == 0 or visitor not in answer.text


async def test_what_is_lost_is_tried_again_at_once_when_somebody_asks(served: Served) -> None:
    lost, live = served.host.live(2)
    served.host.hosting.crash(lost)
    assert await served.client.retry(Target(all=True)) == (lost,)
    hosting = {view.id: view.hosting for view in (await served.client.snapshot()).sessions}
    assert hosting == {lost: "loading", live: "live"}
    assert await served.client.retry(Target(ids=(live,))) == ()


async def test_given_up_browsers_show_in_health_until_retried(
    served: Served,
) -> None:
    (lost,) = served.host.live(1)
    served.host.hosting.sink(events.BrowsersGivenUp((lost,), 15))
    snapshot = await served.client.snapshot()
    assert snapshot.host.given_up is not None
    assert snapshot.host.given_up in str((await served.client.health())["reason"])
    await served.client.retry(Target(ids=(lost,)))
    assert (await served.client.snapshot()).host.given_up is None


async def test_metrics_count_failures_and_instruction_states(served: Served) -> None:
    first, second = served.host.live(2)
    served.host.hosting.sink(events.SessionsUnresponsive((first, second)))
    served.host.hosting.crash(first, second)
    served.host.give(second, SwitchColor("#ff0000"))
    served.host.hosting.sink(events.BrowserLost(1, "it ended"))
    lines = (await served.http.get("/metrics")).text.splitlines()
    for line in (
        'watchdeck_failures_total{cause="unresponsive"} 1.0',
        'watchdeck_failures_total{cause="page_crashed"} 1.0',
        'watchdeck_failures_total{cause="browser_lost"} 1.0',
    ):
        assert line in lines
    served.host.hosting.sink(events.SessionOpened(first, 2))
    served.host.hosting.says_status(first, "viewerReady")
    served.host.give(first, EndSession())
    served.host.hosting.says_status(first, "terminated", after=served.host.hosting.posted[-1].number)
    lines = (await served.http.get("/metrics")).text.splitlines()
    assert [line for line in lines if line.startswith("watchdeck_instructions_total")] == [
        'watchdeck_instructions_total{state="confirmed"} 1.0',
        'watchdeck_instructions_total{state="queued"} 1.0',
        'watchdeck_instructions_total{state="sent"} 1.0',
    ]
