"""Every screen that opens over the main one, and what it is made of; imported after the first rows."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.message import Message
from textual.screen import Screen

from tui.alerts.alert_list import AlertsScreen
from tui.browsers.browser_list import BrowsersScreen
from tui.host.deck import Deck
from tui.host.host_calls import HostCalls
from tui.palette.action_palette import ActionPalette
from tui.preview.contact_screen import ContactScreen
from tui.screens import messages
from tui.screens.agreement import on_agreement
from tui.screens.choose_color import ChooseColorScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.history import HistoryScreen
from tui.screens.plan import PlanScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.visitors import VisitorsScreen
from tui.style.glyphs import Glyphs
from tui.trends.past_hour import MOST_ROWS
from tui.trends.trend import Trend
from tui.trends.trend_screen import TrendScreen
from tui.view.view_state import target

__all__ = [
    "ActionPalette",
    "ChooseColorScreen",
    "ConfirmScreen",
    "DetailScreen",
    "Lent",
    "PlanScreen",
    "on_agreement",
    "screen_for",
]


@dataclass(frozen=True, slots=True)
class Lent:
    """What the app lends to a screen.

    Args:
        start: starts work that outlives the screen.
        preview_every_s: seconds from one picture of a page to the next.
        trend: the counts over time, as they are when asked.
    """

    client: HostCalls
    deck: Deck
    start: Callable[[Coroutine[Any, Any, None]], None]
    preview_every_s: float
    trend: Callable[[], Trend]


def screen_for(asked: Message, main: SessionsScreen, lent: Lent, glyphs: Glyphs) -> Screen[Any]:
    """Make the screen that a message of the main one asks for."""
    screen: Screen[Any]
    client, deck, view = lent.client, lent.deck, main.view
    match asked:
        case messages.ContactSheetAsked():
            marks = view.selection.marks
            ids, kind = (target(view).ids, "marked") if marks else (view.rows, "shown")
            every_s = lent.preview_every_s
            screen = ContactScreen(ids, kind, deck, client.screenshot, every_s=every_s, glyphs=glyphs)
        case messages.HistoryAsked():
            screen = HistoryScreen(view.selection.cursor, deck, client.history, glyphs=glyphs)
        case messages.TrendAsked():
            screen = TrendScreen(lent.trend, deck, glyphs)
        case messages.AlertsAsked():
            screen = AlertsScreen(client, deck, lent.start, glyphs=glyphs)
        case messages.BrowsersAsked():
            screen = BrowsersScreen(client, deck, lent.start, glyphs=glyphs)
        case messages.VisitorsAsked():
            screen = VisitorsScreen(client, deck, lent.start, glyphs=glyphs)
        case messages.DetailAsked():

            def recall(session_id: str, since: float) -> Awaitable[Sequence[Mapping[str, Any]]]:
                return client.history(session_id, MOST_ROWS, since=since, reported=True)

            screen = DetailScreen(asked.id, deck, client.detail, recall, glyphs)
        case messages.HelpAsked():
            screen = HelpScreen(main.active_bindings.values())
        case _:
            raise TypeError(f"no screen for {type(asked).__name__}")
    return screen
