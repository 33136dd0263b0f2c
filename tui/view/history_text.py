"""What the history's screen says of the journal's entries: a line each, filtered by text; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from tui.plan.run_text import STATE_ROLES
from tui.style.cells import Cell, in_columns
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.rows import ACTION_WORDS
from tui.widgets.listing import ListRow

Entry: TypeAlias = Mapping[str, Any]

_SEARCHED = ("by", "client", "action", "session", "label", "outcome", "text", "instruction", "peer")
_FULL_FROM = 110
"""Cells from which who it was stands beside what was done."""


def matching(entries: Iterable[Entry], wanted: str) -> tuple[Entry, ...]:
    """The entries that have every word somewhere, upper and lower case alike."""
    words = wanted.casefold().split()
    return tuple(entry for entry in entries if all(word in _text(entry) for word in words))


def titles(width: int, glyphs: Glyphs) -> Cell:
    """The line above the columns."""
    words = ("when", "action", "outcome", "session", "who", "details")
    return tuple(Span(part.text, Role.MUTED) for part in _laid([(Span(w),) for w in words], width, glyphs))


def rows(entries: Sequence[Entry], width: int, glyphs: Glyphs) -> tuple[ListRow, ...]:
    """A line for each entry, in the journal's order: the newest last."""
    return tuple(ListRow(str(entry["seq"]), _line(entry, width, glyphs)) for entry in entries)


def whole(entry: Entry) -> str:
    """All that an entry says, for the line that has room for it."""
    told = f"{_when(entry, '%Y-%m-%d %H:%M:%S')}  {entry.get('action')} {entry.get('outcome')}"
    who = f"by {entry.get('by') or '?'} with {entry.get('client') or '?'}"
    peer = f" from {entry['peer']}" if entry.get("peer") else ""
    text = f": {entry['text']}" if entry.get("text") else ""
    return printable(f"#{entry['seq']}  {told}, {who}{peer}{text}")


def _line(entry: Entry, width: int, glyphs: Glyphs) -> Cell:
    outcome = str(entry.get("outcome") or "")
    action = str(entry.get("action") or "")
    session = str(entry.get("label") or entry.get("session") or glyphs.none)
    who = f"{entry.get('by') or '?'} {glyphs.dot} {entry.get('client') or '?'}"
    cells: list[Cell] = [
        (Span(_when(entry, "%m-%d %H:%M:%S"), Role.FAINT),),
        (Span(printable(ACTION_WORDS.get(action, action.removeprefix("session."))), Role.PLAIN),),
        (Span(printable(outcome), STATE_ROLES.get(outcome, Role.MUTED)),),
        (Span(printable(session), Role.STRONG),),
        (Span(printable(who), Role.MUTED),),
        (Span(printable(str(entry.get("text") or "")), Role.MUTED),),
    ]
    return _laid(cells, width, glyphs)


def _laid(cells: Sequence[Cell], width: int, glyphs: Glyphs) -> Cell:
    if width >= _FULL_FROM:
        return in_columns(cells, (14, 10, 11, 24, 22), width, glyphs, "  ")
    return in_columns(cells, (14, 8, 11, 16, 0), width, glyphs)


def _when(entry: Entry, form: str) -> str:
    moment = entry.get("at")
    return datetime.fromisoformat(moment).astimezone().strftime(form) if moment else "?"


def _text(entry: Entry) -> str:
    return " ".join(str(entry.get(key) or "") for key in _SEARCHED).casefold()
