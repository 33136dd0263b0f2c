"""A flood is named once it lasts, keeps its name while it goes on, and is over when it is."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.bridge import events
from browser_host.sessions.session import Session
from browser_host.supervisor.hosting.flood_detector import FROM, LASTS_S, UNTIL, FloodDetector
from tests.sessions.session_strategies import new_session
from tests.support.host import scripted_host


def sessions(**dropped: int) -> list[Session]:
    return [replace(new_session(name), id=name, dropped=count) for name, count in dropped.items()]


def test_what_floods_is_named_with_its_rate_and_no_other() -> None:
    floods = FloodDetector()
    floods.look(sessions(loud=0, quiet=0), 10.0)
    turn = floods.look(sessions(loud=150_000, quiet=3), 13.0)
    assert [str(flood) for flood in turn.began] == [
        "session loud floods: 50,000 messages a second were dropped"
    ]


def test_what_was_dropped_before_the_first_look_is_no_flood() -> None:
    assert FloodDetector().look(sessions(loud=1_000_000), 10.0).began == ()


def test_a_burst_is_no_flood() -> None:
    floods = FloodDetector()
    floods.look(sessions(burst=0), 0.0)
    assert floods.look(sessions(burst=900), 1.0).began == ()
    assert floods.look(sessions(burst=901), LASTS_S).began == ()


def test_a_session_that_was_removed_floods_no_more() -> None:
    floods = FloodDetector()
    floods.look(sessions(loud=0), 0.0)
    floods.look(sessions(loud=100_000), 4.0)
    assert [one.id for one in floods.look([], 8.0).ended] == ["loud"]
    assert floods.present == {}


@given(st.lists(st.tuples(st.integers(0, 3_000), st.floats(LASTS_S, 30.0)), max_size=30))
def test_began_and_ended_take_turns_and_agree_with_the_rate(steps: list[tuple[int, float]]) -> None:
    floods, now, dropped, flooding = FloodDetector(), 0.0, 0, False
    floods.look(sessions(one=0), now)
    for rate, seconds in steps:
        count = round(rate * seconds)
        now, dropped = now + seconds, dropped + count
        turn = floods.look(sessions(one=dropped), now)
        assert len(turn.began) == (not flooding and "one" in floods.present)
        assert len(turn.ended) == (flooding and "one" not in floods.present)
        flooding = "one" in floods.present
        # A hundredth of leave for the clock's own rounding.
        assert flooding or count / seconds < FROM * 1.01
        assert not flooding or count / seconds > UNTIL * 0.99


async def test_the_hosts_health_names_the_session_that_floods() -> None:
    async with scripted_host() as host:
        loud, _ = host.live(2)
        host.supervisor.flood_detector.look(host.supervisor.store, 0.0)
        host.hosting.sink(events.MessagesDropped(loud, 40_000))
        host.supervisor.flood_detector.look(host.supervisor.store, 4.0)
        health = host.service.health()
        assert health.status == "degraded"
        assert health.reason == f"session {loud} floods: 10,000 messages a second were dropped"
