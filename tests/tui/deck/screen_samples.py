"""Decks for the main screen's tests, and the smallest app that shows it."""

import random
import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.message import Message
from textual.screen import Screen

from browser_host.api.schema import BrowserView, HostView
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.views import ErrorView, InstructionView, SessionView, StaleView
from tui.host.deck import ConnectionState, Deck
from tui.screens.sessions import SessionsScreen
from tui.style import theme
from tui.style.glyphs import UNICODE
from tui.terminal_output import TerminalOutput

NOW = 1_700_000_000.0


def browser(state: BrowserState) -> BrowserView:
    return BrowserView(
        name="local",
        kind="local",
        state=state,
        sessions=28,
        max_sessions=1000,
        isolated=None,
        version="156",
        since=NOW - 9000,
        reason=None,
        number=1,
        pages=3,
    )


HOST = HostView(
    version="0.1.0",
    pid=4711,
    started_at=NOW - 9000,
    read_only=False,
    browsers=(browser(BrowserState.UP),),
    undo_s=3.0,
    confirm_within_s=5.0,
    raw_instructions=False,
    simulated=False,
)


def session(session_id: str, **changes: Any) -> SessionView:
    """A live session that has said everything, with these changes."""
    facts: dict[str, Any] = {
        "id": session_id,
        "label": session_id,
        "source": "config",
        "visitor": None,
        "link": "0a1b2c3d",
        "hosting": "live",
        "status": "viewerReady",
        "status_since": NOW - 300,
        "opened_at": NOW - 900,
        "last_event_at": NOW - 30,
        "color": "#ff8c00",
        "color_raw": "orange",
        "mode": None,
        "stale": None,
        "instruction": None,
        "ended": None,
        "error": None,
        "events": 12,
        "dropped": 0,
        "violations": 0,
        "process": 1,
        "browser": "local",
    }
    return SessionView(**(facts | changes))


def deck(*sessions: SessionView, **changes: Any) -> Deck:
    """A deck that is attached."""
    facts = {"host": HOST, "link": ConnectionState.ATTACHED, "seq": 1, **changes}
    return Deck(sessions={view.id: view for view in sessions}, **facts)


def busy_deck(count: int = 28, seed: int = 7) -> Deck:
    """A deck as one meets it: most sessions well, some not."""
    chance = random.Random(seed)
    names = ("acme", "northwind", "contoso", "initech", "umbrella", "hooli", "globex", "wayne")
    people = ("checkout", "claims", "onboarding", "support", "returns", "mortgage", "café München")
    colors = ("#ff8c00", "#1e90ff", "#2e8b57", "#dc143c", "#8a2be2", "#ffd700", "#00bcd4", "#e91e63")
    made = []
    for number in range(count):
        at = NOW - chance.uniform(10, 9000)
        label = f"{chance.choice(names)} {chance.choice(people)} {number}"
        color = chance.choice(colors)
        state = chance.choice(("confirmed",) * 4 + ("sent", "queued", "unconfirmed", "failed"))
        action = chance.choice(("setMode", "switchColor", "switchColor", "endSession"))
        instruction = InstructionView(
            f"i{number}",
            action,
            "sent" if action == "setMode" else state,
            NOW - chance.uniform(1, 600),
            "root",
            "no answer within 5 s" if state in {"unconfirmed", "failed"} else "",
        )
        made.append(
            session(
                f"s{number:02}",
                label=label,
                opened_at=at,
                status_since=at + chance.uniform(0, NOW - at),
                last_event_at=NOW - chance.expovariate(1 / 60),
                color=color,
                mode=chance.choice(("draw", "pointer", "cursor", None)),
                instruction=instruction if number % 3 else None,
                visitor=f"v{number}x9",
                process=1 + number // 10,
                status=chance.choice(("viewerReady",) * 6 + ("active", "waiting", "snapshotReceived")),
            )
        )
    dead = ErrorView("page_crashed", "the page crashed; its sessions are being hosted again")
    framed = ErrorView("framing_blocked", "the page refuses to be framed (X-Frame-Options: DENY)")
    stale = StaleView("pending", NOW - 380, 380, 300, "the visitor has not accepted for 6m20s")
    odd: dict[int, dict[str, Any]] = {
        3: {"hosting": "lost", "error": dead, "process": None},
        4: {"status": "pendingRequest", "status_since": NOW - 380, "stale": stale},
        7: {"hosting": "blocked", "status": None, "error": framed, "color": None, "color_raw": None},
        9: {"hosting": "loading", "status": None, "color": None, "color_raw": None, "last_event_at": None},
        12: {"hosting": "ended", "status": "terminated", "process": None},
        13: {"hosting": "unresponsive"},
        15: {"color": None, "color_raw": "sunset glow"},
    }
    for at, changes in odd.items():
        if at < count:
            facts = {field: getattr(made[at], field) for field in SessionView.__slots__}
            made[at] = session(made[at].id, **{k: v for k, v in facts.items() if k != "id"} | changes)
    return deck(*made)


class Counting(HeadlessDriver):
    """A terminal that keeps what it is sent."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.sent: list[str] = []
        self._output = TerminalOutput()

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        columns, lines = self._size or (80, 24)
        self.sent.append(self._output.rewritten(data, (columns, lines), time.monotonic()))

    def flush(self) -> None:
        pass


class SampleApp(App[None]):
    """The main screen, and a record of what it asked for."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        environment: str = "production",
        driver: type[Driver] | None = None,
        clock: Callable[[], float] = lambda: NOW,
        dress: str = theme.DARK.name,
    ) -> None:
        super().__init__(driver_class=driver, ansi_color=dress.startswith("ansi") or None)
        self.dress = dress
        self.main = SessionsScreen(environment, UNICODE, clock)
        self.asked: list[Message] = []

    def get_default_screen(self) -> Screen[Any]:
        return self.main

    def on_mount(self) -> None:
        for own in theme.THEMES.values():
            self.register_theme(own)
        self.theme = self.dress

    def on_event_asked(self, message: Message) -> None:
        self.asked.append(message)

    on_sessions_screen_instructed = on_event_asked
    on_sessions_screen_end_asked = on_event_asked
    on_sessions_screen_color_choice_asked = on_event_asked
    on_sessions_screen_detail_asked = on_event_asked
    on_sessions_screen_copy_asked = on_event_asked
    on_sessions_screen_undo_asked = on_event_asked
    on_sessions_screen_help_asked = on_event_asked
    on_sessions_screen_palette_asked = on_event_asked
    on_sessions_screen_quit_asked = on_event_asked
