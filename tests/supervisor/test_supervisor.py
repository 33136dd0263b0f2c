"""The single writer: what the hosting reports and what is asked for, in every order that may come."""

import asyncio
from collections import Counter

import pytest

from browser_host.api.peer import RULE
from browser_host.bridge import events as reports
from browser_host.errors import Refused, UnknownSession
from browser_host.protocol.page_instructions import EndSession, Mode, SetMode, SwitchColor
from browser_host.secrets import WatchLink
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.session import ErrorCode, Fault, Hosting, Source
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import Policy
from tests.support.host import PEER, scripted_host
from tests.support.hosting import ScriptedHosting
from tests.support.patience import patient


async def test_a_session_goes_from_queued_to_live_by_its_pages_word() -> None:
    async with scripted_host(hosting=ScriptedHosting(opens=False)) as host:
        session_id = host.add()
        assert host.session(session_id).hosting is Hosting.QUEUED
        host.hosting.sink(reports.SessionOpened(session_id, group=3))
        assert host.session(session_id).hosting is Hosting.LOADING
        host.hosting.says_status(session_id, "waiting")
        session = host.session(session_id)
        assert (session.hosting, session.status, session.process) == (Hosting.LIVE, "waiting", 3)


async def test_every_change_is_an_event_numbered_by_ones() -> None:
    async with scripted_host() as host:
        host.live(3)
        events = host.events()
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert {"session.added", "session.hosting", "session.status"} <= {event["type"] for event in events}


async def test_link_is_hosted_once_and_refusal_names_the_id() -> None:
    async with scripted_host() as host:
        new = NewSession(link=WatchLink("https://watch.example/a?token=x"), source=Source.COMMAND)
        session_id = host.supervisor.add(new)
        with pytest.raises(Refused, match=session_id) as refusal:
            host.supervisor.add(new)
        assert "watch.example" not in str(refusal.value)


async def test_a_host_takes_no_more_than_it_can() -> None:
    async with scripted_host(Policy(max_sessions=2)) as host:
        host.live(2)
        with pytest.raises(Refused, match="2 sessions"):
            host.add()


async def test_an_unknown_id_stops_the_whole_call() -> None:
    async with scripted_host() as host:
        (known,) = host.live(1)
        with pytest.raises(UnknownSession, match="nobody"):
            host.supervisor.require([known, "nobody"])


async def test_removed_session_is_released_and_ignored() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.supervisor.remove(session_id)
        seq = host.feed.seq
        host.hosting.says_status(session_id, "terminated")
        assert host.hosting.released == [session_id]
        assert host.feed.seq == seq
        assert host.events()[-1]["type"] == "session.removed"


async def test_instruction_reaches_its_session_and_is_confirmed() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        given = host.give(second, SwitchColor("#ff0000"), delay_s=0, confirm_within_s=5)
        assert [(one.session_id, one.message) for one in host.hosting.posted] == [
            (second, {"action": "switchColor", "color": "#ff0000"})
        ]
        host.hosting.says_color(second, "red", after=host.hosting.posted[0].number)
        entry = await host.supervisor.instructions.wait(given)
        assert entry is not None
        assert entry.state is EntryState.CONFIRMED
        assert host.session(first).ledger == ()


async def test_earlier_colour_does_not_confirm_an_instruction() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        given = host.give(session_id, SwitchColor(), delay_s=0, confirm_within_s=0.05)
        host.hosting.says_color(session_id, "#00ff00", after=0)
        entry = await host.supervisor.instructions.wait(given)
        assert entry is not None
        assert entry.state is EntryState.UNCONFIRMED


async def test_a_mode_is_sent_and_never_more_than_that() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        given = host.give(session_id, SetMode(Mode.DRAW), delay_s=0, confirm_within_s=0.01)
        entry = await host.supervisor.instructions.wait(given)
        assert entry is not None
        assert (entry.state, host.session(session_id).mode) == (EntryState.SENT, Mode.DRAW)


async def test_pending_end_can_be_undone_before_it_is_posted() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        instructions = host.supervisor.instructions
        given = host.give(session_id, EndSession(), delay_s=60, confirm_within_s=5)
        assert given.order is not None
        holding = instructions.cancel(given.order.number, PEER)
        assert holding is not None
        assert holding.entry.state is EntryState.CANCELLED
        assert host.hosting.posted == []


async def test_an_end_whose_time_has_come_is_posted_once() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        instructions = host.supervisor.instructions
        given = host.give(session_id, EndSession(), delay_s=0.01, confirm_within_s=0.05)
        assert host.hosting.posted == []
        entry = await instructions.wait(given)
        assert entry is not None
        assert entry.state is EntryState.UNCONFIRMED
        assert [one.session_id for one in host.hosting.posted] == [session_id]


async def test_an_instruction_that_is_on_its_way_cannot_be_taken_back() -> None:
    async with scripted_host(hosting=ScriptedHosting(posts=False)) as host:
        (session_id,) = host.live(1)
        instructions = host.supervisor.instructions
        given = host.give(session_id, EndSession(), delay_s=0, confirm_within_s=5)
        assert given.order is not None
        holding = instructions.cancel(given.order.number, PEER)
        assert holding is not None
        assert holding.entry.state is not EntryState.CANCELLED


