"""Statistics from the journal's rows: equal to a count of the same histories second by second."""

import statistics
from collections import defaultdict
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.replies import EndCounts, Grouping
from browser_host.supervisor.audit import lives as reading
from browser_host.supervisor.audit.lives import Fact, Fate
from browser_host.supervisor.audit.statistics import Window, never_active, percentile, report

STATUSES = ("waiting", "pendingRequest", "active", "viewerReady")
KIM = "kim (1000)"


@dataclass(frozen=True)
class Story:
    """A session's life as a test makes one up: when it opened, what its page reported, how it closed."""

    session: str
    label: str
    opened: int
    statuses: tuple[tuple[int, str], ...]
    closed: int | None
    fate: Fate

    def facts(self) -> list[tuple[int, Fact]]:
        rows = [self.fact(self.opened, "session.added", "noted", by=KIM)]
        rows += [self.fact(at, "session.status", "said", status) for at, status in self.statuses]
        if self.closed is not None:
            rows += [self.fact(self.closed, *row[:-1], by=row[-1]) for row in _CLOSING[self.fate]]
        return rows

    def fact(self, at: int, action: str, outcome: str, text: str = "", by: str = "page") -> tuple[int, Fact]:
        return at, Fact(float(at), by, action, self.session, self.label, outcome, text)

    def status_at(self, second: int) -> str | None:
        if not self.is_open_at(second):
            return None
        told = [status for at, status in self.statuses if at <= second]
        return told[-1] if told else None

    def is_open_at(self, second: int) -> bool:
        return self.opened <= second and (self.closed is None or second < self.closed)


_ENDED = ("session.ended", "said", "terminated", "page")
_CLOSING = {
    Fate.PAGE: [_ENDED],
    Fate.SUPERVISOR: [("endSession", "sent", "", KIM), _ENDED, ("endSession", "confirmed", "via page", KIM)],
    Fate.RULE: [_ENDED, ("endSession", "confirmed", "via rest", "rule pending")],
    Fate.LOST: [
        ("session.hosting", "noted", "lost: the page crashed", "watchdeck"),
        ("session.removed", "noted", "", KIM),
    ],
    Fate.RELEASED: [("endSession", "unconfirmed", "", KIM), ("session.removed", "noted", "", KIM)],
}


_BY = {Fate.PAGE: "page", Fate.SUPERVISOR: KIM, Fate.RULE: "rule pending"}


@st.composite
def stories(draw: st.DrawFn) -> list[Story]:
    made = []
    for number in range(draw(st.integers(0, 6))):
        moments = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=6)))
        opened, *between = moments
        closes = draw(st.booleans())
        closed = between.pop() if closes else None
        made.append(
            Story(
                f"s{number}",
                draw(st.sampled_from(("Acme", "Globex"))),
                opened,
                tuple((at, draw(st.sampled_from(STATUSES))) for at in between),
                closed,
                draw(st.sampled_from(sorted(_CLOSING))) if closes else Fate.OPEN,
            )
        )
    return made


def keys_at(story: Story, second: int, by: Grouping) -> set[str]:
    if not story.is_open_at(second):
        return set()
    match by:
        case Grouping.STATUS:
            status = story.status_at(second)
            return set() if status is None else {status}
        case Grouping.LABEL:
            return {story.label}
        case Grouping.ENDED:
            return {story.fate}
        case Grouping.BY:
            return {_BY[story.fate]} if story.fate in _BY else set()


def counted(told: list[Story], since: int, until: int, by: Grouping) -> dict[str, list[int]]:
    """Seconds of each session by key, found by looking at every second; those that only touch it have 0."""
    seconds: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for story in told:
        for second in range(since, until + 1):
            for key in keys_at(story, second, by) | keys_at(story, second - 1, by):
                seconds[key][story.session] += key in keys_at(story, second, by) and second < until
    return {key: sorted(each.values()) for key, each in seconds.items()}


