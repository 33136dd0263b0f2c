"""The bulk end as a plan: seen before it is run, followed while it runs, kept when it is over."""

import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from browser_host.errors import WatchdeckError
from browser_host.sessions.staleness import Rule
from tui import plan_state, question
from tui.bulk import BulkEnd
from tui.plan_scene import Phase, Scene
from tui.plan_state import Draft, Offer, Source
from tui.screens import asks
from tui.screens.confirm import ConfirmScreen
from tui.screens.frame import MOVES, Frame, notice
from tui.screens.help import HelpScreen
from tui.state import Deck
from tui.widgets.listing import Listing, stepped

SAID_FOR_S = 8.0
"""Seconds that a word stays on the line above the keys."""


def _key(keys: str, action: str, words: str, sentence: str) -> Binding:
    name = f"plan.{action.partition('(')[0].replace('_', '-')}"
    return Binding(keys, action, words, id=name, tooltip=sentence)


class PlanScreen(Screen[None], inherit_bindings=False):
    """Makes a plan, has it run, and shows the last run; the run itself goes on without the screen.

    Args:
        bulk: carries plans out.
        offer: what plans can be made of, as it was when the key was pressed.
        deck: the sessions as they are; `show` brings newer ones.
        start: starts work that outlives the screen.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("question_mark", "help", "help", "All keys of this screen"),
        _key("escape,q", "leave", "back", "Back to the sessions; a run goes on, and E shows it again"),
        _key("enter", "run", "run it", "Run the plan; asks first"),
        _key("space", "leave_out", "leave out", "Leave one out, or take it in again"),
        _key("s", "stop", "stop", "Take back what was not posted yet"),
        _key("z", "undo", "undo", "Take back every end that was not posted yet"),
        _key("t", "retry", "try again", "A new plan of those that failed or were not confirmed"),
        _key("tab", "source(1)", "other plan", "A plan of others: the stale, the marked, the shown, …"),
        Binding("shift+tab", "source(-1)", "The tab before", show=False, id="plan.source-back"),
        _key("r", "rule", "by rule", "Those that are stale by one rule; again takes the next rule"),
        _key("x", "leave_changed", "leave out changed", "Leave out all that changed since"),
        _key("R", "again", "plan anew", "Make the plan anew, of those who are meant now"),
        *MOVES,
    ]

    def __init__(
        self, bulk: BulkEnd, offer: Offer, deck: Deck, start: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        super().__init__()
        self._bulk = bulk
        self._offer = offer
        self._deck = deck
        self._now = time.time()
        self._start = start
        self._draft = Draft(offer.first)
        self._on_run = bulk.is_busy or (bulk.run is not None and not offer.marked)
        self._asking = False
        self._cursor: str | None = None
        self._said: tuple[str, float] = ("", 0.0)
        self._offered: tuple[object, ...] = ()
        self._frame = Frame(self, head=3)

    @property
    def scene(self) -> Scene:
        """What is shown now."""
        run, phase = self._bulk.run, Phase.ASKING if self._asking else Phase.PLANNING
        if self._on_run:
            phase = Phase.GIVING if run is None else Phase.OVER if run.is_over else Phase.RUNNING
        retry = run.to_retry if run is not None and run.is_over else ()
        offer = replace(self._offer, retry=retry)
        return Scene(phase, self._draft, offer, run, self._deck, self._now, self._bulk.trouble)

    def compose(self) -> ComposeResult:
        """The frame's parts."""
        yield from self._frame.parts()

    def on_mount(self) -> None:
        """Makes the first plan, unless there is a run to show."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())
        if not self._on_run:
            self._plan(self._draft.source)
        self.call_after_refresh(self._paint)

    def on_resize(self, _: events.Resize) -> None:
        """Lays out anew once the parts have their sizes."""
        self.call_after_refresh(self._paint)

    def show(self, deck: Deck, now: float) -> None:
        """Shows what the deck makes of plan and run; `now` in epoch seconds."""
        self._deck, self._now = deck, now
        self._paint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """What does not belong to the phase is not offered; what is refused is greyed."""
        scene = self.scene
        if not scene.offers(action):
            return False
        return True if scene.why_not(action) is None else None

    def on_key(self, event: events.Key) -> None:
        """Says why a key that is greyed does nothing."""
        active = self.active_bindings.get(event.key)
        if active is None or active.enabled:
            return
        if (why := self.scene.why_not(active.binding.action)) is not None:
            self._say(why)

    def on_listing_pressed(self, message: Listing.Pressed) -> None:
        """The mouse chose a row."""
        message.stop()
        self._cursor = message.row_id
        self._paint()

    def action_move(self, by: int, unit: str) -> None:
        """Moves the cursor by rows, pages, or all the way."""
        rows = self.scene.rows(self._frame.width, self._frame.glyphs)
        self._cursor = stepped(rows, self._cursor, self._frame.steps(by, unit))
        self._paint()

    def action_leave_out(self) -> None:
        """Leaves the one under the cursor out, or takes it in again, and steps down."""
        before, self._draft = self._draft, plan_state.toggled(self._draft, self._cursor or "")
        if self._draft == before:
            self._say("the host leaves it alone anyway")
        else:
            self.action_move(1, "row")

    def action_leave_changed(self) -> None:
        """Leaves out all that are not as they were when the plan was made."""
        before = len(self._draft.meant)
        self._draft = plan_state.without(self._draft, self.scene.changes)
        self._say(f"left out {before - len(self._draft.meant)} that changed since the plan was made")

    def action_source(self, by: int) -> None:
        """Goes to the next tab, or the one before; the last run is the last of them."""
        scene = self.scene
        every: tuple[Source | None, ...] = scene.offer.sources
        if scene.run is not None:
            every = (*every, None)
        at = every.index(None if self._on_run else self._draft.source)
        self._go_to(every[(at + by) % len(every)])

    def action_rule(self) -> None:
        """Takes those that are stale by one rule; pressed again, by the next rule."""
        rules = tuple(Rule)
        turn = int(self._draft.source is Source.RULE)
        self._draft = replace(self._draft, rule=rules[(rules.index(self._draft.rule) + turn) % len(rules)])
        self._go_to(Source.RULE)

    def action_again(self) -> None:
        """Makes the plan anew."""
        self._plan(self._draft.source)

    def action_retry(self) -> None:
        """Plans the end of those whose end failed or was not confirmed."""
        self._go_to(Source.RETRY)

    def action_run(self) -> None:
        """Asks, and has exactly the plan run."""
        draft, asked = self._draft, self.scene.question()
        if asked is None:
            self._say("nothing to end: all of the plan have ended already")
            return
        promised = self._undo_s

        def answered(confirmed: tuple[str, ...] | None) -> None:
            if confirmed and (why := question.promise_broken(promised, self._undo_s)):
                self._say(why)
            elif confirmed:
                self._on_run, self._cursor = True, None
                self._start(self._bulk.carry_out(draft.plan, draft.meant, confirmed, self._undo_s))

        self.app.push_screen(ConfirmScreen(asked, self._deck), answered)

    def action_stop(self) -> None:
        """Takes back what was not posted yet."""
        self._start(self._bulk.stop())

    def action_undo(self) -> None:
        """Takes back every end of this dashboard that was not posted yet."""
        self.post_message(asks.UndoAsked())

    def action_help(self) -> None:
        """Shows the keys of this screen."""
        self.app.push_screen(HelpScreen(self.active_bindings.values()))

    def action_leave(self) -> None:
        """Goes back to the sessions; a run goes on."""
        self.dismiss()

    def _go_to(self, source: Source | None) -> None:
        self._cursor, self._on_run = None, source is None
        if source is not None:
            self._plan(source)
        self._paint()

    def _plan(self, source: Source) -> None:
        offer = self.scene.offer
        self._draft, self._cursor, self._bulk.trouble = Draft(source, self._draft.rule), None, ""
        self.run_worker(self._make(self._draft, offer), name="plan", group="plan", exclusive=True)

    async def _make(self, draft: Draft, offer: Offer) -> None:
        self._asking = True
        try:
            self._draft = replace(draft, plan=await self._bulk.plan(draft, offer))
        except WatchdeckError as error:
            self._bulk.trouble = str(error)
        self._asking = False
        self._paint()

    @property
    def _undo_s(self) -> float:
        return self._deck.host.undo_s if self._deck.host else 0.0

    def _say(self, words: str) -> None:
        self._said = (words, time.time() + SAID_FOR_S)
        self._paint()

    def _dress(self) -> None:
        self._frame.dress()
        self._paint()

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        if self._on_run and self._bulk.run is None and not self._bulk.is_busy:
            self._on_run = False  # the host did not take it; the plan stands as it was, and why is said
        scene, frame = self.scene, self._frame
        rows = scene.rows(frame.width, frame.glyphs)
        self._cursor = self._cursor or stepped(rows, None, 1)
        offered = (scene.phase, *map(scene.why_not, ("run", "stop", "leave_changed", "retry")))
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()
        said, until = self._said
        frame.paint(
            head=scene.head(frame.width, frame.glyphs),
            titles=scene.titles(frame.width, frame.glyphs),
            rows=rows,
            cursor=self._cursor,
            words=scene.words(self._cursor, said if time.time() < until else ""),
            notice=notice(*scene.notice(), frame.width),
        )
