"""What the main screen asks of the app; ids are those of the moment at which the key was pressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from tui.actions import INSTRUCTIONS
from tui.view_state import Target


@dataclass
class Instructed(Message, namespace="sessions_screen"):
    """Send an instruction that needs no prompt to these sessions."""

    ids: tuple[str, ...]
    instruction: Mapping[str, Any]


@dataclass
class EndAsked(Message, namespace="sessions_screen"):
    """End these sessions, after asking.

    Args:
        target: whom the key was for, in words: the marks, or the row under the cursor.
        hidden: how many of them the filter hides.
    """

    ids: tuple[str, ...]
    target: str
    hidden: int = 0


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


def asked_of(action: str, aim: Target) -> Message:
    """What an action that hits sessions asks for: a prompt, a choice, or the instruction itself."""
    match action:
        case "end":
            return EndAsked(aim.ids, aim.words, aim.hidden)
        case "retry":
            return RetryAsked(aim.ids)
        case "color-choose":
            return ColorChoiceAsked(aim.ids)
        case _:
            return Instructed(aim.ids, INSTRUCTIONS[action])


class UndoAsked(Message, namespace="sessions_screen"):
    """Take back the ends that were not posted yet."""


class PlanAsked(Message, namespace="sessions_screen"):
    """Show the bulk end: a plan of the marked, else of the stale, or the last run."""


class HistoryAsked(Message, namespace="sessions_screen"):
    """Show the journal."""


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
    "plan": PlanAsked,
    "history": HistoryAsked,
    "visitors": VisitorsAsked,
    "help": HelpAsked,
    "palette": PaletteAsked,
    "quit": QuitAsked,
}
"""What concerns no session, by the word that its action has."""
