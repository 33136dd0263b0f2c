"""When a session counts as stale, and when it does not."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.protocol.page_messages import Color, ColorChanged, Status
from browser_host.sessions import session_events as events
from browser_host.sessions.clock import Instant
from browser_host.sessions.rules.transitions import apply
from browser_host.sessions.session import Session
from browser_host.sessions.staleness import (
    Countdown,
    StaleLimits,
    countdown,
    is_same_staleness,
    stale,
)
from browser_host.sessions.views import view_of
from tests.sessions.session_strategies import FAULT, WALL, World, at, histories, new_session

LIMITS = StaleLimits()
ALL = StaleLimits(waiting=5, pending=7, mute=3, silent=11, age=60, lost=9)


def rule(session: Session, seconds: float, limits: StaleLimits = LIMITS) -> str | None:
    staleness = stale(session, limits, at(seconds))
    return None if staleness is None else staleness.rule


def test_pending_session_is_stale_from_its_limit_on() -> None:
    world = World().live().says(Status.PENDING_REQUEST, 1)
    assert rule(world.session, 300.9) is None
    assert rule(world.session, 301) == "pending"
    staleness = stale(world.session, LIMITS, at(371))
    assert staleness is not None
    assert (staleness.rule, staleness.since, staleness.for_s, staleness.limit_s) == (
        "pending",
        WALL + 1,
        370,
        300,
    )
    assert staleness.text == "pending 6m10s, limit 5m"


def test_a_repeated_status_does_not_begin_the_count_again() -> None:
    world = World().live().says(Status.WAITING, 1).says(Status.WAITING, 119)
    assert rule(world.session, 121) == "waiting"
    assert rule(world.says(Status.ACTIVE, 122).session, 9_999) is None


def test_a_page_that_never_spoke_is_mute() -> None:
    world = World().happens(events.Opened(1), 1)
    assert rule(world.session, 60) is None
    assert rule(world.session, 61) == "mute"
    assert rule(world.says(Status.ACTIVE, 62).session, 999) is None


def test_silence_is_no_staleness_unless_it_is_asked_for() -> None:
    world = World().live()
    assert rule(world.session, 99_999) is None
    assert rule(world.session, 40, StaleLimits(silent=30)) == "silent"
    assert rule(world.session, 40, StaleLimits(age=30)) == "age"


def test_lost_time_counts_through_every_retry() -> None:
    world = World().live().happens(events.PageLost(FAULT), 10).happens(events.Requeued(), 11)
    world.happens(events.Opened(2), 12).happens(events.PageLost(FAULT), 13)
    assert rule(world.session, 309) is None
    assert rule(world.session, 310) == "lost"
    world.happens(events.Requeued(), 311).happens(events.Opened(3), 312)
    assert rule(world.session, 313) == "lost"
    assert rule(world.says(Status.ACTIVE, 314).session, 999) is None


def test_status_from_before_a_loss_does_not_count() -> None:
    world = World().live().says(Status.PENDING_REQUEST, 1).happens(events.PageLost(FAULT), 200)
    assert rule(world.session, 302) is None
    world.happens(events.Opened(2), 303)
    assert rule(world.session, 304) is None
    assert rule(world.says(Status.PENDING_REQUEST, 305).session, 306) == "pending"


def test_live_page_counts_only_statuses_it_reported() -> None:
    world = World().live().says(Status.PENDING_REQUEST, 1).happens(events.PageLost(FAULT), 2)
    world.happens(events.Opened(2), 3).says(ColorChanged(Color("#ff0000", "red")), 4)
    assert rule(world.session, 400) is None


def test_lost_session_with_hung_next_page_stays_lost() -> None:
    world = (
        World()
        .live()
        .happens(events.PageLost(FAULT), 10)
        .happens(events.Opened(2), 20)
        .happens(events.PageHung(), 30)
    )
    assert rule(world.session, 310) == "lost"
    assert rule(world.happens(events.PageAnswered(), 311).session, 312) == "lost"


def test_blocked_and_hung_pages_are_out_of_sight_too() -> None:
    world = World().live().happens(events.PageHung(), 10)
    staleness = stale(world.session, LIMITS, at(310))
    assert staleness is not None
    assert staleness.text == "not responding 5m00s, limit 5m"
    assert rule(world.happens(events.PageAnswered(), 311).session, 999) is None
    assert rule(World().happens(events.Opened(1), 0).happens(events.Blocked(FAULT), 1).session, 301) == "lost"


def test_an_ended_session_is_never_stale() -> None:
    world = World().live().says(Status.PENDING_REQUEST, 1).says(Status.TERMINATED, 2)
    assert rule(world.session, 9_999, ALL) is None


def test_a_jump_of_the_wall_clock_makes_nothing_stale() -> None:
    world = World().live().says(Status.PENDING_REQUEST, 1)
    jumped = Instant(mono=10, wall=WALL + 86_400)
    assert stale(world.session, LIMITS, jumped) is None


def test_a_rule_that_is_off_says_nothing() -> None:
    off = StaleLimits(waiting=None, pending=None, mute=float("inf"), lost=None)
    world = World().happens(events.Opened(1), 0)
    assert rule(world.session, 9_999, off) is None
    assert countdown(view_of(world.session, None), off, WALL + 5) is None


def test_the_countdown_names_the_rule_that_comes_first() -> None:
    world = World().live().says(Status.PENDING_REQUEST, 1)
    view = view_of(world.session, None)
    assert countdown(view, LIMITS, WALL + 251) == Countdown("pending", 250, 300)
    assert countdown(view, replace(LIMITS, age=260), WALL + 251) == Countdown("age", 251, 260)
    staleness = stale(world.session, LIMITS, at(400))
    assert countdown(replace(view, stale=staleness), LIMITS, WALL + 401) == Countdown("pending", 400, 300)
    assert countdown(view_of(world.says(Status.TERMINATED, 2).session, None), LIMITS, WALL) is None


def test_results_that_differ_in_time_alone_are_the_same() -> None:
    session = World().live().says(Status.PENDING_REQUEST, 1).session
    assert is_same_staleness(stale(session, LIMITS, at(400)), stale(session, LIMITS, at(500)))
    assert is_same_staleness(None, None)
    assert not is_same_staleness(None, stale(session, LIMITS, at(400)))


@given(histories(), st.floats(0, 100))
@settings(max_examples=300)
def test_staleness_only_starts_between_two_events(
    history: list[tuple[events.SessionEvent, Instant]], wait: float
) -> None:
    session, now = new_session(), at(0)
    for event, moment in history:
        session, now = apply(session, event, moment).session, moment
    before, after = stale(session, ALL, now), stale(session, ALL, at(now.mono + wait))
    assert before is None or after is not None
    if after is not None:
        assert after.for_s >= after.limit_s
        assert before is not None or after.for_s - wait < after.limit_s + 0.001  # what rounding adds
