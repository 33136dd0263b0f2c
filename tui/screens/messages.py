"""Requests of the main screen to the app; ids are captured when the key is pressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from tui.view.actions import INSTRUCTIONS
from tui.view.view_state import ActionTarget


@dataclass
class Instructed(Message, namespace="sessions_screen"):
    """Send an instruction that needs no prompt to these sessions."""

    ids: tuple[str, ...]
    instruction: Mapping[str, Any]


@dataclass
class EndAsked(Message, namespace="sessions_screen"):
    """End these sessions, after asking.

    Args:
        target: the target in words: the marks, or the row under the cursor.
    """

    ids: tuple[str, ...]
    target: str


@dataclass
class RetryAsked(Message, namespace="sessions_screen"):
    """Host these sessions at once, where they wait for their next try."""

    ids: tuple[str, ...]


@dataclass
class ColorChoiceAsked(Message, namespace="sessions_screen"):
    """Choose a colour for these sessions."""

    ids: tuple[str, ...]


@dataclass
class DetailAsked(Message, namespace="sessions_screen"):
    """Show a session's detail."""

    id: str


@dataclass
class CopyAsked(Message, namespace="sessions_screen"):
    """Send a text to the terminal's clipboard."""

    text: str


def asked_of(action: str, aim: ActionTarget) -> Message:
    """What an action that hits sessions asks for: a prompt, a choice, or the instruction itself."""
    match action:
        case "end":
            return EndAsked(aim.ids, aim.words)
        case "retry":
            return RetryAsked(aim.ids)
        case "color-choose":
            return ColorChoiceAsked(aim.ids)
        case _:
            return Instructed(aim.ids, INSTRUCTIONS[action])


class UndoAsked(Message, namespace="sessions_screen"):
    """Take back the ends that were not posted yet."""


class PreviewAsked(Message, namespace="sessions_screen"):
    """Show, or no longer show, the page of the session under the cursor."""


class ContactSheetAsked(Message, namespace="sessions_screen"):
    """Show the pages of the marked sessions, else of the first that are shown."""


class PlanAsked(Message, namespace="sessions_screen"):
    """Show the bulk end: a plan of the marked, else of the stale, or the last run."""


class HistoryAsked(Message, namespace="sessions_screen"):
    """Show the journal."""


class TrendAsked(Message, namespace="sessions_screen"):
    """Show counts over time."""


class AlertsAsked(Message, namespace="sessions_screen"):
    """Show the alerts."""


class BrowsersAsked(Message, namespace="sessions_screen"):
    """Show the browsers' endpoints."""


class VisitorsAsked(Message, namespace="sessions_screen"):
    """Choose a visitor to host."""


class HelpAsked(Message, namespace="sessions_screen"):
    """Show the keys."""


class PaletteAsked(Message, namespace="sessions_screen"):
    """Show every action by its name."""


class QuitAsked(Message, namespace="sessions_screen"):
    """Leave."""


PLAIN: Mapping[str, type[Message]] = {
    "undo": UndoAsked,
    "preview": PreviewAsked,
    "contact-sheet": ContactSheetAsked,
    "plan": PlanAsked,
    "history": HistoryAsked,
    "trend": TrendAsked,
    "alerts": AlertsAsked,
    "browsers": BrowsersAsked,
    "visitors": VisitorsAsked,
    "help": HelpAsked,
    "palette": PaletteAsked,
    "quit": QuitAsked,
}
"""What concerns no session, by the word that its action has."""
