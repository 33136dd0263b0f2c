"""What the bulk end's screen shows at one moment, and what can be done then; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from browser_host.sessions.end_plan import Changed
from tui.host.deck import Deck
from tui.plan import draft_text, run_text
from tui.plan.draft import Draft, Offer, PlanSource, changes
from tui.plan.run import Run
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view import confirm_text
from tui.view.actions import Needs, why_not
from tui.view.confirm_text import ConfirmPrompt
from tui.view.header import Group, badge_groups, packed
from tui.widgets.listing import ListRow


class Phase(Enum):
    """What the screen shows."""

    PLANNING = "planning"
    ASKING = "asking"
    """The host was asked for a plan."""
    GIVING = "giving"
    """The plan was confirmed, and the host has not answered yet."""
    RUNNING = "running"
    OVER = "over"


_PLANNING, _RUNNING = frozenset({Phase.PLANNING}), frozenset({Phase.RUNNING})
_IN_PHASE: Mapping[str, frozenset[Phase]] = {
    **dict.fromkeys(("run", "leave_out", "leave_changed"), _PLANNING),
    **dict.fromkeys(("again", "rule"), _PLANNING | {Phase.ASKING}),
    **dict.fromkeys(("stop", "undo"), _RUNNING),
    "retry": frozenset({Phase.OVER}),
    "source": frozenset({Phase.PLANNING, Phase.ASKING, Phase.OVER}),
}
"""When an action is offered; the others always are."""

_NOTHING: Mapping[PlanSource, tuple[str, str]] = {
    PlanSource.STALE: ("No session is stale", "tab plans others"),
    PlanSource.MARKED: ("Nothing is marked", "space marks a row on the main screen"),
    PlanSource.SHOWN: ("The main screen shows no session", "tab plans others"),
    PlanSource.RULE: ("No session is stale by this rule", "r selects the next rule"),
    PlanSource.RETRY: ("Nothing left to retry", "tab plans others"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment of the plan's screen.

    Args:
        run: the last run, shown while the phase is one of a run's.
        trouble: why there is no plan, or why nothing was begun; "" without any.
        now: epoch seconds.
    """

    phase: Phase
    draft: Draft
    offer: Offer
    run: Run | None
    deck: Deck
    now: float
    trouble: str = ""

    @property
    def on_run(self) -> bool:
        """The run is shown, not the plan."""
        return self.phase in {Phase.GIVING, Phase.RUNNING, Phase.OVER}

    @property
    def changes(self) -> Mapping[str, Changed]:
        """What changed since the plan was made, by id."""
        if not self.on_run:
            return changes(self.draft.plan, self.deck.sessions)
        if self.run is None:
            return {}
        return changes(self.run.plan, self.deck.sessions, self.run.instructions)

    def offers(self, action: str) -> bool:
        """The action belongs to the phase."""
        return self.phase in _IN_PHASE.get(action, frozenset(Phase))

    def why_not(self, action: str) -> str | None:
        """Why an action that is offered can't be done now, in words; None if it can."""
        refused = why_not(Needs.HOST, self.deck)
        match action:
            case "run":
                return refused if self.draft.meant else "The plan is empty"
            case "stop" | "undo" if self.run is not None:
                return refused if self.run.queued else "All ends are sent; nothing to undo"
            case "leave_changed":
                return None if self.changes else "Nothing changed since the plan was made"
            case "retry" if self.run is not None:
                return None if self.run.to_retry else "Nothing failed and nothing is unconfirmed"
        return None

    def question(self) -> ConfirmPrompt | None:
        """What is asked before the plan is run; None if all of it have ended already."""
        meant, changed = self.draft.meant, self.changes
        ids = confirm_text.still_open(meant, self.deck)
        if not ids:
            return None
        asked = confirm_text.ending(ids, self.draft.words, self.deck.host.undo_s if self.deck.host else 0.0)
        notes = (
            (len(meant) - len(ids), "of the plan ended meanwhile and will be skipped"),
            (sum(one in changed for one in ids), "of them changed since the plan was made"),
        )
        words = " ".join(f"{count} {what}." for count, what in notes if count)
        return replace(asked, text=f"{asked.text} {words}".rstrip())

    def rows(self, width: int, glyphs: Glyphs) -> tuple[ListRow, ...]:
        """A line for each session of the plan or the run."""
        columns = draft_text.columns(width)
        if not self.on_run:
            return draft_text.plan_rows(self.draft, self.changes, columns, glyphs)
        return draft_text.run_rows(self.run, self.changes, columns, glyphs) if self.run is not None else ()

    def titles(self, width: int, glyphs: Glyphs) -> Cell:
        """The line above the columns."""
        return draft_text.titles(draft_text.columns(width), running=self.on_run, glyphs=glyphs)

    def head(self, width: int, glyphs: Glyphs) -> tuple[Cell, Cell, Cell]:
        """Title and badges; the tabs; the counts."""
        title = Group((Span("  Bulk end", Role.STRONG),), 1)
        loud = badge_groups(self.deck, self.now)
        tabs = draft_text.tabs(
            self.draft, self.offer, self.deck, has_run=self.run is not None, on_run=self.on_run, glyphs=glyphs
        )
        if not self.on_run:
            counts = draft_text.plan_counts(self.draft, self.changes, self.now)
        else:
            counts = run_text.counts(self.run, self.now, glyphs) if self.run is not None else ()
        return packed((title,), width, loud), tabs, packed(counts, width - 1)

    def words(self, cursor: str | None, said: str, role: Role = Role.WARN) -> Cell:
        """The line above the keys: trouble first, then the last word, then all on the cursor's row."""
        run = self.run if self.on_run else None
        if self.trouble and self.draft.plan.entries:
            return (Span(printable(self.trouble), Role.BAD),)
        if said:
            return (Span(printable(said), role),)
        if run is not None and run.stopped:
            return (Span(printable(run.stopped), Role.WARN),)
        return (Span(printable(draft_text.whole(cursor, self.draft, run, self.changes)), Role.MUTED),)

    def notice(self) -> tuple[str, str]:
        """What an empty list says: a headline, and what to do."""
        if self.phase in {Phase.ASKING, Phase.GIVING}:
            return ("Asking the host …", "")
        if self.trouble:
            return ("No plan", f"{self.trouble}; R tries again")
        return _NOTHING[self.draft.source]
