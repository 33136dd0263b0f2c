"""Whatever arrives, leaves or re-orders: cursor and marks stay on their ids, and nothing else is hit."""

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.tui.deck.screen_samples import NOW, deck, session
from tui.view import selection, sorting, view_state
from tui.view.sorting import RowOrder, SortKey
from tui.view.view_state import Switch, ViewState

STATUSES = st.sampled_from((None, "waiting", "active", "viewerReady", "terminated"))
HOSTINGS = st.sampled_from(("queued", "live", "lost", "ended"))
FILTERS = st.sampled_from(("", "s1", "status:active", "!hosting:live", "hosting:", "age>1m"))


class Operating(RuleBasedStateMachine):
    """An operator at the keys, while the host goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, Any] = {}
        self.view = ViewState()
        self.order = RowOrder()
        self.count = 0
        self.may_be_marked: set[str] = set()
        self.before = self.view

    def _lay_out(self, *, by_operator: bool) -> None:
        self.before = self.view
        held = deck(*self.sessions.values())
        self.view = view_state.laid_out(self.view, held, NOW, by_operator=by_operator, order=self.order)
        anew = view_state.laid_out(self.before, held, NOW, by_operator=by_operator)
        assert self.view == anew, "what was remembered of the rows makes no other rows"
        was, now = self.before.selection.cursor, self.view.selection
        if was in self.view.rows:
            stays = now.cursor == was or (by_operator and now.cursor == self.before.selection.home)
            assert stays, "a cursor stays on its session while that is shown, or goes back to its home"
        elif was is not None and not by_operator:
            assert not now.chosen, "a cursor that moved by itself is not the operator's choice"

    @rule(status=STATUSES, hosting=HOSTINGS)
    def one_arrives(self, status: str | None, hosting: str) -> None:
        self.count += 1
        name = f"s{self.count}"
        self.sessions[name] = session(name, status=status, hosting=hosting, label=f"label {-self.count % 7}")
        self._lay_out(by_operator=False)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), status=STATUSES, hosting=HOSTINGS)
    def one_changes(self, data: Any, status: str | None, hosting: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.sessions)))
        self.sessions[name] = replace(self.sessions[name], status=status, hosting=hosting)
        self._lay_out(by_operator=False)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def one_leaves(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.sessions)))
        del self.sessions[name]
        self._lay_out(by_operator=False)

    @rule(key=st.sampled_from(tuple(SortKey)))
    def sort(self, key: SortKey) -> None:
        self.view = replace(self.view, sort=sorting.pressed(self.view.sort, key))
        self._lay_out(by_operator=True)

    @rule(text=FILTERS)
    def filter(self, text: str) -> None:
        self.view = view_state.typed(self.view, text)
        self._lay_out(by_operator=True)

    @rule(switch=st.sampled_from((Switch.FAULTS, Switch.PROMPTED)))
    def switch(self, switch: Switch) -> None:
        self.view = view_state.switched(self.view, switch)
        self._lay_out(by_operator=True)

    @rule(by=st.integers(-9, 9))
    def move(self, by: int) -> None:
        self.view = replace(self.view, selection=selection.moved(self.view.selection, self.view.rows, by))

    @rule(how=st.sampled_from(("row", "range", "all", "none")))
    def mark(self, how: str) -> None:
        shown = set(self.view.rows)
        before = self.view.selection.marks
        self.view = view_state.marked(self.view, how)
        added = self.view.selection.marks - before
        assert added <= shown, "a key marks only what is shown"
        self.may_be_marked |= added
        self._lay_out(by_operator=True)

    @invariant()
    def cursor_is_on_a_row_that_is_shown(self) -> None:
        assert (self.view.selection.cursor in self.view.rows) if self.view.rows else True
        assert self.view.rows or self.view.selection.cursor is None

    @invariant()
    def only_what_the_operator_marked_is_marked(self) -> None:
        assert self.view.selection.marks <= self.may_be_marked
        assert self.view.selection.marks <= set(self.sessions)

    @invariant()
    def a_target_was_shown_or_marked(self) -> None:
        target = view_state.target(self.view)
        assert set(target.ids) <= set(self.view.rows) | self.view.selection.marks
        assert len(set(target.ids)) == len(target.ids)
        assert target.hidden == len(set(target.ids) - set(self.view.rows))

    @invariant()
    def rows_are_each_session_once(self) -> None:
        assert len(set(self.view.rows)) == len(self.view.rows)
        assert set(self.view.rows) <= set(self.sessions)

    @invariant()
    def held_rows_keep_their_places(self) -> None:
        if not view_state.is_frozen(self.before):
            return
        kept = [row for row in self.before.rows if row in self.view.rows]
        assert [row for row in self.view.rows if row in self.before.rows] == kept
        if places := self.before.places:
            known = [row for row in self.view.rows if row in places]
            assert list(self.view.rows[: len(known)]) == known, "newcomers stand behind them"
            assert known == [row for row in places if row in self.view.rows]


Operating.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestOperating = Operating.TestCase
