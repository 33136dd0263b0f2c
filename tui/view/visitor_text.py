"""What the visitors' screen says of the people whom the service found; pure."""

from collections.abc import Sequence

from browser_host.api.schema import VisitorView
from tui.style.cells import Cell, in_columns
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.confirm_text import ConfirmPrompt
from tui.widgets.listing import ListRow

_FULL_FROM = 110
"""Cells from which a visitor's tags have a column of their own."""

SEARCH_HINT = "words, an e-mail, online, -online, #tag, ip:…, id:…, or four digits of a code"


def titles(width: int, glyphs: Glyphs) -> Cell:
    """The line above the columns."""
    words = (" ", "visitor", "id", "stands", "tags", "last page")
    return tuple(Span(part.text, Role.MUTED) for part in _laid([(Span(w),) for w in words], width, glyphs))


def rows(found: Sequence[VisitorView], width: int, glyphs: Glyphs) -> tuple[ListRow, ...]:
    """A line for each visitor, in the service's order."""
    return tuple(ListRow(one.id, _line(one, width, glyphs)) for one in found)


def stands(visitor: VisitorView) -> str:
    """Whether they are there, in words; what the service did not say is not guessed."""
    if visitor.session is not None:
        return f"hosted as {visitor.session}"
    if visitor.is_in_session:
        return "in session"
    return {True: "online", False: "away", None: "not known"}[visitor.is_online]


def hosting(visitor: VisitorView) -> ConfirmPrompt:
    """The question before a visitor is hosted: from then on somebody is watched."""
    again = f" They are already hosted as {visitor.session}." if visitor.session is not None else ""
    return ConfirmPrompt(
        title="Watch this visitor?",
        go="Watch",
        text=f"{printable(visitor.label)}: opening a watch link starts watching this person's screen, "
        f"and may count against the plan.{again}",
        ids=(),
        typed=False,
        otherwise="nothing was hosted",
    )


def _line(visitor: VisitorView, width: int, glyphs: Glyphs) -> Cell:
    hosted = visitor.session is not None
    there = visitor.is_online or visitor.is_in_session
    role = Role.INFO if hosted else Role.GOOD if there else Role.FAINT
    sign = glyphs.mark if hosted else glyphs.hosting["live" if there else "ended"]
    cells: list[Cell] = [
        (Span(sign, role),),
        (Span(printable(visitor.label), Role.STRONG),),
        (Span(printable(visitor.id), Role.FAINT),),
        (Span(stands(visitor), role),),
        (Span(printable(" ".join(f"#{tag}" for tag in visitor.tags)), Role.MUTED),),
        (Span(printable((visitor.last_page or glyphs.none).partition("://")[2] or glyphs.none), Role.MUTED),),
    ]
    return _laid(cells, width, glyphs)


def _laid(cells: Sequence[Cell], width: int, glyphs: Glyphs) -> Cell:
    if width >= _FULL_FROM:
        return in_columns(cells, (1, 36, 10, 16, 20), width, glyphs, "  ")
    return in_columns(cells, (1, 30, 9, 16, 0), width, glyphs)
