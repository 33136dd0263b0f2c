"""Everything that is known of one session, live."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from browser_host.api.schema import SessionDetail
from browser_host.errors import WatchdeckError
from tui.host.deck import Deck
from tui.screens import messages
from tui.screens.help import HelpScreen
from tui.style.glyphs import Glyphs
from tui.style.roles import Role
from tui.trends.past_hour import HOUR_S, MINUTE_S, PastHour, past_hour
from tui.view import detail_text
from tui.view.actions import BY_ID, Needs, why_not
from tui.view.view_state import ActionTarget

if TYPE_CHECKING:
    from textual.timer import Timer

    from browser_host.sessions.views import SessionView

_ACTIONS = ("end", "mode-draw", "mode-pointer", "mode-cursor", "color-next", "undo", "help")
"""The main screen's actions that work here too, on this session, with the same keys."""

_ASKS: dict[tuple[object, ...], Needs] = {(what,): BY_ID[what].needs for what in ("undo", "help")}

SAID_FOR_S = 8.0
"""Seconds that a notice stays on the frame."""

RECALL_EVERY_S = 10.0
"""Seconds between two questions for the journal's rows: what they show has a minute's grain."""

FETCH_EVERY_S = 1.0
"""Seconds between questions to the host at least, however fast the session changes."""


