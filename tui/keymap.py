"""The user's own keys: which of them name an action, and what is wrong with the rest."""

import difflib
from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType

from tui.alerts.alert_list import AlertsScreen
from tui.browsers.browser_list import BrowsersScreen
from tui.preview.contact_screen import ContactScreen
from tui.replay import timeline_keys
from tui.screens.choose_color import ChooseColorScreen
from tui.screens.choose_sort import ChooseSortScreen
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.history import HistoryScreen
from tui.screens.plan import PlanScreen
from tui.screens.visitors import VisitorsScreen
from tui.trends.trend_screen import TrendScreen
from tui.view.actions import ACTIONS


def known_ids() -> frozenset[str]:
    """The ids of every action that a key can be given to."""
    screens: Iterable[Iterable[BindingType]] = (
        AlertsScreen.BINDINGS,
        BrowsersScreen.BINDINGS,
        ChooseColorScreen.BINDINGS,
        ChooseSortScreen.BINDINGS,
        ContactScreen.BINDINGS,
        DetailScreen.BINDINGS,
        HelpScreen.BINDINGS,
        HistoryScreen.BINDINGS,
        PlanScreen.BINDINGS,
        TrendScreen.BINDINGS,
        VisitorsScreen.BINDINGS,
        timeline_keys.BINDINGS,
    )
    on_screens = (
        binding.id
        for bindings in screens
        for binding in bindings
        if isinstance(binding, Binding) and binding.id
    )
    return frozenset(action.id for action in ACTIONS).union(on_screens)


def usable(keymap: Mapping[str, str]) -> dict[str, str]:
    """The part of the keymap that names actions."""
    known = known_ids()
    return {action: keys for action, keys in keymap.items() if action in known}


def problems(keymap: Mapping[str, str]) -> list[str]:
    """A sentence on each id that names no action."""
    known = sorted(known_ids())
    return [
        f"[tui] keymap: unknown action {action!r}{_nearest(action, known)}"
        for action in keymap
        if action not in known
    ]


def _nearest(action: str, known: list[str]) -> str:
    close = difflib.get_close_matches(action, known, n=1)
    return f", did you mean {close[0]!r}" if close else "; ? lists them"
