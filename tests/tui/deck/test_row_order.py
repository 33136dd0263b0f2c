"""Every order: nothing is lost, equal rows keep their arrival, and what has no value comes last."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.filter import Filter, parse
from browser_host.sessions.views import SessionView
from tests.tui.deck.screen_samples import NOW, SampleApp, busy_deck, session
from tui.view import sorting
from tui.view.sorting import RowOrder, Sort, SortKey, arranged, pressed

VIEWS = st.lists(
    st.builds(
        session,
        st.sampled_from([f"s{n}" for n in range(30)]),
        label=st.sampled_from(("acme-9", "acme-10", "Acme-9", "zeta", "")),
        status=st.sampled_from((None, "waiting", "viewerReady", "brandNew")),
        hosting=st.sampled_from(("live", "lost", "ended", "levitating")),
        color=st.sampled_from((None, "#ff0000", "#00ff00")),
        mode=st.sampled_from((None, "draw", "cursor")),
        status_since=st.sampled_from((None, NOW, NOW - 60)),
    ),
    unique_by=lambda view: view.id,
)


@given(views=VIEWS, key=st.sampled_from(tuple(SortKey)), reverse=st.booleans())
def test_every_order_keeps_every_row_once(views: list[SessionView], key: SortKey, *, reverse: bool) -> None:
    assert sorted(arranged(views, Sort(key, reverse))) == sorted(view.id for view in views)


@given(views=VIEWS, reverse=st.booleans())
def test_what_has_no_value_comes_last_either_way_in_its_arrival(
    views: list[SessionView], *, reverse: bool
) -> None:
    ids = arranged(views, Sort(SortKey.COLOR, reverse))
    without = [view.id for view in views if view.color is None]
    assert list(ids[len(ids) - len(without) :]) == without


def test_equal_rows_stay_in_their_arrival_either_way() -> None:
    views = [session(name, color="#ff0000") for name in ("c", "a", "b")]
    assert arranged(views, Sort(SortKey.COLOR)) == ("c", "a", "b")
    assert arranged(views, Sort(SortKey.COLOR, reverse=True)) == ("c", "a", "b")


def test_labels_order_by_their_numbers() -> None:
    views = [session("x", label="acme-10"), session("y", label="Acme-9"), session("z", label="acme-٣")]
    assert arranged(views, Sort(SortKey.LABEL)) == ("z", "y", "x")


def test_trouble_comes_first_by_hosting() -> None:
    views = [session("x"), session("y", hosting="blocked"), session("z", hosting="ended")]
    assert arranged(views, Sort(SortKey.HOSTING)) == ("y", "x", "z")


def test_the_same_key_reverses_and_another_begins_anew() -> None:
    once = pressed(Sort(), SortKey.LABEL)
    assert pressed(once, SortKey.LABEL) == Sort(SortKey.LABEL, reverse=True)
    assert pressed(pressed(once, SortKey.LABEL), SortKey.MODE) == Sort(SortKey.MODE)


def test_arrival_is_the_decks_own_order() -> None:
    views = tuple(busy_deck().sessions.values())
    assert arranged(views, Sort()) == tuple(view.id for view in views)
    assert arranged(views, Sort(reverse=True)) == tuple(view.id for view in reversed(views))


async def test_a_change_has_only_its_session_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[str] = []
    matches, by_label = Filter.matches, sorting.value_by(SortKey.LABEL, (), NOW)

    def counted(wanted: Filter, view: SessionView, now: float) -> bool:
        looked_at.append(f"filter {view.id}")
        return matches(wanted, view, now)

    def valued(view: SessionView) -> object:
        looked_at.append(f"value {view.id}")
        return by_label(view)

    monkeypatch.setattr(Filter, "matches", counted)
    monkeypatch.setitem(sorting._VALUES, SortKey.LABEL, valued)
    held = busy_deck(200)
    app = SampleApp()
    async with app.run_test(size=(160, 45)) as pilot:
        app.main.show(held, NOW)
        await pilot.press("L", "/", *"s", "enter")
        rows = app.main.view.rows
        assert len(rows) == 200
        looked_at.clear()
        changed = replace(held.sessions["s03"], color="#123456")
        app.main.show(replace(held, sessions={**held.sessions, "s03": changed}), NOW + 9)
        assert looked_at == ["filter s03", "value s03"]
        assert app.main.view.rows is rows


def test_a_filter_by_age_looks_at_all_sessions_each_time() -> None:
    order, young = RowOrder(), session("a", opened_at=NOW - 50)
    wanted = parse("age>1m")
    assert order.passing([young], wanted, NOW) == []
    assert order.passing([young], wanted, NOW + 20) == [young]
