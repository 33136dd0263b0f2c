"""The dashboard's wiring: what the link delivers goes to the screens, what they ask for goes to the host."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.command import CommandPalette
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from browser_host.api.client import HostClient
from tui import keymap, question, theme, undo
from tui.acts import Acts, Weight
from tui.bulk import BulkEnd
from tui.line import Line, LineDriver
from tui.link import HostLink
from tui.palette import PLACEHOLDER, ActionProvider
from tui.plan_state import Offer
from tui.recall import Recall
from tui.screens import asks
from tui.screens.choose_color import ChooseColorScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.history import HistoryScreen
from tui.screens.plan import PlanScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.visitors import VisitorsScreen
from tui.state import Deck, LinkState
from tui.tones import Tone
from tui.view_file import ViewFile
from tui.view_state import target

log = logging.getLogger("tui")

Answer = TypeVar("Answer")

TELL_LOSS_AFTER_S = 0.5
"""Seconds after which a loss is told in words; by then it is known whether our own host ended."""


@runtime_checkable
class Live(Protocol):
    """A screen that shows the deck."""

    def show(self, deck: Deck, now: float) -> None:
        """Shows the deck as it is at `now` (epoch seconds)."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the dashboard is told when it starts.

    Args:
        socket: the host's.
        refresh_hz: deliveries to the screen a second at most.
        theme: by name.
        log: where the dashboard's log is.
        keymap: the user's keys, by action id.
        environment: the name that the header shows.
        animate: nothing moves by itself where it is False.
        stops_host: leaving stops the host.
        read_only: nothing is offered that changes a session, whatever the host would take.
        views: keeps the view for the next time, None to keep none.
        host_ended: how the dashboard's own host ended, in words; "" while it runs, or is not its own.
        line: to the terminal, None where there is none.
    """

    socket: Path
    refresh_hz: float
    theme: str
    log: Path
    keymap: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    animate: bool = True
    stops_host: bool = False
    read_only: bool = False
    views: ViewFile | None = None
    host_ended: Callable[[], str] = str
    line: Line | None = None


class WatchdeckApp(App[None]):
    """One host, one main screen, and what opens over it."""

    TITLE = "Watchdeck"
    COMMANDS: ClassVar = {ActionProvider}
    CSS = """
    VerticalScroll, OptionList { scrollbar-size-vertical: 1; scrollbar-background: $surface; }
    """

    def __init__(self, setup: Setup) -> None:
        # Told now: which filter NO_COLOR gets is decided before a theme is on.
        ansi = setup.theme in BUILTIN_THEMES and BUILTIN_THEMES[setup.theme].ansi
        super().__init__(driver_class=LineDriver, ansi_color=ansi or None)
        self.deck = Deck()
        self._setup = setup
        self._client = HostClient(setup.socket, "tui")
        self._acts = Acts(self._client, self.say)
        self._bulk = BulkEnd(self._client, self._acts.given, self._show)
        self._link = HostLink(self._client, self._take, refresh_hz=setup.refresh_hz)
        self._counted_down = ""
        self._main = SessionsScreen(setup.environment)
        self._recall = Recall(setup.views, self.say)
        if not setup.animate:
            self.animation_level = "none"

    def get_default_screen(self) -> Screen[Any]:
        """The main screen is the lowest, so that nothing leads back behind it."""
        return self._main

    def on_mount(self) -> None:
        """Puts on the theme and the user's keys, and begins to talk to the host."""
        for own in theme.THEMES:
            self.register_theme(own)
        if self._setup.theme in self.available_themes:
            self.theme = self._setup.theme
        else:
            self.say(f"[tui] theme: there is no theme {self._setup.theme!r}", Weight.WARNING)
        self.set_keymap(keymap.usable(self._setup.keymap))
        for problem in keymap.problems(self._setup.keymap):
            self.say(problem, Weight.WARNING)
        # Both ways the terminal is left as it was, if it is still there.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)
        if self._setup.line is not None:
            self._setup.line.watch(self.exit)
        self._main.recall(self._recall.begin(self._main.view))
        self._start(self._link.run())
        self.set_interval(1.0, self._show)

    async def on_unmount(self) -> None:
        """Lets go of the host, and keeps the view."""
        self._recall.keep(self._main.view)
        await self._client.close()
        if self._setup.line is not None:
            self._setup.line.let_go()

    def on_key(self, event: events.Key) -> None:
        """Keeps keys that were typed ahead of a screen or a box from acting before it is there."""
        if self.screen is self._main and self._main.took(event):
            event.prevent_default()

    def say(self, text: str, weight: Weight = Weight.INFORMATION) -> None:
        """Plain words for the operator: on the line above the footer, or over all if they are graver."""
        if weight is Weight.INFORMATION and self.screen is self._main:
            self._main.say(text, Tone.INFO)
        else:
            self.notify(text, severity=weight.value, markup=False)
        log.info("told: %s", text)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, exit_on_error=True)

    def _take(self, deck: Deck) -> None:
        lost = deck.link is LinkState.LOST and self.deck.link is not LinkState.LOST
        self.deck = replace(deck, looking=self._setup.read_only)
        if lost:
            self.set_timer(TELL_LOSS_AFTER_S, self._tell_loss)
        self._show()

    def _tell_loss(self) -> None:
        if not self.attached:
            self.say(self._setup.host_ended() or self._link.trouble, Weight.ERROR)

    def _show(self) -> None:
        now = time.time()
        if not self._main.is_typing:
            self._recall.keep(self._main.view)
        self._bulk.follow(self.deck, now)
        self._count_down(now)
        for screen in self.screen_stack:
            if isinstance(screen, Live):
                screen.show(self.deck, now)

    def _count_down(self, now: float) -> None:
        words = undo.words(self._acts.pending(self.deck), now, self.deck.link)
        if words != self._counted_down:
            self._counted_down = words
            self._main.say(words, Tone.WARN)

    def _open(self, screen: Screen[Answer], answered: Callable[[Answer | None], None] | None = None) -> None:
        """Opens a screen over the main one; keys that were typed ahead of the first don't open a second."""
        if self.screen is self._main:
            self.push_screen(screen, answered)

    @on(asks.Instructed)
    def _instruct(self, asked: asks.Instructed) -> None:
        self._start(self._acts.instruct(tuple(asked.ids), asked.instruction))

    @on(asks.RetryAsked)
    def _retry(self, asked: asks.RetryAsked) -> None:
        self._start(self._acts.retry(tuple(asked.ids)))

    @on(asks.EndAsked)
    def _ask_to_end(self, asked: asks.EndAsked) -> None:
        aim = question.endable(asked.ids, self.deck)
        if not aim.ids:
            self.say(f"nothing to end: {aim.left_out or 'the host knows none of them any more'}")
            return
        promised = self._undo_s
        asking = question.ending(aim.ids, asked.target, promised, aim.left_out)

        def answered(confirmed: tuple[str, ...] | None) -> None:
            if confirmed and (why := question.promise_broken(promised, self._undo_s)):
                self.say(why, Weight.WARNING)
            elif confirmed:
                self._start(self._acts.end(confirmed, self._undo_s))

        self._open(ConfirmScreen(asking, self.deck), answered)

    @on(asks.PlanAsked)
    def _open_plan(self) -> None:
        view = self._main.view
        offer = Offer(marked=target(view).ids if view.selection.marks else (), shown=view.rows)

        def left(_: None) -> None:
            if self._bulk.is_busy:
                self.say("the run goes on; E shows it")

        self._open(PlanScreen(self._bulk, offer, self.deck, self._start), left)

    @on(asks.HistoryAsked)
    def _open_history(self) -> None:
        self._open(HistoryScreen(self._main.view.selection.cursor, self.deck, self._client.history))

    @on(asks.VisitorsAsked)
    def _open_visitors(self) -> None:
        self._open(VisitorsScreen(self._client, self.deck, self._start))

    @on(asks.UndoAsked)
    def _take_back(self) -> None:
        self._start(self._acts.take_back(self.deck))

    @on(asks.ColorChoiceAsked)
    def _ask_for_color(self, asked: asks.ColorChoiceAsked) -> None:
        ids = tuple(asked.ids)

        def answered(color: str | None) -> None:
            if color is not None:
                self._start(self._acts.instruct(ids, {"action": "switchColor", "color": color}))

        self._open(ChooseColorScreen(question.sessions_counted(len(ids))), answered)

    @on(asks.DetailAsked)
    def _open_detail(self, asked: asks.DetailAsked) -> None:
        self._open(DetailScreen(asked.id, self.deck, self._client.detail))

    @on(asks.HelpAsked)
    def _open_help(self) -> None:
        self._open(HelpScreen(self._main.active_bindings.values()))

    @on(asks.PaletteAsked)
    def _open_palette(self) -> None:
        if self.screen is self._main:
            self.push_screen(CommandPalette(placeholder=PLACEHOLDER, id="--command-palette"))

    @on(asks.CopyAsked)
    def _copy(self, asked: asks.CopyAsked) -> None:
        self.copy_to_clipboard(asked.text)
        self.say("sent to the terminal")

    @on(asks.QuitAsked)
    async def action_quit(self) -> None:
        """Leaves; asks first where ends are pending."""
        pending = self._acts.pending(self.deck)
        if not pending:
            self.exit()
            return
        ids = tuple(dict.fromkeys(end.session for end in pending))
        fate = (
            "the host stops with the dashboard and posts none of them"
            if self._setup.stops_host
            else ("the host goes on and posts them")
        )
        text = f"{question.sessions_counted(len(ids))} wait to be ended; if you leave now, {fate}."
        asking = question.Question("Leave now?", "Leave", text, ids, typed=False)

        def answered(leave: tuple[str, ...] | None) -> None:
            if leave is not None:
                self.exit()

        self._open(ConfirmScreen(asking, self.deck), answered)

    @property
    def attached(self) -> bool:
        """The host answers."""
        return self.deck.link is LinkState.ATTACHED

    @property
    def _undo_s(self) -> float:
        return self.deck.host.undo_s if self.deck.host else 0.0

    def _handle_exception(self, error: Exception) -> None:
        log.critical("the dashboard failed", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print every frame with its locals, and a page's text is among them."""
        self.panic(Text(f"The dashboard failed; the story is in {self._setup.log}", "bold red"))
