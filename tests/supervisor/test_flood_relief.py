"""A session whose flood costs its neighbours is named, set apart, and tried again late."""

from browser_host.bridge import events
from browser_host.browsers.interface import SHARED, Placing
from browser_host.sessions.session import ErrorCode, Hosting
from browser_host.supervisor.hosting.flood_detector import RECENT_S
from browser_host.supervisor.hosting.lifecycle import FLOODED
from browser_host.supervisor.hosting.retry_policy import APART_DELAYS_S
from tests.support.clocks import SettableClock
from tests.support.host import PEER, ScriptedHost, scripted_host

FLOOD = 40_000


def flood(host: ScriptedHost, clock: SettableClock, session_id: str) -> None:
    host.supervisor.flood_detector.look(host.supervisor.store, clock().mono)
    host.hosting.sink(events.MessagesDropped(session_id, FLOOD))
    clock.forward(4.0)
    host.supervisor.flood_detector.look(host.supervisor.store, clock().mono)


def faults(host: ScriptedHost) -> dict[str, tuple[Hosting, str]]:
    return {one.id: (one.hosting, one.error.text if one.error else "") for one in host.supervisor.store}


async def test_flood_that_ended_its_process_is_named_and_waits() -> None:
    clock = SettableClock()
    async with scripted_host(clock=clock) as host:
        loud, *others = host.live(3)
        flood(host, clock, loud)
        host.hosting.crash(loud, *others, cause=events.LossCause.FLOOD)
        assert FLOODED in faults(host)[loud][1]
        assert f"tried again after {APART_DELAYS_S[0]:.0f} s" in faults(host)[loud][1]
        assert not any(FLOODED in faults(host)[other][1] for other in others)
        (line,) = host.log.of("session.isolated")
        assert line["id"] == loud
        waits = {str(one["id"]): one["again_in_s"] for one in host.log.of("session.failed")}
        assert waits[loud] == APART_DELAYS_S[0]
        assert all(waits[other] == 0.2 for other in others)


async def test_flood_that_nobody_saw_is_bisected() -> None:
    async with scripted_host() as host:
        ids = host.live(4)
        host.hosting.opened.clear()
        host.hosting.crash(*ids, cause=events.LossCause.FLOOD)
        host.supervisor.retry(ids, PEER)
        cohorts = {session_id: placing.cohort for session_id, placing in host.hosting.opened}
        assert cohorts[ids[0]] == cohorts[ids[1]] != cohorts[ids[2]] == cohorts[ids[3]]
        assert host.log.of("session.isolated") == []


async def test_live_flood_is_set_apart_before_its_process_is_lost() -> None:
    clock = SettableClock()
    async with scripted_host(clock=clock) as host:
        loud, *others = host.live(3)
        flood(host, clock, loud)
        host.hosting.opened.clear()
        host.hosting.sink(events.SessionsUnresponsive((loud, *others)))
        session = host.session(loud)
        assert session.error is not None
        assert (session.hosting, session.error.code) == (Hosting.LOST, ErrorCode.PAGE_HUNG)
        assert host.hosting.released == [loud]
        assert {host.session(other).hosting for other in others} == {Hosting.UNRESPONSIVE}
        host.supervisor.retry([loud], PEER)
        assert host.hosting.opened == [(loud, Placing(1, None))]


async def test_flood_without_neighbours_is_left_where_it_is() -> None:
    clock = SettableClock()
    async with scripted_host(clock=clock) as host:
        (loud,) = host.live(1)
        flood(host, clock, loud)
        host.hosting.sink(events.SessionsUnresponsive((loud,)))
        assert (host.session(loud).hosting, host.hosting.released) == (Hosting.UNRESPONSIVE, [])


async def test_flood_of_long_ago_blames_nobody() -> None:
    clock = SettableClock()
    async with scripted_host(clock=clock) as host:
        loud, other = host.live(2)
        flood(host, clock, loud)
        clock.forward(RECENT_S + 1)
        host.hosting.sink(events.SessionsUnresponsive((loud, other)))
        assert host.hosting.released == []
        assert [placing for _, placing in host.hosting.opened] == [SHARED, SHARED]
