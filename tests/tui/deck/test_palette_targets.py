"""Targets in the palette: counted before anything is done, and never more than was counted."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.views import EndedView, SessionView, StaleView
from tests.tui.deck.screen_samples import NOW, deck, session
from tui.palette import palette_targets
from tui.palette.palette_targets import AIMED, PaletteTarget
from tui.view import view_state
from tui.view.view_state import ActionTarget, Aim, ViewState

STALE = StaleView("pending", NOW - 380, 380, 300, "")
OVER = {"ended": EndedView("ended", NOW), "hosting": "ended"}
HELD = deck(
    session("a", stale=STALE), session("b"), session("c", stale=STALE), session("d", stale=STALE, **OVER)
)
VIEW = view_state.laid_out(ViewState(), HELD, NOW)

SESSIONS = st.lists(
    st.builds(
        session,
        st.sampled_from([f"s{n}" for n in range(12)]),
        stale=st.none() | st.just(STALE),
        ended=st.none() | st.just(EndedView("ended", NOW)),
    ),
    unique_by=lambda view: view.id,
)


def test_a_query_is_parted_into_what_and_whom() -> None:
    assert palette_targets.parted("mode draw @shown") == ("mode draw", "shown")
    assert palette_targets.parted("@ST end") == ("end", "st")
    assert palette_targets.parted("end") == ("end", None)


def test_what_is_offered_names_its_count() -> None:
    words = [aimed.words for aimed in palette_targets.offered("st", VIEW, HELD, ["end"])]
    assert words == ["End @stale: the 2 stale sessions"]
    hidden = view_state.laid_out(view_state.typed(VIEW, "a"), HELD, NOW)
    (only,) = palette_targets.offered("stale", hidden, HELD, ["mode-draw"])
    assert only.words == "Mode draw to @stale: the 2 stale sessions (1 hidden by the filter)"


def test_empty_targets_and_disabled_actions_are_not_offered() -> None:
    assert not list(palette_targets.offered("marked", VIEW, HELD, list(AIMED)))
    assert not list(palette_targets.offered("", VIEW, HELD, ()))


def test_what_has_ended_is_never_meant() -> None:
    assert view_state.aimed(VIEW, HELD, Aim.SHOWN) == ActionTarget(("a", "b", "c"), aim=Aim.SHOWN)
    marked = view_state.marked(VIEW, "all")
    assert view_state.aimed(marked, HELD, Aim.MARKED).ids == ("a", "b", "c")


@given(before=SESSIONS, after=SESSIONS, aim=st.sampled_from((Aim.MARKED, Aim.SHOWN, Aim.STALE)))
def test_offered_target_only_shrinks_until_chosen(
    before: list[SessionView], after: list[SessionView], aim: Aim
) -> None:
    was, now = deck(*before), deck(*after)
    view = view_state.marked(view_state.laid_out(ViewState(), was, NOW), "all")
    offer = PaletteTarget("end", view_state.aimed(view, was, aim))
    later = view_state.laid_out(view, now, NOW)
    meant = palette_targets.still_meant(offer.target, later, now)
    assert set(meant.ids) <= set(offer.target.ids)
    for name in meant.ids:
        held = now.sessions[name]
        assert held.ended is None
        assert held.stale is not None or aim is not Aim.STALE
    assert meant.hidden == len(set(meant.ids) - set(later.rows))


def test_a_newcomer_never_joins_what_was_offered() -> None:
    offer = view_state.aimed(VIEW, HELD, Aim.SHOWN)
    grown = replace(HELD, sessions={**HELD.sessions, "new": session("new")})
    later = view_state.laid_out(VIEW, grown, NOW)
    assert "new" in later.rows
    assert "new" not in palette_targets.still_meant(offer, later, grown).ids
