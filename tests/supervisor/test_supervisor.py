"""The single writer: what the hosting reports and what is asked for, in every order that may come."""

import asyncio
from collections import Counter

import pytest

from browser_host.api.peer import RULE
from browser_host.browsers import reports
from browser_host.errors import Refused, UnknownSession
from browser_host.protocol.instructions import EndSession, Mode, SetMode, SwitchColor
from browser_host.secrets import WatchLink
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.session import ErrorCode, Fault, Hosting, Source
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.rules import Rules
from tests.support.host import PEER, scripted_host
from tests.support.hosting import ScriptedHosting


async def test_a_session_goes_from_queued_to_live_by_its_pages_word() -> None:
    async with scripted_host(hosting=ScriptedHosting(opens=False)) as host:
        session_id = host.add()
        assert host.session(session_id).hosting is Hosting.QUEUED
        host.hosting.sink(reports.SessionOpened(session_id, page=3))
        assert host.session(session_id).hosting is Hosting.LOADING
        host.hosting.says_status(session_id, "waiting")
        session = host.session(session_id)
        assert (session.hosting, session.status, session.page) == (Hosting.LIVE, "waiting", 3)


async def test_every_change_is_an_event_numbered_by_ones() -> None:
    async with scripted_host() as host:
        host.live(3)
        events = host.events()
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert {"session.added", "session.hosting", "session.status"} <= {event["type"] for event in events}


async def test_a_link_is_hosted_once_and_the_refusal_names_the_id_not_the_link() -> None:
    async with scripted_host() as host:
        new = NewSession(link=WatchLink("https://watch.example/a?token=x"), source=Source.COMMAND)
        session_id = host.supervisor.add(new)
        with pytest.raises(Refused, match=session_id) as refusal:
            host.supervisor.add(new)
        assert "watch.example" not in str(refusal.value)


async def test_a_host_takes_no_more_than_it_can() -> None:
    async with scripted_host(Rules(max_sessions=2)) as host:
        host.live(2)
        with pytest.raises(Refused, match="2 sessions"):
            host.add()


async def test_an_unknown_id_stops_the_whole_call() -> None:
    async with scripted_host() as host:
        (known,) = host.live(1)
        with pytest.raises(UnknownSession, match="nobody"):
            host.supervisor.require([known, "nobody"])


async def test_a_removed_session_is_released_and_its_pages_words_count_no_more() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.supervisor.remove(session_id)
        seq = host.feed.seq
        host.hosting.says_status(session_id, "terminated")
        assert host.hosting.released == [session_id]
        assert host.feed.seq == seq
        assert host.events()[-1]["type"] == "session.removed"


async def test_an_instruction_reaches_only_its_session_and_is_confirmed_by_the_page() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        given = host.give(second, SwitchColor("#ff0000"), delay_s=0, confirm_within_s=5)
        assert [(one.session_id, one.message) for one in host.hosting.posted] == [
            (second, {"action": "switchColor", "color": "#ff0000"})
        ]
        host.hosting.says_color(second, "red", after=host.hosting.posted[0].number)
        entry = await host.supervisor.dispatch.settle(given)
        assert entry is not None
        assert entry.state is EntryState.CONFIRMED
        assert host.session(first).ledger == ()


async def test_a_colour_that_came_before_the_instruction_confirms_nothing() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        given = host.give(session_id, SwitchColor(), delay_s=0, confirm_within_s=0.05)
        host.hosting.says_color(session_id, "#00ff00", after=0)
        entry = await host.supervisor.dispatch.settle(given)
        assert entry is not None
        assert entry.state is EntryState.UNCONFIRMED


async def test_a_mode_is_sent_and_never_more_than_that() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        given = host.give(session_id, SetMode(Mode.DRAW), delay_s=0, confirm_within_s=0.01)
        entry = await host.supervisor.dispatch.settle(given)
        assert entry is not None
        assert (entry.state, host.session(session_id).mode) == (EntryState.SENT, Mode.DRAW)


