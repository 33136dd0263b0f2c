"""The dashboard's wiring: what the link delivers goes to the screens, what they ask for goes to the host."""

import asyncio
import importlib
import logging
import os
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Input

from browser_host.api.client import HostClient
from tui.alerts.announcer import Announcer
from tui.end_requests import EndRequests
from tui.failure import LoggedApp
from tui.host.commands import HostCommands, Weight
from tui.host.connection import HostConnection
from tui.host.deck import ConnectionState, Deck, attached_hosts, lost_hosts
from tui.host.host_calls import DeckSource, HostCalls
from tui.keyboard import keyboard_hints
from tui.keyboard.keyboard_hints import Keyboard
from tui.keyboard.pressed_key import pressed
from tui.preview.preview_loop import Preview
from tui.preview.preview_panel import PreviewPanel
from tui.screens import messages
from tui.screens.quiet import InputGuard
from tui.screens.screen_protocols import Live, Speaking
from tui.screens.sessions import SessionsScreen
from tui.setup import Setup
from tui.style import theme
from tui.style.glyphs import ASCII
from tui.style.roles import Role
from tui.terminal import TerminalDriver
from tui.terminal_graphics import GraphicsAnswered, query
from tui.trends.trend import Trend, sampled
from tui.view import confirm_text
from tui.view.actions import BY_ID
from tui.view.saved_view import ViewKeeper

if TYPE_CHECKING:
    from tui.plan.runner import BulkEnd

log = logging.getLogger("tui")

Answer = TypeVar("Answer")

LOOK_EVERY_S = 1.0
"""Seconds between looks at the clock, for ages and countdowns, while the host tells nothing."""

STANDS_WITHIN_S = 1.0
"""Seconds after which keys count though the host has told nothing yet: leaving must always work."""

LOAD_REST_AFTER_S = 0.5
"""Seconds from the first rows to the import of the screens that open over them, a third of all code."""

TELL_LOSS_AFTER_S = 0.5
"""Seconds after which a loss is told in words; by then it is known whether our own host ended."""


_ROLES = {Weight.INFORMATION: Role.INFO, Weight.WARNING: Role.WARN, Weight.ERROR: Role.BAD}


