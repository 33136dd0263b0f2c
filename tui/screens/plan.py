"""The bulk end: its plan before it is run, its progress, and its results afterwards."""

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
from tui.host.deck import Deck
from tui.plan.draft import Draft, Offer, PlanSource, toggled, without
from tui.plan.presenter import Phase, Scene
from tui.plan.runner import BulkEnd
from tui.screens import messages
from tui.screens.agreement import on_agreement
from tui.screens.confirm import ConfirmScreen
from tui.screens.frame import MOVES, Frame, notice
from tui.screens.help import HelpScreen
from tui.style.glyphs import Glyphs
from tui.style.roles import Role
from tui.view import confirm_text
from tui.widgets.listing import Listing, stepped

SAID_FOR_S = 8.0
"""Seconds that a word stays on the line above the keys."""


def _key(keys: str, action: str, words: str, sentence: str) -> Binding:
    name = f"plan.{action.partition('(')[0].replace('_', '-')}"
    return Binding(keys, action, words, id=name, tooltip=sentence)


class PlanScreen(Screen[None], inherit_bindings=False):
    """A bulk end: its plan, and its last run, which continues without the screen.

    Args:
        bulk: carries plans out.
        offer: what plans can be made of, as it was when the key was pressed.
        deck: the sessions as they are; `show` brings newer ones.
        start: starts work that outlives the screen.
        glyphs: the signs.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("question_mark", "help", "help", "All keys of this screen"),
        _key(
            "escape,q", "leave", "back", "Back to the sessions; a running bulk end continues, and E shows it"
        ),
        _key("enter", "run", "run", "Run the plan; asks first"),
        _key("space", "leave_out", "exclude", "Exclude one, or include it again"),
        _key("s", "stop", "stop", "Stop: undo the ends that were not sent yet"),
        _key("z", "undo", "undo", "Undo all ends that were not sent yet"),
        _key("t", "retry", "retry", "Plan those that failed or were not confirmed"),
        _key("tab", "source(1)", "other plan", "Plan others: the stale, marked or shown sessions"),
        Binding("shift+tab", "source(-1)", "The previous tab", show=False, id="plan.source-back"),
        _key("r", "rule", "by rule", "Plan those that are stale by one rule; again selects the next rule"),
        _key("x", "leave_changed", "exclude changed", "Exclude all that changed since"),
        _key("R", "again", "new plan", "Plan the same kind of targets as they are now"),
        *MOVES,
    ]

    def __init__(
        self,
        bulk: BulkEnd,
        offer: Offer,
        deck: Deck,
        start: Callable[[Coroutine[Any, Any, None]], None],
        *,
        glyphs: Glyphs,
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
        self._said: tuple[str, Role, float] = ("", Role.WARN, 0.0)
        self._offered: tuple[object, ...] = ()
        self._frame = Frame(self, glyphs, head=3)

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
        """Make the first plan, unless there is a run to show."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())
        if not self._on_run:
            self._plan(self._draft.source)
        self.call_after_refresh(self._paint)

    def on_resize(self, _: events.Resize) -> None:
        """Lay out again once the parts have their sizes."""
        self.call_after_refresh(self._paint)

    def show(self, deck: Deck, now: float) -> None:
        """Show what the deck makes of plan and run; `now` in epoch seconds."""
        self._deck, self._now = deck, now
        self._paint()

    def say(self, words: str, role: Role = Role.WARN) -> None:
        """Show a notice on the line above the keys for some seconds."""
        self._said = (words, role, time.time() + SAID_FOR_S)
        self._paint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """What does not belong to the phase is not offered; what is refused is greyed."""
        scene = self.scene
        if not scene.offers(action):
            return False
        return True if scene.why_not(action) is None else None

    def on_key(self, event: events.Key) -> None:
        """Say why a key that is greyed does nothing."""
        active = self.active_bindings.get(event.key)
        if active is None or active.enabled:
            return
        if (why := self.scene.why_not(active.binding.action)) is not None:
            self.say(why)

    def on_listing_pressed(self, message: Listing.Pressed) -> None:
        """The mouse chose a row."""
        message.stop()
        self._cursor = message.row_id
        self._paint()

    def action_move(self, by: int, unit: str) -> None:
        """Move the cursor by rows, pages, or all the way."""
        rows = self.scene.rows(self._frame.width, self._frame.glyphs)
        self._cursor = stepped(rows, self._cursor, self._frame.steps(by, unit))
        self._paint()

    def action_leave_out(self) -> None:
        """Leave the one under the cursor out, or takes it in again, and steps down."""
        before, self._draft = self._draft, toggled(self._draft, self._cursor or "")
        if self._draft == before:
            self.say("The host skips it anyway")
        else:
            self.action_move(1, "row")

    def action_leave_changed(self) -> None:
        """Leave out all that are not as they were when the plan was made."""
        before = len(self._draft.meant)
        self._draft = without(self._draft, self.scene.changes)
        self.say(f"Excluded {before - len(self._draft.meant)} that changed since the plan was made")

    def action_source(self, by: int) -> None:
        """Go to the next tab, or the one before; the last run is the last of them."""
        scene = self.scene
        every: tuple[PlanSource | None, ...] = scene.offer.sources
        if scene.run is not None:
            every = (*every, None)
        at = every.index(None if self._on_run else self._draft.source)
        self._go_to(every[(at + by) % len(every)])

    def action_rule(self) -> None:
        """Take those that are stale by one rule; pressed again, by the next rule."""
        rules = tuple(Rule)
        turn = int(self._draft.source is PlanSource.RULE)
        self._draft = replace(self._draft, rule=rules[(rules.index(self._draft.rule) + turn) % len(rules)])
        self._go_to(PlanSource.RULE)

    def action_again(self) -> None:
        """Make a new plan."""
        self._plan(self._draft.source)

    def action_retry(self) -> None:
        """Plan the end of those whose end failed or was not confirmed."""
        self._go_to(PlanSource.RETRY)

    def action_run(self) -> None:
        """Ask, and have exactly the plan run."""
        if not self.is_current:  # keys that were typed ahead of the first question don't ask a second
            return
        draft, asked = self._draft, self.scene.question()
        if asked is None:
            self.say("Nothing to end: all planned sessions have already ended")
            return
        promised = self._undo_s
        # Changes that the question names are decided about with it; those that come later are not.
        while_stale = draft.is_of_the_stale and not self.scene.changes

        def agreed(ids: tuple[str, ...]) -> None:
            if why := confirm_text.promise_broken(promised, self._undo_s):
                self.say(why)
            elif ids:
                self._on_run, self._cursor = True, None
                self._start(self._bulk.carry_out(draft, ids, self._undo_s, while_stale=while_stale))

        self.app.push_screen(ConfirmScreen(asked, self._deck), on_agreement(agreed, self.say))

    def action_stop(self) -> None:
        """Take back what was not posted yet."""
        self._start(self._bulk.stop())

    def action_undo(self) -> None:
        """Take back every end of this dashboard that was not posted yet."""
        self.post_message(messages.UndoAsked())

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.app.push_screen(HelpScreen(self.active_bindings.values()))

    def action_leave(self) -> None:
        """Go back to the sessions; a run goes on."""
        self.dismiss()

    def _go_to(self, source: PlanSource | None) -> None:
        self._cursor, self._on_run = None, source is None
        if source is not None:
            self._plan(source)
        self._paint()

    def _plan(self, source: PlanSource) -> None:
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
        said, role, until = self._said
        frame.paint(
            head=scene.head(frame.width, frame.glyphs),
            titles=scene.titles(frame.width, frame.glyphs),
            rows=rows,
            cursor=self._cursor,
            words=scene.words(self._cursor, said if time.time() < until else "", role),
            notice=notice(*scene.notice(), frame.width),
        )
