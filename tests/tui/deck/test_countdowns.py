"""How near a session is to being stale: in words that change rarely, in an order that time alone keeps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.durations import parse_duration
from browser_host.sessions.staleness import LabelRule, StaleLimits, StaleRules
from browser_host.sessions.views import SessionView, StaleView
from tests.tui.deck.screen_samples import NOW, session
from tui.style.roles import Role
from tui.view import rows
from tui.view.columns import layout
from tui.view.countdowns import deadline, limits_of, nearness
from tui.view.rows import RowContext
from tui.view.sorting import Sort, SortKey, arranged

RULES = StaleRules()
LIMITS = limits_of(RULES)
STALE = StaleView("pending", NOW - 720, 720, 300, "pending 12m00s, limit 5m")


def pending(seconds: float, name: str = "x", stale: StaleView | None = None) -> SessionView:
    return session(name, status="pendingRequest", status_since=NOW - seconds, stale=stale)


VIEWS = st.lists(
    st.builds(
        session,
        st.sampled_from([f"s{n}" for n in range(20)]),
        label=st.sampled_from(("acme", "desk 4", "")),
        status=st.sampled_from(("waiting", "pendingRequest", "viewerReady", None)),
        status_since=st.floats(NOW - 9000, NOW),
        opened_at=st.floats(NOW - 9000, NOW),
        stale=st.none() | st.just(STALE),
        events=st.sampled_from((0, 3)),
    ),
    unique_by=lambda view: view.id,
)


def told(view: SessionView, width: int = 159, now: float = NOW, rules: StaleRules = RULES) -> str:
    columns = layout(width, wide=False)
    cells = rows.cells(view, columns, RowContext(now, limits=limits_of(rules)))
    at = [placed.column.id for placed in columns.placed].index("stale")
    return "".join(part.text for part in cells[at]).strip()


def test_a_countdown_names_the_rule_the_time_and_the_limit() -> None:
    assert told(pending(274)) == "pending 4m30s / 5m"
    assert told(pending(274), 90) == "4m30s/5m"
    assert told(pending(720, stale=STALE)) == "pending 12m / 5m"
    assert told(session("x")) == ""
    assert told(session("x", status="pendingRequest", hosting="ended", ended=None, process=None)) == ""


def test_it_is_warm_past_half_and_bad_when_stale() -> None:
    def role(view: SessionView) -> Role | None:
        near = nearness(view, LIMITS, NOW)
        return None if near is None else near.role

    assert [role(pending(s)) for s in (10, 149, 151, 299)] == [Role.MUTED, Role.MUTED, Role.WARN, Role.WARN]
    assert role(pending(720, stale=STALE)) is Role.BAD


def test_only_the_host_calls_a_session_stale() -> None:
    near = nearness(pending(4000), LIMITS, NOW)
    assert near is not None
    assert (near.so_far, near.role) == ("5m00s", Role.WARN)


def test_limits_by_label_hold_here_as_they_do_at_the_host() -> None:
    rules = StaleRules(labels=(LabelRule("desk*", replace(StaleLimits(), pending=3600.0)),))
    assert told(replace(pending(100), label="Desk 4"), rules=rules) == "pending 1m / 1h"
    assert told(pending(100), rules=rules) == "pending 1m / 5m"


@given(seconds=st.floats(0, 40_000), limit=st.floats(30, 20_000))
def test_countdown_is_never_ahead_nor_a_minute_behind(seconds: float, limit: float) -> None:
    rules = StaleRules(StaleLimits(pending=limit))
    near = nearness(pending(seconds), limits_of(rules), NOW)
    assert near is not None
    if near.so_far.endswith(("s", "m")):
        words = parse_duration(near.so_far)
        assert words <= min(seconds, limit) + 0.001
        assert min(seconds, limit) - words < 60


@given(views=VIEWS, later=st.floats(0, 600), reverse=st.booleans())
def test_time_alone_never_changes_the_order(views: list[SessionView], later: float, *, reverse: bool) -> None:
    sort = Sort(SortKey.STALE, reverse)
    before = arranged(views, sort, RULES, NOW)
    assert sorted(before) == sorted(view.id for view in views)
    assert arranged(views, sort, RULES, NOW + later) == before


@given(views=VIEWS)
def test_stale_sort_first_then_nearest_then_the_rest(views: list[SessionView]) -> None:
    held = {view.id: view for view in views}
    keys = [deadline(held[name], LIMITS, NOW) for name in arranged(views, Sort(SortKey.STALE), RULES, NOW)]
    with_clock = [key for key in keys if key is not None]
    assert with_clock == sorted(with_clock)
    assert keys[: len(with_clock)] == with_clock


@given(seconds=st.floats(0, 299), width=st.integers(9, 18))
def test_a_countdown_fits_or_says_less(seconds: float, width: int) -> None:
    near = nearness(pending(seconds), LIMITS, NOW)
    assert near is not None
    cell = rows._stale(pending(seconds), width, RowContext(NOW))
    assert len("".join(span.text for span in cell)) <= width
    assert near.so_far in cell[0].text


def test_near_is_what_has_the_least_time_left() -> None:
    overdue = replace(STALE, since=NOW - 400)
    views = [
        session("well"),
        pending(100, "200 s left"),
        session("10 s left", status="waiting", status_since=NOW - 110),
        pending(400, "100 s over", overdue),
        pending(720, "420 s over", STALE),
    ]
    nearest = ("420 s over", "100 s over", "10 s left", "200 s left")
    assert arranged(views, Sort(SortKey.STALE), RULES, NOW) == (*nearest, "well")
    assert arranged(views, Sort(SortKey.STALE, reverse=True), RULES, NOW) == (*reversed(nearest), "well")