class DetailScreen(ModalScreen[None]):
    """A session's facts, timeline, ledger and last raw message, and the actions on it.

    The facts follow the deck; timeline and ledger are fetched when the session changes.

    Args:
        session_id: the session, whatever the list below does.
        deck: the sessions as they are; `show` brings newer ones.
        fetch: asks the host for a session's detail.
        recall: asks it for the journal's rows of a session since a moment, epoch seconds.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "back", id="detail.back"),
        Binding("j,down", "scroll('down')", "Down", show=False, id="detail.down"),
        Binding("k,up", "scroll('up')", "Up", show=False, id="detail.up"),
        Binding("g,home", "scroll('home')", "To the top", show=False, id="detail.first"),
        Binding("G,end", "scroll('end')", "To the end", show=False, id="detail.last"),
        *(BY_ID[action].binding() for action in _ACTIONS),
        Binding("y", "copy", "Copy the id", show=False, id="detail.copy"),
    ]

    DEFAULT_CSS = """
    DetailScreen { align: center middle; }
    DetailScreen > VerticalScroll {
        width: 110; max-width: 98%; height: 94%;
        padding: 0 2; background: $surface; border: round $primary;
    }
    DetailScreen Static { height: auto; }
    """

    def __init__(
        self,
        session_id: str,
        deck: Deck,
        fetch: Callable[[str], Awaitable[SessionDetail]],
        recall: Callable[[str, float], Awaitable[Sequence[Mapping[str, Any]]]],
        glyphs: Glyphs,
    ) -> None:
        super().__init__()
        self._session_id = session_id
        self._deck = deck
        self._session: SessionView | None = deck.sessions.get(session_id)
        self._fetch = fetch
        self._recall = recall
        self._facts_part = Static(id="facts")
        self._history_part = Static(id="history")
        self._fetched: SessionDetail | None = None
        self._hour: PastHour | None = None
        self._recalled_at = 0.0
        self._glyphs = glyphs
        self._trouble = ""
        self._outdated = asyncio.Event()
        self._outdated.set()
        self._asking = False
        self._quiet_again: Timer | None = None

    def compose(self) -> ComposeResult:
        """Facts, which the deck brings; history, which is fetched."""
        with VerticalScroll():
            yield self._facts_part
            yield self._history_part

    def on_mount(self) -> None:
        """Show what is known, and start to fetch."""
        self._facts_part.update(self._facts(time.time()))
        self._history_part.update(self._history())
        self.run_worker(self._keep_fetched(), name="fetch the detail", exclusive=True)
        self.call_after_refresh(self._subtitle)

    def show(self, deck: Deck, now: float) -> None:
        """Show the session as it is now; once it is removed, its last known state stays."""
        refused, self._deck = self._why_not(), deck
        if self._why_not() != refused and self._quiet_again is None:
            self._subtitle()
        session = deck.sessions.get(self._session_id)
        if session is not None and session != self._session:
            self._session = session
            self._outdated.set()
        if now - self._recalled_at >= MINUTE_S:
            self._outdated.set()
        if session is None:
            self._trouble = "The host no longer lists this session; this is its last known state."
        if self.is_mounted:
            self._facts_part.update(self._facts(now))

    def say(self, words: str, role: Role = Role.WARN) -> None:  # noqa: ARG002 - the frame has one style
        """Show a notice on the frame for some seconds, in place of the keys."""
        if self._quiet_again is not None:
            self._quiet_again.stop()
        self._subtitle(words)
        self._quiet_again = self.set_timer(SAID_FOR_S, self._subtitle)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is refused is greyed."""
        needs = Needs.OPEN_TARGET_AND_HOST if action == "send" else _ASKS.get(parameters, Needs.NOTHING)
        return True if self._why_not(needs) is None else None

    def on_key(self, event: events.Key) -> None:
        """Say why a greyed key does nothing."""
        active = self.active_bindings.get(event.key)
        action = BY_ID.get(active.binding.id or "") if active is not None and not active.enabled else None
        if action is not None and (why := self._why_not(action.needs)) is not None:
            self.say(why)

    def action_send(self, action: str) -> None:
        """Request an action on this session; until a question is open, keys typed ahead of it do nothing."""
        if self._asking:
            return
        self.post_message(self._message(action))
        if action == "end":
            self._asking = True
            self.call_later(self.app.call_later, self._asked)  # the way that the message itself takes

    def action_ask(self, what: str) -> None:
        """Show the keys of this screen, or undo ends."""
        if what == "help":
            self.app.push_screen(HelpScreen(self.active_bindings.values()))
        else:
            self.post_message(messages.PLAIN[what]())

    def action_scroll(self, way: str) -> None:
        """Scroll a line (`up`, `down`) or all the way (`home`, `end`)."""
        box = self.query_one(VerticalScroll)
        getattr(box, f"scroll_{way}")(animate=False)

    def action_copy(self) -> None:
        """Send the id to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._session_id)
        self.say("Id sent to the terminal")

    @property
    def _target(self) -> ActionTarget:
        return ActionTarget((self._session_id,))

    def _why_not(self, needs: Needs = Needs.OPEN_TARGET_AND_HOST) -> str | None:
        return why_not(needs, self._deck, self._target)

    def _message(self, action: str) -> Message:
        if action == "end":
            return messages.EndAsked((self._session_id,), "the session in this view")
        return messages.asked_of(action, self._target)

    def _asked(self) -> None:
        self._asking = False

    def _subtitle(self, words: str = "") -> None:
        if not words:
            self._quiet_again = None
        if self.is_mounted:
            self.query_one(VerticalScroll).border_subtitle = Text(words or self._keys()).markup

    def _keys(self) -> str:
        """The keys that work now."""
        shown = (active.binding for active in self.active_bindings.values() if active.enabled)
        named = {one.id: one for one in reversed(tuple(shown)) if one.show and one.id}
        keys = (f"{self.app.get_key_display(one)} {one.description}" for one in reversed(named.values()))
        return ", ".join(keys)

    async def _keep_fetched(self) -> None:
        while True:
            await self._outdated.wait()
            self._outdated.clear()
            try:
                self._fetched = await self._fetch(self._session_id)
                await self._look_back(self._fetched)
                self._trouble = ""
            except WatchdeckError as error:
                self._trouble = str(error)
            self._history_part.update(self._history())
            await asyncio.sleep(FETCH_EVERY_S)

    async def _look_back(self, detail: SessionDetail) -> None:
        now = time.time()
        if now - self._recalled_at >= RECALL_EVERY_S:
            self._recalled_at = now
            rows = await self._recall(self._session_id, now - HOUR_S)
            self._hour = past_hour(rows, detail.timeline, now)

    def _facts(self, now: float) -> RenderableType:
        if self._session is None:
            return detail_text.notice(f"The host does not list {self._session_id}")
        return detail_text.facts(self._session, now)

    def _history(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self._trouble:
            parts.append(detail_text.notice(self._trouble))
        if self._hour is not None:
            parts.extend(detail_text.hour(self._hour, self._glyphs))
        if self._fetched is not None:
            parts.extend(detail_text.history(self._fetched))
        elif not self._trouble:
            parts.append(detail_text.notice("Asking the host"))
        return Group(*parts)
