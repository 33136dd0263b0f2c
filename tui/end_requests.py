"""The operator's requests to end sessions: asked about, counted down, and followed to their last result."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from textual.screen import Screen

from tui.host import pending_ends
from tui.host.commands import HostCommands, Weight
from tui.host.deck import Deck
from tui.plan.under_way import EndsUnderWay
from tui.screens import messages
from tui.screens.sessions import SessionsScreen
from tui.setup import Setup
from tui.view import confirm_text
from tui.view.view_state import target

if TYPE_CHECKING:
    from tui.plan.runner import BulkEnd

Answer = TypeVar("Answer")


class OpenOver(Protocol):
    """Opens a screen over the main one."""

    def __call__(
        self, screen: Screen[Answer], answered: Callable[[Answer | None], None] | None = None
    ) -> None:
        """Open it.

        Args:
            answered: called with what the screen was left with.
        """


class EndRequests:
    """What was asked to be ended from here, and what still runs of it.

    Args:
        main: whose marks go where an end was confirmed.
        commands: sends ends, and knows which are pending.
        make_bulk: makes the bulk end of this dashboard.
        deck: what the host has now.
        say: shows a notice.
        count_down: shows the line that counts down to pending ends; empty if there are none.
        open_over: opens the questions and the plan.
        start: starts work that outlives a screen.
    """

    def __init__(
        self,
        main: SessionsScreen,
        commands: HostCommands,
        make_bulk: "Callable[[], BulkEnd]",
        setup: Setup,
        *,
        deck: Callable[[], Deck],
        say: Callable[[str, Weight], None],
        count_down: Callable[[str], None],
        open_over: OpenOver,
        start: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._make_bulk = make_bulk
        self._bulk: BulkEnd | None = None
        self.counted_down = ""
        self._main = main
        self._commands = commands
        self._setup = setup
        self._deck = deck
        self._say = say
        self._count_down = count_down
        self._open_over = open_over
        self._start = start
        self._under_way = EndsUnderWay()

    @property
    def bulk(self) -> "BulkEnd":
        """The bulk end of this dashboard, made and loaded when it is first asked for."""
        if self._bulk is None:
            self._bulk = self._make_bulk()
            self._bulk.follow(self._deck(), self._setup.clock())
        return self._bulk

    @property
    def undo_s(self) -> float:
        """Seconds that the host waits before it sends an end."""
        host = self._deck().host
        return host.undo_s if host else 0.0

    def follow(self, now: float) -> None:
        """Take in the present deck: count down, and tell the results that are complete, each once."""
        deck = self._deck()
        if self._bulk is not None:
            self._bulk.follow(deck, now)
        words = pending_ends.countdown(self._commands.pending(deck), now, deck.link)
        if words != self.counted_down:
            self.counted_down = words
            self._count_down(words)
        if self._bulk is not None and self._bulk.run is not None:
            self._under_way.begin(self._bulk.run)
        for run in self._under_way.follow(deck, now):
            self._main.unmark(run.confirmed)
            if len(run.steps) > 1 and not run.was_taken_back:
                from tui.plan.run_text import summary  # noqa: PLC0415 - see `bulk`

                self._notice(summary(run))

    def ask(self, asked: messages.EndAsked) -> None:
        """Ask whether the sessions are to be ended, and end them if the operator agrees."""
        from tui import overlays  # noqa: PLC0415 - imported after the first rows

        aim = confirm_text.endable(asked.ids, self._deck())
        if not aim.ids:
            self._notice(f"Nothing to end: {aim.left_out or 'the host no longer lists them'}")
            return
        promised = self.undo_s
        asking = confirm_text.ending(aim.ids, asked.target, promised, aim.left_out)

        def agreed(ids: tuple[str, ...]) -> None:
            if why := confirm_text.promise_broken(promised, self.undo_s):
                self._say(why, Weight.WARNING)
            elif ids:
                self._start(self._end(ids))

        screen = overlays.ConfirmScreen(asking, self._deck())
        self._open_over(screen, overlays.on_agreement(agreed, self._notice))

    def open_plan(self) -> None:
        """Open the plan of a bulk end for what is marked and shown."""
        from tui import overlays  # noqa: PLC0415 - imported after the first rows
        from tui.plan.draft import Offer  # noqa: PLC0415 - see `bulk`

        view = self._main.view
        offer = Offer(marked=target(view).ids if view.selection.marks else (), shown=view.rows)

        def left(_: None) -> None:
            if self.bulk.is_busy:
                self._notice("The bulk end continues; E shows it")

        screen = overlays.PlanScreen(self.bulk, offer, self._deck(), self._start, glyphs=self._setup.glyphs)
        self._open_over(screen, left)

    def leave(self, leave: Callable[[], object]) -> None:
        """Leave the dashboard; ask first where ends are pending."""
        from tui import overlays  # noqa: PLC0415 - imported after the first rows

        pending = self._commands.pending(self._deck())
        if not pending:
            leave()
            return
        ids = tuple(dict.fromkeys(end.session for end in pending))
        asking = confirm_text.leaving(ids, stops_host=self._setup.stops_host)
        screen = overlays.ConfirmScreen(asking, self._deck())
        self._open_over(screen, overlays.on_agreement(lambda _: leave(), self._notice))

    async def _end(self, ids: tuple[str, ...]) -> None:
        undo_s, now = self.undo_s, self._setup.clock()
        outcome = await self._commands.end(ids, undo_s)
        if outcome is not None:
            from tui.plan.draft import EMPTY  # noqa: PLC0415 - see `bulk`
            from tui.plan.run import begun  # noqa: PLC0415 - see `bulk`

            until = now + undo_s
            self._under_way.begin(begun(EMPTY, ids, outcome, self._deck(), began_at=now, until=until))

    def _notice(self, text: str) -> None:
        self._say(text, Weight.INFORMATION)