class WatchdeckApp(LoggedApp):
    """One host or several, one main screen, and what opens over it."""

    TITLE = "Watchdeck"
    BINDINGS: ClassVar[list[BindingType]] = [
        replace(BY_ID["redraw"].binding(), priority=True)  # over a question too, and it answers none
    ]
    CSS = """
    VerticalScroll, OptionList { scrollbar-size-vertical: 1; scrollbar-background: $surface; }
    App.-ascii VerticalScroll, App.-ascii OptionList { scrollbar-size-vertical: 0; }
    App.-ascii ModalScreen > Vertical, App.-ascii ModalScreen > VerticalScroll { border: ascii $primary; }
    App.-ascii ConfirmScreen > Vertical { border: ascii $error; }
    """

    def __init__(self, setup: Setup) -> None:
        # Before Textual reads its style sheets: at a change of theme it reads all of them again, 20 ms.
        self._knows_theme = setup.theme in {**BUILTIN_THEMES, **theme.THEMES}
        if self._knows_theme:
            self.set_reactive(App.theme, setup.theme)
        # Told now: which filter NO_COLOR gets is decided before a theme is on.
        ansi = setup.theme in BUILTIN_THEMES and BUILTIN_THEMES[setup.theme].ansi
        super().__init__(setup.log, driver_class=TerminalDriver, ansi_color=ansi or None)
        self.deck = Deck()
        self._setup = setup
        self._client, self._decks = self.connect(setup)
        self._commands = HostCommands(self._client, self.say, setup.clock)
        self._announcer = Announcer(self.say, self.bell, self._write)
        self._trend = Trend()
        self._guard = InputGuard()
        self._keyboard = Keyboard()
        self._main = SessionsScreen(setup.environment, setup.glyphs, setup.clock)
        self._preview = Preview(
            self._main.preview,
            self._client.screenshot,
            send=self._commands.send_input,
            deck=lambda: self.deck,
            say=lambda why: self.say(why, Weight.WARNING),
            every_s=setup.preview_every_s,
            clock=setup.clock,
        )
        self._ends = EndRequests(
            self._main,
            self._commands,
            self._make_bulk,
            setup,
            deck=lambda: self.deck,
            say=self.say,
            count_down=lambda words: self._speaking.say(words, Role.WARN),
            open_over=self._open,
            start=self._start,
        )
        self._recall = ViewKeeper(setup.views, self.say)
        self.set_class(setup.glyphs is ASCII, "-ascii")
        if not setup.animate:
            self.animation_level = "none"

    def connect(self, setup: Setup) -> tuple[HostCalls, DeckSource]:
        """Where calls go, and where decks come from."""
        if setup.hosts:
            from browser_host.hosts.all_hosts import AllHosts  # noqa: PLC0415 - most have one host
            from tui.host.all_connections import AllConnections  # noqa: PLC0415 - as above

            return (
                AllHosts(setup.hosts, lambda: self.deck.sessions),
                AllConnections(setup.hosts, self._take, refresh_hz=setup.refresh_hz, note=log.warning),
            )
        client = setup.client or HostClient(setup.socket, "tui")
        return client, HostConnection(client, self._take, refresh_hz=setup.refresh_hz)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and our own, by name."""
        return {**super().available_themes, **theme.THEMES}

    def _make_bulk(self) -> "BulkEnd":
        from tui.plan.runner import BulkEnd  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

        return BulkEnd(self._client, self._commands.given, self._show, self._setup.clock)

    def get_default_screen(self) -> Screen[Any]:
        """The main screen is the lowest, so that nothing leads back behind it."""
        return self._main

    def on_mount(self) -> None:
        """Take on the user's keys, and begin to talk to the host."""
        problems = self._set_keys()
        if not self._knows_theme:
            problems.append(f"[tui] theme: unknown theme {self._setup.theme!r}")
        if problems:
            self.say("; ".join(problems), Weight.WARNING)
        # Both ways the terminal is left as it was, if it is still there.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)
        if self._setup.line is not None:
            self._setup.line.watch(self.exit)
        self._main.recall(self._recall.begin(self._main.view))
        self._start(self._decks.run())
        self.set_interval(LOOK_EVERY_S, self._look)
        self.set_timer(STANDS_WITHIN_S, self._guard.stand)

    def _set_keys(self) -> list[str]:
        """Give the user's keys to their actions, and say which name none."""
        if not self._setup.keymap:
            return []
        from tui import keymap  # noqa: PLC0415 - it loads every screen that has keys

        self.set_keymap(keymap.usable(self._setup.keymap))
        return keymap.problems(self._setup.keymap)

    async def on_unmount(self) -> None:
        """Let go of the host, and keep the view."""
        self._recall.keep(self._main.view)
        await self._client.close()
        if self._setup.line is not None:
            self._setup.line.let_go()

    async def on_event(self, event: events.Event) -> None:
        """Drop what was typed for something that is not there."""
        match event:
            case events.InputEvent() | events.Paste() if not event.is_forwarded:
                if self._guard.passes(event):
                    if isinstance(event, events.Key | events.Paste):
                        self._give_keys_to_open_box()
                    await super().on_event(event)
            case _:
                await super().on_event(event)

    def _give_keys_to_open_box(self) -> None:
        """Focus an open box: a mouse beside the screen, or a terminal that is left, takes the focus away."""
        if self.screen.focused is None:
            boxes = (one for one in self.screen.focus_chain if isinstance(one, Input))
            if (box := next(boxes, None)) is not None:
                self.screen.set_focus(box)

    def pop_screen(self) -> AwaitComplete:
        """Leave a screen; what a hand types on after it cancelled a question is for nothing here."""
        from tui import overlays  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

        if isinstance(self.screen, overlays.ConfirmScreen) and self.screen.was_interrupted:
            self._guard.hush()
        return super().pop_screen()

    def on_key(self, event: events.Key) -> None:
        """Keep keys that were typed ahead of a screen or a box from acting before it is there."""
        if self.screen is self._main:
            taken = self._main.took(event)
        else:
            from tui import overlays  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

            taken = isinstance(self.screen, overlays.ActionPalette) and self.screen.take(event)
        if taken or self._is_refused(event):
            event.prevent_default()

    def _is_refused(self, event: events.Key) -> bool:
        """Give a hint about the keyboard, and tell whether the key was hardly meant."""
        result = keyboard_hints.heard(self._keyboard, pressed(event, self.screen))
        self._keyboard = result.keyboard
        if result.words:
            self.say(result.words, Weight.WARNING)
        return result.is_refused

    def say(self, text: str, weight: Weight = Weight.INFORMATION) -> None:
        """Show a notice on the line above the keys, in place of the one before; none covers a state."""
        self._speaking.say(text, _ROLES[weight])
        log.info("told: %s", text)

    def notify(self, message: str, *, severity: str = "information", **_: object) -> None:
        """Show Textual's own notices, and those of other screens, where all notices are shown."""
        self.say(message, Weight(severity))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, exit_on_error=True)

    def _take(self, deck: Deck) -> None:
        lost = lost_hosts(deck) - lost_hosts(self.deck)
        before = self.deck
        self.deck = replace(deck, access=self._setup.access)
        self._guard.stand()
        if before.host is None and deck.host is not None:
            self.call_after_refresh(self.set_timer, LOAD_REST_AFTER_S, lambda: self._start(self._load_rest()))
        if attached_hosts(self.deck) - attached_hosts(before):
            self.set_timer(LOAD_REST_AFTER_S, self._settle)
        if lost:
            self.set_timer(TELL_LOSS_AFTER_S, self._tell_loss)
        self._announcer.announce(before, self.deck)
        self._show()

    def _write(self, code: str) -> None:
        """Write to the terminal what is no text of a screen."""
        if self._driver is not None:
            self._driver.write(code)

    def _tell_loss(self) -> None:
        if lost_hosts(self.deck):
            self.say(self._setup.host_ended() or self._decks.trouble, Weight.ERROR)

    async def _load_rest(self) -> None:
        """Import what a key may need, and what writes the log, in a thread, so that no key waits for it."""
        for name in ("tui.overlays", "browser_host.log_lines"):
            await asyncio.to_thread(importlib.import_module, name)
        self._settle()

    def _settle(self) -> None:
        if self._setup.collector is not None:
            self._setup.collector.settle(time.monotonic())

    def _look(self) -> None:
        self._show()
        if self._setup.collector is not None:
            self._setup.collector.look(time.monotonic(), is_quiet=self._guard.is_quiet)

    def _show(self) -> None:
        now = self._setup.clock()
        if not self._main.is_typing:
            self._recall.keep(self._main.view)
        self._trend = sampled(self._trend, self.deck, now)
        self._ends.follow(now)
        for screen in self.screen_stack:
            if isinstance(screen, Live) and screen.is_attached:  # one that is being left has lost its parts
                screen.show(self.deck, now)

    def _open(self, screen: Screen[Answer], answered: Callable[[Answer | None], None] | None = None) -> None:
        """Open a screen over the main one or a detail; keys typed ahead of the first don't open a second."""
        from tui import overlays  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

        if self.screen is self._main or isinstance(self.screen, overlays.DetailScreen):
            self._main.unsay()  # now: what is said when a hasty hand closes the screen again must stand
            self.push_screen(screen, answered)

    @on(messages.Instructed)
    def _instruct_asked(self, asked: messages.Instructed) -> None:
        self._instruct(tuple(asked.ids), asked.instruction)

    def _instruct(self, ids: tuple[str, ...], instruction: Mapping[str, Any]) -> None:
        prepared = self._commands.instruct(ids, instruction, self.deck)
        if prepared is None:
            known = any(session_id in self.deck.sessions for session_id in ids)
            why = (
                "Already under way; not sent again"
                if known
                else "Nothing sent: the host no longer lists them"
            )
            self.say(why, Weight.WARNING)
        else:
            self._start(prepared)

    @on(messages.RetryAsked)
    def _retry(self, asked: messages.RetryAsked) -> None:
        self._start(self._commands.retry(tuple(asked.ids)))

    @on(messages.EndAsked)
    def _ask_to_end(self, asked: messages.EndAsked) -> None:
        self._ends.ask(asked)

    @on(messages.PlanAsked)
    def _open_plan(self) -> None:
        self._ends.open_plan()

    @on(messages.PreviewAsked)
    def _toggle_preview(self) -> None:
        if self._preview.asks_terminal() and not self.native_ansi_color:
            self._write(query(os.environ))
        self._preview.toggle()
        self.run_worker(self._preview.run(), group="preview", exclusive=True)

    @on(GraphicsAnswered)
    def _improve_preview(self, answer: GraphicsAnswered) -> None:
        self._preview.improve(answer.graphics)

    @on(PreviewPanel.Drawn)
    def _draw(self, drawn: PreviewPanel.Drawn) -> None:
        self._write(drawn.code)

    @on(PreviewPanel.Pointed)
    def _point(self, pointed: PreviewPanel.Pointed) -> None:
        self._start(self._preview.point(pointed))

    def action_redraw(self) -> None:
        """Paint everything again, questions too."""
        if isinstance(driver := self._driver, TerminalDriver):
            driver.forget()
        self.screen.refresh()

    @on(messages.ContactSheetAsked)
    @on(messages.HistoryAsked)
    @on(messages.TrendAsked)
    @on(messages.AlertsAsked)
    @on(messages.BrowsersAsked)
    @on(messages.VisitorsAsked)
    @on(messages.DetailAsked)
    @on(messages.HelpAsked)
    def _open_asked(self, asked: Message) -> None:
        from tui import overlays  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

        every_s, glyphs = self._setup.preview_every_s, self._setup.glyphs
        lent = overlays.Lent(self._client, self.deck, self._start, every_s, lambda: self._trend)
        self._open(overlays.screen_for(asked, self._main, lent, glyphs))

    @on(messages.UndoAsked)
    def _undo(self) -> None:
        self._start(self._commands.undo(self.deck))

    @on(messages.ColorChoiceAsked)
    def _ask_for_color(self, asked: messages.ColorChoiceAsked) -> None:
        from tui import overlays  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

        ids = tuple(asked.ids)

        def answered(color: str | None) -> None:
            if color is not None:
                self._instruct(ids, {"action": "switchColor", "color": color})

        self._open(overlays.ChooseColorScreen(confirm_text.sessions_counted(len(ids))), answered)

    @on(messages.PaletteAsked)
    def _open_palette(self) -> None:
        if self.screen is self._main:
            self.action_command_palette()

    def get_key_display(self, binding: Binding) -> str:
        """Name a key in characters that the terminal can show."""
        written = super().get_key_display(binding)
        return written if written.isascii() or self._setup.glyphs is not ASCII else binding.key

    def action_command_palette(self) -> None:
        """Open the palette, on any screen that is no question, with what was typed ahead of it."""
        from tui import overlays  # noqa: PLC0415 - see `LOAD_REST_AFTER_S`

        if isinstance(self.screen, overlays.ActionPalette):
            return
        palette = overlays.ActionPalette()
        for event in self._main.typed_ahead():
            palette.take(event)
        self.push_screen(palette)

    @on(messages.CopyAsked)
    def _copy(self, asked: messages.CopyAsked) -> None:
        self.copy_to_clipboard(asked.text)
        self.say("Sent to the terminal")

    @on(messages.QuitAsked)
    async def action_quit(self) -> None:
        """Leave; ask first where ends are pending."""
        self._ends.leave(self.exit)

    @property
    def _speaking(self) -> Speaking:
        """The topmost screen with a line for notices."""
        return next(
            (screen for screen in self.screen_stack[::-1] if isinstance(screen, Speaking)), self._main
        )

    @property
    def attached(self) -> bool:
        """The host answers."""
        return self.deck.link is ConnectionState.ATTACHED
