"""Whatever arrives, changes, ends or goes away: the plan is who it was, and each of it has one result."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import HostView, Outcome, PlanEntry, Result
from browser_host.sessions.staleness import Rule
from browser_host.sessions.views import EndedView, InstructionView, SessionView
from tests.tui.deck.screen_samples import HOST, session
from tui.host.deck import Deck
from tui.plan import draft as plan_state
from tui.plan import draft_text
from tui.plan import run as run_state
from tui.plan.draft import Draft, Offer, PlanSource
from tui.plan.run import OPEN, Run
from tui.style.glyphs import UNICODE

IDS = tuple(f"s{number}" for number in range(6))
STATES = ("queued", "sent", "confirmed", "unconfirmed", "failed", "cancelled")


def host(pid: int = 1) -> HostView:
    return replace(HOST, pid=pid)


def outcome(planned: list[str], left_alone: list[str]) -> Outcome:
    return Outcome(
        results=tuple(
            Result(one, "skipped", "page", None, "it has ended already", None) for one in left_alone
        ),
        counts={},
        plan=tuple(PlanEntry(one, f"label of {one}", "viewerReady", "asked for") for one in planned),
    )


def answer(ids: list[str]) -> Outcome:
    """The host took the ends of these, as instructions i0 for s0, i1 for s1, …"""
    return Outcome(
        results=tuple(Result(one, "queued", "page", None, "", one.replace("s", "i")) for one in ids),
        counts={},
    )


def _views_of(session_id: str) -> st.SearchStrategy[SessionView]:
    """The session as it may be; its own end is i0 for s0, i1 for s1, …, and i9 is somebody else's."""
    return st.builds(
        session,
        st.just(session_id),
        status=st.sampled_from(("active", "viewerReady", "pendingRequest")),
        events=st.integers(0, 9),
        process=st.sampled_from((None, 1)),
        ended=st.sampled_from((None, EndedView("terminated", 5.0))),
        instruction=st.none()
        | st.builds(
            InstructionView,
            id=st.sampled_from((session_id.replace("s", "i"), "i9")),
            action=st.just("endSession"),
            state=st.sampled_from(STATES),
            at=st.just(5.0),
            by=st.just("ada (1)"),
            text=st.just(""),
        ),
    )


decks = st.builds(
    lambda held, pid: Deck(host=host(pid), sessions=held),
    st.fixed_dictionaries({}, optional={one: _views_of(one) for one in (*IDS, "newcomer")}),
    st.sampled_from((1, 1, 1, 2)),
)
subsets = st.lists(st.sampled_from(IDS), unique=True)


@given(subsets, subsets, decks, st.lists(st.sampled_from((*IDS, "newcomer", ""))))
def test_nobody_joins_a_plan(planned: list[str], alone: list[str], deck: Deck, keys: list[str]) -> None:
    plan = plan_state.frozen(outcome(planned, alone), deck, 10.0)
    named = [entry.id for entry in plan.entries] + [skip.id for skip in plan.skipped]
    assert sorted(named) == sorted(set(planned) | set(alone))
    draft = Draft(PlanSource.STALE, plan=plan)
    for key in keys:
        draft = plan_state.toggled(draft, key)
        assert draft.excluded <= {entry.id for entry in plan.entries}
        assert set(draft.meant) == {entry.id for entry in plan.entries} - draft.excluded
    assert plan_state.without(draft, IDS).meant == ()


@given(subsets, decks)
def test_the_host_is_asked_about_nobody_else(marked: list[str], deck: Deck) -> None:
    offer = Offer(marked=tuple(marked), shown=IDS, retry=())
    target = plan_state.target(PlanSource.MARKED, Rule.PENDING, offer, deck)
    asked = target.ids if target is not None else ()
    assert asked == tuple(one for one in marked if one in deck.sessions)


