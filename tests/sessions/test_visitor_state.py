"""What the service says of a visitor: what is kept and published, and when it makes a session `gone`."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.protocol.page_messages import Status
from browser_host.sessions import session_events as events
from browser_host.sessions.rules.transitions import apply
from browser_host.sessions.staleness import StaleLimits, next_look, stale
from browser_host.sessions.views import view_of
from browser_host.sessions.visitor_state import VisitorReport, aged_visitor_words, visitor_words
from tests.sessions.session_strategies import World, at, new_session

LIMITS = StaleLimits(gone=120.0, lost=None)
HERE = VisitorReport(online=True, in_session=True)
AWAY = VisitorReport(online=False, in_session=False)
IDLE = VisitorReport(online=True, in_session=False)
UNKNOWN = VisitorReport()


class Looks(World):
    """A session, and numbered looks at its visitor."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def look(self, report: VisitorReport | None, seconds: float) -> "Looks":
        """A look that brought a report, or failed."""
        self.number += 1
        if report is None:
            self.happens(events.VisitorNotReported(self.number), seconds)
        else:
            self.happens(events.VisitorReported(report, self.number), seconds)
        return self

    def is_gone(self, seconds: float) -> bool:
        verdict = stale(self.session, LIMITS, at(seconds))
        return verdict is not None and verdict.rule == "gone"


def live() -> Looks:
    looks = Looks()
    looks.live()
    return looks


def test_two_looks_a_limit_apart_make_a_visitor_gone() -> None:
    looks = live().look(HERE, 30).look(AWAY, 60).look(AWAY, 90)
    assert not looks.is_gone(100_000), "the time since the last look does not count"
    looks.look(AWAY, 180)
    assert looks.is_gone(180)
    verdict = stale(looks.session, LIMITS, at(500))
    assert verdict is not None
    assert (verdict.since, verdict.for_s, verdict.limit_s) == (at(60).told(), 120, 120)
    assert verdict.text == "visitor left 2m00s ago, limit 2m"
    assert looks.session.status is Status.VIEWER_READY
    assert not looks.look(HERE, 190).is_gone(190)


def test_a_failed_look_starts_the_count_again() -> None:
    looks = live().look(AWAY, 60).look(None, 90).look(AWAY, 200)
    assert not looks.is_gone(200)
    assert looks.look(AWAY, 320).is_gone(320)
    assert looks.look(None, 350).is_gone(900), "an outage calls nobody back either"


def test_who_has_not_joined_yet_is_not_gone_unless_offline() -> None:
    looks = Looks()
    looks.happens(events.Opened(1), 0)
    looks.says(Status.PENDING_REQUEST, 1)
    assert not looks.look(IDLE, 2).look(IDLE, 200).is_gone(200)
    looks.says(Status.ACTIVE, 201)
    assert not looks.look(IDLE, 202).is_gone(202)
    assert looks.look(IDLE, 322).is_gone(322)
    assert not live().look(UNKNOWN, 1).look(UNKNOWN, 500).is_gone(500)


def test_a_session_that_begins_later_is_not_gone_by_old_looks() -> None:
    looks = live().look(AWAY, 10).look(AWAY, 200)
    looks.happens(events.Opened(2), 210)
    assert not looks.is_gone(210)
    assert not looks.look(AWAY, 220).is_gone(220)
    assert looks.look(AWAY, 340).is_gone(340)


def test_an_older_look_that_comes_late_changes_nothing() -> None:
    world = live().look(HERE, 10)
    late = apply(world.session, events.VisitorReported(AWAY, 1), at(11))
    assert (late.session, late.changes) == (world.session, ())
    ended = World().live().says(Status.TERMINATED, 2).happens(events.VisitorReported(AWAY, 9), 3)
    assert ended.session.visitor_state is None


def test_only_what_is_new_is_published() -> None:
    looks = live().look(replace(HERE, last_seen_at=1.0), 10)
    assert looks.types == ["session.visitor"]
    assert looks.look(replace(HERE, last_seen_at=2.0), 20).types == []
    state = view_of(looks.session, None).visitor_state
    assert state is not None
    assert (state.last_seen_at, state.checked_at) == (2.0, at(20).told())
    assert looks.look(replace(HERE, url="https://shop.example/cart"), 30).types == ["session.visitor"]
    moments = [moment.text for moment in looks.timeline if moment.kind == "session.visitor"]
    assert moments == ["in session"], "a page more is no moment of its own"


def test_the_next_look_is_due_when_it_would_decide() -> None:
    looks = live().look(HERE, 10)
    assert next_look(looks.session, LIMITS) is None
    assert next_look(looks.look(AWAY, 40).session, LIMITS) == 160
    assert next_look(looks.session, replace(LIMITS, gone=None)) is None
    assert next_look(looks.look(None, 50).session, LIMITS) is None
    assert next_look(looks.look(AWAY, 60).look(AWAY, 180).session, LIMITS) is None


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (HERE, "in session"),
        (replace(HERE, agents=("Dana",)), "in session, another agent: Dana"),
        (IDLE, "left"),
        (VisitorReport(online=True), "online"),
        (UNKNOWN, ""),
    ],
)
def test_what_the_service_says_is_told_in_words(report: VisitorReport, words: str) -> None:
    assert visitor_words(live().look(report, 10).session.visitor_state) == words


def test_words_have_the_age_of_what_they_tell() -> None:
    assert aged_visitor_words(live().look(AWAY, 10).session.visitor_state, at(260)) == "left 4m10s ago"
    interrupted = live().look(HERE, 10).look(None, 20).session.visitor_state
    assert aged_visitor_words(interrupted, at(310)) == "in session, as of 5m00s ago"
    assert aged_visitor_words(None, at(0)) == ""


OUTCOMES = st.sampled_from([HERE, AWAY, AWAY, IDLE, UNKNOWN, None])


@given(st.lists(st.tuples(OUTCOMES, st.sampled_from([1.0, 30.0, 60.0, 119.0, 500.0])), max_size=12))
@settings(max_examples=300)
def test_gone_is_two_looks_apart_and_no_other_between(
    looks: list[tuple[VisitorReport | None, float]],
) -> None:
    """Only an unbroken run of looks makes a session stale, whatever fails and however long it is silent."""
    world, seconds = live(), 1.0
    run: list[float] = []
    for report, pause in looks:
        seconds += pause
        was_gone = world.is_gone(seconds)
        world.look(report, seconds)
        away = report in (AWAY, IDLE)
        run = [*run, seconds] if away else []
        expected = was_gone if report is None else away and run[-1] - run[0] >= 120
        assert world.is_gone(seconds) is expected
        assert world.is_gone(seconds + 9_999) is expected


@given(st.lists(st.tuples(st.sampled_from([HERE, None]), st.integers(1, 9_999)), max_size=8))
def test_failing_looks_never_make_a_session_stale(looks: list[tuple[VisitorReport | None, int]]) -> None:
    world, seconds = live(), 1.0
    for report, pause in looks:
        seconds += pause
        assert not world.look(report, seconds).is_gone(seconds + 9_999)
    assert stale(new_session(), LIMITS, at(seconds)) is None