async def test_an_end_waits_and_can_be_taken_back_before_anything_is_posted() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        dispatch = host.supervisor.dispatch
        given = host.give(session_id, EndSession(), delay_s=60, confirm_within_s=5)
        assert given.order is not None
        holding = dispatch.take_back(given.order.number, PEER)
        assert holding is not None
        assert holding.entry.state is EntryState.CANCELLED
        assert host.hosting.posted == []


async def test_an_end_whose_time_has_come_is_posted_once() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        dispatch = host.supervisor.dispatch
        given = host.give(session_id, EndSession(), delay_s=0.01, confirm_within_s=0.05)
        assert host.hosting.posted == []
        entry = await dispatch.settle(given)
        assert entry is not None
        assert entry.state is EntryState.UNCONFIRMED
        assert [one.session_id for one in host.hosting.posted] == [session_id]


async def test_an_instruction_that_is_on_its_way_cannot_be_taken_back() -> None:
    async with scripted_host(hosting=ScriptedHosting(posts=False)) as host:
        (session_id,) = host.live(1)
        dispatch = host.supervisor.dispatch
        given = host.give(session_id, EndSession(), delay_s=0, confirm_within_s=5)
        assert given.order is not None
        holding = dispatch.take_back(given.order.number, PEER)
        assert holding is not None
        assert holding.entry.state is not EntryState.CANCELLED


async def test_a_session_that_ended_by_itself_is_not_instructed() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        dispatch = host.supervisor.dispatch
        given = host.give(session_id, EndSession(), delay_s=0.02, confirm_within_s=5)
        host.hosting.says_status(session_id, "terminated")
        entry = await dispatch.settle(given)
        assert entry is not None
        assert entry.state is EntryState.CANCELLED
        assert host.hosting.posted == []


async def test_two_supervisors_cannot_end_a_session_twice() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.give(session_id, EndSession(), delay_s=5, confirm_within_s=5)
        second = host.give(session_id, EndSession(), delay_s=0, confirm_within_s=5)
        assert second.order is None
        assert "ada" in second.text


async def test_removing_a_session_answers_whoever_waits_for_it() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        dispatch = host.supervisor.dispatch
        given = host.give(session_id, EndSession(), delay_s=60, confirm_within_s=5)
        waiting = asyncio.ensure_future(dispatch.settle(given))
        await asyncio.sleep(0)  # lets it wait
        host.supervisor.remove(session_id)
        entry = await asyncio.wait_for(waiting, 1)
        assert entry is not None
        assert entry.state is EntryState.CANCELLED
        assert host.hosting.posted == []


async def test_a_crashed_pages_sessions_are_lost_and_hosted_again_the_others_untouched() -> None:
    async with scripted_host() as host:
        first, second, third = host.live(3)
        opened = len(host.hosting.opened)
        host.hosting.crash(first, second)
        assert host.session(first).hosting is Hosting.LOST
        assert host.session(third).hosting is Hosting.LIVE
        async with asyncio.timeout(5):
            while len(host.hosting.opened) < opened + 2:
                await host.feed.news(host.feed.seq, within=1)
        assert {one for one, _ in host.hosting.opened[opened:]} == {first, second}
        assert host.session(first).hosting is Hosting.LOADING
        assert host.session(first).status == "viewerReady"


async def test_after_a_hang_the_pages_sessions_are_hosted_in_two_halves() -> None:
    async with scripted_host() as host:
        ids = host.live(5)
        opened = len(host.hosting.opened)
        host.hosting.sink(reports.SessionsLost(tuple(ids), Fault(ErrorCode.PAGE_HUNG, "hung")))
        async with asyncio.timeout(5):
            while len(host.hosting.opened) < opened + 5:
                await host.feed.news(host.feed.seq, within=1)
        groups = Counter(placing.group for _, placing in host.hosting.opened[opened:])
        assert sorted(groups.values()) == [2, 3]
        assert 0 not in groups