@given(subsets.filter(bool), st.lists(decks, max_size=8))
def test_each_of_the_plan_has_one_result_whatever_the_deck_says(ids: list[str], later: list[Deck]) -> None:
    deck = Deck(host=host(), sessions={one: session(one) for one in IDS})
    plan = plan_state.frozen(outcome(ids, []), deck, 10.0)
    run = run_state.begun(plan, ids, answer(ids), deck, began_at=10.0, until=13.0)
    ours = run.instructions
    for at, now in enumerate(later):
        before, run = run, run_state.followed(run, now, 11.0 + at)
        assert tuple(run.steps) == tuple(ids)
        assert run.instructions == ours
        assert _none_is_taken_back_to_open(before, run)
        assert (run.ended_at is None) is any(step.state in OPEN for step in run.steps.values())
        assert sum(run.counts.values()) == len(ids)
        changed = plan_state.changes(run.plan, now.sessions, run.instructions)
        rows = draft_text.run_rows(run, changed, draft_text.columns(120), UNICODE)
        assert [row.id for row in rows] == ids


def _none_is_taken_back_to_open(before: Run, after: Run) -> bool:
    return all(before.steps[one].state in OPEN or after.steps[one].state not in OPEN for one in before.steps)


def _running(state: str = "queued") -> tuple[Run, Deck]:
    given_end = InstructionView("i0", "endSession", state, 10.0, "ada (1)", "")
    deck = Deck(host=host(), sessions={"s0": session("s0", instruction=given_end)})
    plan = plan_state.frozen(outcome(["s0"], []), Deck(host=host(), sessions={"s0": session("s0")}), 10.0)
    return run_state.begun(plan, ["s0"], answer(["s0"]), deck, began_at=10.0, until=13.0), deck


def test_its_own_end_is_no_change_of_the_session() -> None:
    run, deck = _running()
    assert plan_state.changes(run.plan, deck.sessions, run.instructions) == {}
    other = replace(deck.sessions["s0"], status="active")
    assert plan_state.changes(run.plan, {"s0": other}, run.instructions)["s0"].void is False


def test_another_host_never_answers_for_this_ones_ends() -> None:
    run, deck = _running()
    confirmed = _with_state(deck.sessions["s0"], "confirmed")
    after = run_state.followed(run, Deck(host=host(pid=2), sessions={"s0": confirmed}), 12.0)
    assert after.steps["s0"].state == "unconfirmed"
    assert "the host was restarted" in after.steps["s0"].text
    assert after.to_retry == ("s0",)


def test_an_end_whose_session_was_removed_is_not_called_done() -> None:
    run, _ = _running()
    after = run_state.followed(run, Deck(host=host()), 12.0)
    assert after.steps["s0"].state == "unconfirmed"
    assert after.ended_at == 12.0


def test_a_late_confirmation_still_counts() -> None:
    run, deck = _running()
    late = run_state.followed(
        run, replace(deck, sessions={"s0": _with_state(deck.sessions["s0"], "unconfirmed")}), 18.0
    )
    assert late.to_retry == ("s0",)
    done = run_state.followed(
        late, replace(deck, sessions={"s0": _with_state(deck.sessions["s0"], "confirmed")}), 19.0
    )
    assert (done.steps["s0"].state, done.to_retry, done.by) == ("confirmed", (), "ada (1)")


def test_who_was_not_asked_about_is_skipped() -> None:
    deck = Deck(host=host(), sessions={one: session(one) for one in IDS})
    plan = plan_state.frozen(outcome(["s0", "s1"], []), deck, 10.0)
    run = run_state.begun(plan, ["s0", "s1"], answer(["s1"]), deck, began_at=10.0, until=10.0)
    assert [step.state for step in run.steps.values()] == ["skipped", "queued"]


def test_a_stop_says_what_it_could_not_do() -> None:
    taken = [Result(one, "cancelled", "page", None, "", "i1") for one in ("s1", "s2")]
    late = Result("s3", "sent", "page", None, "", "i3")
    assert run_state.stop_words(taken, 0) == "Stopped: 2 undone"
    assert "3 already sent" in run_state.stop_words([*taken, late], 2)


@given(st.integers(20, 300))
def test_the_columns_fit(width: int) -> None:
    columns = draft_text.columns(width)
    sizes = (1, 7, columns.label, columns.status, 6, columns.why, *([columns.news] if columns.news else []))
    assert width < 60 or sum(sizes) + len(columns.gap) * (len(sizes) - 1) <= width - 3


def _with_state(view: SessionView, state: str) -> SessionView:
    assert view.instruction is not None
    return replace(view, instruction=replace(view.instruction, state=state))