@given(stories(), st.integers(0, 60), st.integers(0, 60), st.sampled_from(Grouping))
def test_statistics_equal_a_count_of_every_second(
    told: list[Story], one: int, other: int, by: Grouping
) -> None:
    since, until = sorted((one, other))
    rows = [fact for story in told for fact in story.facts()]
    past = [fact for at, fact in sorted(rows, key=lambda row: row[0]) if at <= until]
    told_by_then = [
        Story(one.session, one.label, one.opened, one.statuses, one.closed, one.fate)
        if one.closed is not None and one.closed <= until
        else Story(one.session, one.label, one.opened, one.statuses, None, Fate.OPEN)
        for one in told
        if one.opened <= until
    ]
    found = report(reading.lives(past), Window(since, until), by)
    seen = [story for story in told_by_then if story.closed is None or story.closed >= since]
    assert found.sessions == len(seen)
    fates = [story.fate for story in seen]
    assert found.ended == EndCounts(
        *(fates.count(fate) for fate in (Fate.PAGE, Fate.SUPERVISOR, Fate.RULE, Fate.LOST))
    )
    expected = counted(told_by_then, since, until, by)
    assert {row.key: (row.sessions, row.median_s, row.p95_s) for row in found.rows} == {
        key: (len(each), statistics.median(each), each[-(len(each) // 20) - 1])
        for key, each in expected.items()
    }
    active = [one for one in seen if any(at <= until and word == "active" for at, word in one.statuses)]
    assert never_active(reading.lives(past), Window(since, until)) == len(seen) - len(active)


def fact(
    at: float, action: str, text: str = "", *, outcome: str = "noted", session: str | None = "s1"
) -> Fact:
    return Fact(at, "watchdeck", action, session, "Acme", outcome, text)


def test_a_session_brought_back_after_a_crash_is_not_lost() -> None:
    rows = [
        fact(0, "host.started", session=None),
        fact(1, "session.added"),
        fact(1, "session.added", session="s2"),
        fact(2, "session.status", "active"),
        fact(50, "host.started", session=None),
        fact(51, "session.added"),
        fact(60, "session.status", "active"),
    ]
    found = reading.lives(rows)
    assert [(life.session, life.opened, life.closed, life.fate) for life in found] == [
        ("s1", 1, 2, Fate.RELEASED),
        ("s1", 51, None, Fate.OPEN),
        ("s2", 1, 2, Fate.LOST),
    ]
    counted_by_status = report(found, Window(0, 100), Grouping.STATUS)
    assert (counted_by_status.sessions, counted_by_status.rows[0].median_s) == (2, 40)


def test_a_host_that_stopped_in_order_lost_nobody() -> None:
    rows = [
        fact(1, "session.added"),
        fact(9, "host.stopped", session=None),
        fact(20, "host.started", session=None),
    ]
    (life,) = reading.lives(rows)
    assert (life.closed, life.fate) == (9, Fate.RELEASED)


def test_a_lost_page_that_reports_again_is_open() -> None:
    rows = [
        fact(0, "session.added"),
        fact(1, "session.status", "active"),
        fact(5, "session.hosting", "lost: the page crashed"),
    ]
    (life,) = reading.lives(rows)
    assert (life.fate, life.stays) == (Fate.LOST, (("active", 1, 5),))
    (life,) = reading.lives([*rows, fact(9, "session.status", "active")])
    assert (life.fate, life.stays) == (Fate.OPEN, (("active", 1, 5), ("active", 9, None)))


def test_a_session_that_began_again_has_two_lives() -> None:
    rows = [
        fact(0, "session.added"),
        fact(1, "session.status", "active"),
        fact(5, "session.ended", "terminated"),
        fact(5, "session.ended", "error"),
        fact(4, "session.status", "waiting (3 more before it)"),
        fact(7, "session.began_anew"),
        fact(7, "session.status", "pendingRequest"),
    ]
    found = reading.lives(rows)
    assert [(life.opened, life.closed, life.fate) for life in found] == [
        (0, 5, Fate.PAGE),
        (7, None, Fate.OPEN),
    ]
    assert report(found, Window(0, 10), Grouping.ENDED).sessions == 1


def test_rows_without_a_beginning_are_counted_from_the_first() -> None:
    (life,) = reading.lives([fact(4, "session.status", "active"), fact(6, "session.ended", "ended")])
    assert (life.opened, life.closed, life.stays) == (4, 6, (("active", 4, 6),))


def test_a_percentile_is_one_of_the_values() -> None:
    assert (percentile(range(1, 101)), percentile([7.0]), percentile([1.0, 2.0])) == (95, 7, 2)