async def test_whoever_hangs_by_itself_is_found_guilty_waits_and_can_be_tried_at_once() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        opened = len(host.hosting.opened)
        host.hosting.sink(
            reports.SessionsLost((first,), Fault(ErrorCode.PAGE_HUNG, "the page stopped answering"))
        )
        guilty = host.session(first)
        assert guilty.hosting is Hosting.LOST
        assert guilty.error == Fault(
            ErrorCode.PAGE_HUNG,
            "the page stopped answering, with no other session in it; it is tried again after 30 s",
        )
        assert await host.feed.news(host.feed.seq, within=0.5) is False
        assert host.supervisor.retry([first, second], RULE) == [first]
        assert [one for one, _ in host.hosting.opened[opened:]] == [first]
        assert host.session(first).hosting is Hosting.LOADING


async def test_browsers_that_were_given_up_are_started_again_when_somebody_asks() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        host.hosting.crash(first)
        host.hosting.sink(reports.BrowsersGivenUp((first,), 15))
        assert "given up after 15 starts" in str(host.service.health()["reason"])
        assert host.session(first).error is not None
        assert host.session(second).hosting is Hosting.LIVE
        assert host.supervisor.retry([first], RULE) == [first]
        assert host.hosting.retries == 1
        assert host.service.health()["reason"] is None


async def test_an_ended_session_is_not_hosted_again_when_its_page_dies() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.says_status(session_id, "terminated")
        opened = len(host.hosting.opened)
        host.hosting.crash(session_id)
        assert await host.feed.news(host.feed.seq, within=0.4) is False
        assert len(host.hosting.opened) == opened
        assert host.session(session_id).hosting is Hosting.ENDED


async def test_a_frame_that_leaves_after_the_end_is_let_go() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.says_status(session_id, "terminated")
        host.hosting.sink(reports.SessionLeft(session_id, "https://elsewhere.example"))
        assert host.hosting.released == [session_id]
        assert host.session(session_id).hosting is Hosting.ENDED


async def test_a_report_that_comes_in_the_middle_of_another_waits_for_its_turn() -> None:
    async with scripted_host() as host:
        session_id = host.add()  # the hosting reports from within open()
        assert [event["type"] for event in host.events()][:2] == ["session.added", "session.hosting"]
        assert host.session(session_id).hosting is Hosting.LOADING


async def test_ended_sessions_are_forgotten_after_their_time() -> None:
    async with scripted_host(Rules(keep_ended_s=0.0)) as host:
        first, second = host.live(2)
        host.hosting.says_status(first, "terminated")
        async with asyncio.timeout(5):
            while first in host.supervisor.fleet:
                await host.feed.news(host.feed.seq, within=2)
        assert second in host.supervisor.fleet


async def test_what_is_under_way_to_a_session_that_is_removed_has_its_fate_written_down() -> None:
    async with scripted_host(hosting=ScriptedHosting(posts=False)) as host:
        (session_id,) = host.live(1)
        sent, handed = (
            host.give(session_id, SwitchColor("#ff0000")),
            host.give(session_id, SwitchColor("#00ff00")),
        )
        queued = host.give(session_id, EndSession(), delay_s=60)
        assert sent.order is not None
        host.hosting.sink(reports.InstructionPosted(session_id, sent.order.number))
        waiting = asyncio.ensure_future(host.supervisor.dispatch.settle(queued))
        await asyncio.wait([waiting], timeout=0.01)
        host.supervisor.remove(session_id)
        fate = await waiting
        assert fate is not None
        assert (fate.state, fate.text) == (EntryState.CANCELLED, "nothing was sent: the session was removed")
        rows = await host.journal.history(since=None, session=session_id, limit=100)
        last = {row["instruction"]: (row["outcome"], row["text"]) for row in rows if row["instruction"]}
        assert handed.order is not None
        for one in (sent, handed):
            assert one.order is not None
            outcome, text = last[f"i{one.order.number}"]
            assert outcome == "unconfirmed"
            assert "the session was removed before its outcome was known; it may have happened" in text
