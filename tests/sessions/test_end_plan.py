"""The plan of a bulk end: whom it means, whom it leaves alone, and what changed since."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.protocol.page_instructions import EndSession
from browser_host.protocol.page_messages import Status
from browser_host.sessions import session_events as events
from browser_host.sessions.counts import count
from browser_host.sessions.end_plan import changed_since, make_plan, why_not
from browser_host.sessions.rules.ledger_rules import refusal
from browser_host.sessions.rules.transitions import apply
from browser_host.sessions.views import SessionView, StaleView, VisitorStateView, view_of
from tests.sessions.session_strategies import FAULT, WALL, World, histories, new_session
from tests.sessions.session_strategies import at as moment

LIVE = view_of(World().live().session, None)
PENDING = StaleView("pending", WALL, 400.0, 300.0, "pending 6m40s, limit 5m")


def named(view: SessionView, *names: str) -> dict[str, SessionView]:
    return {name: replace(view, id=name, label=f"label {name}") for name in names}


def test_plan_names_each_target_once_in_order() -> None:
    views = named(LIVE, "a", "b", "c")
    views["b"] = replace(views["b"], stale=PENDING)
    plan = make_plan(views, ["b", "a", "b"], (), WALL + 60)
    assert [(e.id, e.label, e.status, e.reason, e.age_s) for e in plan.entries] == [
        ("b", "label b", "viewerReady", "pending 6m40s, limit 5m", 60),
        ("a", "label a", "viewerReady", "asked for", 60),
    ]
    assert plan.skipped == ()


def test_a_plan_says_whom_it_leaves_alone_and_why() -> None:
    views = named(LIVE, "excluded")
    views |= named(view_of(World().live().says(Status.TERMINATED, 2).session, None), "ended")
    views |= named(view_of(World().live().given(EndSession()).session, None), "pending")
    views |= named(view_of(World().live().happens(events.PageLost(FAULT), 2).session, None), "lost")
    plan = make_plan(views, [*views, "gone"], {"excluded"}, WALL)
    assert plan.entries == ()
    assert [(skip.id, skip.reason) for skip in plan.skipped] == [
        ("excluded", "excluded"),
        ("ended", "it has ended already"),
        ("pending", "an end is pending already, given by ann"),
        ("lost", "its page was lost and is not open again yet: the page crashed"),
        ("gone", "the host no longer knows it"),
    ]


def test_what_changed_since_is_told_and_what_did_not_is_not() -> None:
    views = named(LIVE, "same", "ended", "gone", "moved", "spoke", "hung", "fresh")
    views["fresh"] = replace(views["fresh"], stale=PENDING)
    plan = make_plan(views, list(views), (), WALL)
    ended = view_of(World().live().says(Status.TERMINATED, 2).session, None)
    now = {
        **views,
        "ended": ended,
        "moved": replace(LIVE, status="active"),
        "spoke": replace(LIVE, events=9, last_event_at=WALL),
        "hung": replace(LIVE, hosting="unresponsive"),
        "fresh": LIVE,
    }
    del now["gone"]
    assert [(c.id, c.text, c.void) for c in changed_since(plan, now)] == [
        ("ended", "it has ended already", True),
        ("gone", "the host no longer knows it", True),
        ("moved", "its status is active now, and was viewerReady", False),
        ("hung", "its hosting is unresponsive now, and was live", False),
        ("fresh", "it is no longer stale (pending)", False),
    ]


def test_a_visitor_who_left_or_came_back_is_a_change() -> None:
    state = VisitorStateView(None, None, None, None, (), WALL)
    here = replace(LIVE, visitor_state=replace(state, online=True, in_session=True))
    away = replace(LIVE, visitor_state=replace(state, online=False, in_session=False))
    idle = replace(LIVE, visitor_state=replace(state, online=True, in_session=False))
    news = {
        (name, after): changed_since(make_plan({"k7": was}, ["k7"], (), WALL), {"k7": view})
        for name, was in (("here", here), ("away", away), ("nothing", LIVE))
        for after, view in (("here", here), ("away", away), ("idle", idle), ("nothing", LIVE))
    }
    told = {pair: one.text for pair, found in news.items() for one in found if not one.void}
    assert told == {
        ("here", "away"): "the visitor is offline now",
        ("here", "idle"): "the visitor is not in session now",
        ("away", "here"): "the visitor is in session now",
        ("away", "idle"): "the visitor is not in session now",
        ("nothing", "here"): "the visitor is in session now",
        ("nothing", "away"): "the visitor is offline now",
        ("nothing", "idle"): "the visitor is not in session now",
    }


@given(
    st.sets(st.sampled_from("abcdef")),
    st.lists(st.sampled_from("abcdefgh")),
    st.sets(st.sampled_from("abcdefgh")),
)
def test_every_target_is_planned_or_skipped_and_nobody_else(
    known: set[str], targets: list[str], exclude: set[str]
) -> None:
    plan = make_plan(named(LIVE, *known), targets, exclude, WALL)
    planned, skipped = {e.id for e in plan.entries}, {s.id for s in plan.skipped}
    assert planned == (set(targets) & known) - exclude
    assert skipped == set(targets) - planned
    assert len(plan.entries) == len(planned)


@given(histories())
def test_a_plan_takes_whom_the_host_would_take(history: list[tuple[events.SessionEvent, object]]) -> None:
    session = new_session()
    for place, (event, _) in enumerate(history):
        before = refusal(session, EndSession(), moment(place))
        if isinstance(event, events.InstructionGiven) and before is not None:
            continue  # the host refuses it
        session = apply(session, event, moment(place)).session
    assert (why_not(view_of(session, None)) is None) == (
        refusal(session, EndSession(), moment(len(history))) is None
    )


def test_counts_are_by_word() -> None:
    views = [
        LIVE,
        replace(LIVE, stale=PENDING),
        view_of(new_session(), None),
    ]
    counts = count(views)
    assert counts.total == 3
    assert counts.statuses == {"viewerReady": 2, None: 1}
    assert counts.hosting == {"live": 2, "queued": 1}
    assert counts.stale == {"pending": 1}