async def test_a_session_that_ended_by_itself_is_not_instructed() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        instructions = host.supervisor.instructions
        given = host.give(session_id, EndSession(), delay_s=0.02, confirm_within_s=5)
        host.hosting.says_status(session_id, "terminated")
        entry = await instructions.wait(given)
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
        instructions = host.supervisor.instructions
        given = host.give(session_id, EndSession(), delay_s=60, confirm_within_s=5)
        waiting = asyncio.ensure_future(instructions.wait(given))
        await asyncio.sleep(0)  # lets it wait
        host.supervisor.remove(session_id)
        entry = await asyncio.wait_for(waiting, 1)
        assert entry is not None
        assert entry.state is EntryState.CANCELLED
        assert host.hosting.posted == []


async def test_crashed_page_sessions_are_lost_and_hosted_again() -> None:
    async with scripted_host() as host:
        first, second, third = host.live(3)
        opened = len(host.hosting.opened)
        host.hosting.crash(first, second)
        assert host.session(first).hosting is Hosting.LOST
        assert host.session(third).hosting is Hosting.LIVE
        async with asyncio.timeout(patient(5)):
            while len(host.hosting.opened) < opened + 2:
                await host.feed.news(host.feed.seq, within=1)
        assert {one for one, _ in host.hosting.opened[opened:]} == {first, second}
        assert host.session(first).hosting is Hosting.LOADING
        assert host.session(first).status == "viewerReady"


async def test_sessions_are_split_in_two_halves_after_a_hang() -> None:
    async with scripted_host() as host:
        ids = host.live(5)
        opened = len(host.hosting.opened)
        host.hosting.sink(
            reports.SessionsLost(tuple(ids), Fault(ErrorCode.PAGE_HUNG, "hung"), reports.LossCause.HANG)
        )
        async with asyncio.timeout(patient(5)):
            while len(host.hosting.opened) < opened + 5:
                await host.feed.news(host.feed.seq, within=1)
        cohorts = Counter(placing.cohort for _, placing in host.hosting.opened[opened:])
        assert sorted(cohorts.values()) == [2, 3]
        assert 0 not in cohorts


async def test_isolated_hanging_session_waits_and_can_be_retried() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        opened = len(host.hosting.opened)
        host.hosting.sink(
            reports.SessionsLost(
                (first,), Fault(ErrorCode.PAGE_HUNG, "the page stopped answering"), reports.LossCause.HANG
            )
        )
        isolated = host.session(first)
        assert isolated.hosting is Hosting.LOST
        assert isolated.error == Fault(
            ErrorCode.PAGE_HUNG,
            "the page stopped answering, with no other session in it; it is tried again after 30 s",
        )
        assert await host.feed.news(host.feed.seq, within=0.5) is False
        assert host.supervisor.retry([first, second], RULE) == [first]
        assert [one for one, _ in host.hosting.opened[opened:]] == [first]
        assert host.session(first).hosting is Hosting.LOADING


async def test_given_up_browsers_start_again_on_request() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        host.hosting.crash(first)
        host.hosting.sink(reports.BrowsersGivenUp((first,), 15))
        assert "given up after 15 starts" in str(host.service.health().reason)
        assert host.session(first).error is not None
        assert host.session(second).hosting is Hosting.LIVE
        assert host.supervisor.retry([first], RULE) == [first]
        assert host.hosting.retries == 1
        assert host.service.health().reason is None


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
        gone = Fault(ErrorCode.PAGE_REPLACED, "replaced")
        host.hosting.sink(reports.PageReplaced(session_id, "https://elsewhere.example", gone))
        assert host.hosting.released == [session_id]
        assert host.session(session_id).hosting is Hosting.ENDED


async def test_report_during_another_waits_for_its_turn() -> None:
    async with scripted_host() as host:
        session_id = host.add()  # the hosting reports from within open()
        assert [event["type"] for event in host.events()][:2] == ["session.added", "session.hosting"]
        assert host.session(session_id).hosting is Hosting.LOADING


async def test_ended_sessions_are_forgotten_after_their_time() -> None:
    async with scripted_host(Policy(keep_ended_s=0.0)) as host:
        first, second = host.live(2)
        host.hosting.says_status(first, "terminated")
        async with asyncio.timeout(patient(5)):
            while first in host.supervisor.store:
                await host.feed.news(host.feed.seq, within=2)
        assert second in host.supervisor.store


async def test_instructions_of_a_removed_session_are_journalled() -> None:
    async with scripted_host(hosting=ScriptedHosting(posts=False)) as host:
        (session_id,) = host.live(1)
        sent, handed = (
            host.give(session_id, SwitchColor("#ff0000")),
            host.give(session_id, SwitchColor("#00ff00")),
        )
        queued = host.give(session_id, EndSession(), delay_s=60)
        assert sent.order is not None
        host.hosting.sink(reports.InstructionPosted(session_id, sent.order.number))
        waiting = asyncio.ensure_future(host.supervisor.instructions.wait(queued))
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
