"""All that the plan's screen shows at one moment, and what can be done then; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from browser_host.sessions.plan import Changed
from tui import plan_state, plan_text, question, run_text
from tui.actions import Needs, why_not
from tui.cells import Cell
from tui.glyphs import Glyphs
from tui.headline import Group, badges, packed
from tui.plan_state import Draft, Offer, Source
from tui.question import Question
from tui.run_state import Run
from tui.state import Deck
from tui.tones import Span, Tone, printable
from tui.view_state import ViewState
from tui.widgets.listing import Row


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

_NOTHING: Mapping[Source, tuple[str, str]] = {
    Source.STALE: ("No session is stale", "tab makes a plan of others"),
    Source.MARKED: ("Nothing is marked", "on the main screen, space marks a row"),
    Source.SHOWN: ("The main screen shows no row", "tab makes a plan of others"),
    Source.RULE: ("No session is stale by this rule", "r takes the next rule"),
    Source.RETRY: ("Nothing is left to be tried again", "tab makes a plan of others"),
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
            return plan_state.changes(self.draft.plan, self.deck.sessions)
        if self.run is None:
            return {}
        return plan_state.changes(self.run.plan, self.deck.sessions, self.run.instructions)

    def offers(self, action: str) -> bool:
        """The action belongs to the phase."""
        return self.phase in _IN_PHASE.get(action, frozenset(Phase))

    def why_not(self, action: str) -> str | None:
        """Why an action that is offered can't be done now, in words; None where it can."""
        refused = why_not(Needs.HOST, self.deck, has_target=True)
        match action:
            case "run":
                return refused if self.draft.meant else "the plan ends nobody"
            case "stop" | "undo" if self.run is not None:
                return refused if self.run.queued else "all have been posted: nothing can be taken back"
            case "leave_changed":
                return None if self.changes else "nothing changed since the plan was made"
            case "retry" if self.run is not None:
                return None if self.run.to_retry else "nothing failed, and nothing is unconfirmed"
        return None

    def question(self) -> Question | None:
        """What is asked before the plan is run; None where all of it have ended already."""
        meant, changed = self.draft.meant, self.changes
        ids = question.still_open(meant, self.deck)
        if not ids:
            return None
        asked = question.ending(ids, self.draft.words, self.deck.host.undo_s if self.deck.host else 0.0)
        notes = (
            (len(meant) - len(ids), "of the plan ended meanwhile, and will be left alone"),
            (sum(one in changed for one in ids), "of them changed since the plan was made"),
        )
        words = " ".join(f"{count} {what}." for count, what in notes if count)
        return replace(asked, text=f"{asked.text} {words}".rstrip())

    def rows(self, width: int, glyphs: Glyphs) -> tuple[Row, ...]:
        """A line for each session of the plan or the run."""
        columns = plan_text.columns(width)
        if not self.on_run:
            return plan_text.plan_rows(self.draft, self.changes, columns, glyphs)
        return plan_text.run_rows(self.run, self.changes, columns, glyphs) if self.run is not None else ()

    def titles(self, width: int, glyphs: Glyphs) -> Cell:
        """The line above the columns."""
        return plan_text.titles(plan_text.columns(width), running=self.on_run, glyphs=glyphs)

    def head(self, width: int, glyphs: Glyphs) -> tuple[Cell, Cell, Cell]:
        """Title and badges; the tabs; the counts."""
        title = Group((Span("  End as a plan", Tone.STRONG),), 1)
        loud = (
            Group((Span(f" {text} ", tone),), 2) for text, tone in badges(self.deck, ViewState(), self.now)
        )
        tabs = plan_text.tabs(
            self.draft, self.offer, self.deck, has_run=self.run is not None, on_run=self.on_run, glyphs=glyphs
        )
        if not self.on_run:
            counts = plan_text.plan_counts(self.draft, self.changes, self.now)
        else:
            counts = run_text.counts(self.run, self.now, glyphs) if self.run is not None else ()
        return packed((title,), width, tuple(loud)), tabs, packed(counts, width - 1)

    def words(self, cursor: str | None, said: str) -> Cell:
        """The line above the keys: trouble first, then the last word, then all on the cursor's row."""
        run = self.run if self.on_run else None
        if self.trouble and self.draft.plan.entries:
            return (Span(printable(self.trouble), Tone.BAD),)
        if said or (run is not None and run.stopped):
            return (Span(printable(said or (run.stopped if run is not None else "")), Tone.WARN),)
        return (Span(printable(plan_text.whole(cursor, self.draft, run, self.changes)), Tone.MUTED),)

    def notice(self) -> tuple[str, str]:
        """What an empty list says: a headline, and what to do."""
        if self.phase in {Phase.ASKING, Phase.GIVING}:
            return ("Asking the host …", "")
        if self.trouble:
            return ("There is no plan", f"{self.trouble}; R asks the host again")
        return _NOTHING[self.draft.source]
