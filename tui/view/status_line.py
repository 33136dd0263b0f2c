"""The main screen's sentences: in an empty table, and on the line above the footer; pure."""

import textwrap
import time

from tui.host.deck import ConnectionState, Deck
from tui.style.cells import Cell
from tui.style.roles import Role, Span, printable
from tui.view.view_state import Switch, ViewState

_READABLE = 60
"""Cells of a line in the middle of an empty table."""

NO_SESSION = (
    "No session is hosted yet",
    "",
    "watchdeck add --url -    host one; reads its watch link from stdin",
    "watchdeck config path    the file; its [[sessions]] are always hosted",
    "watchdeck demo           simulated sessions; needs no link and no key",
)


def notice(deck: Deck, view: ViewState) -> tuple[str, ...]:
    """The text of an empty table: a headline, then what to do; empty if there are rows."""
    if view.rows:
        return ()
    if deck.host is None:
        lost = deck.link is ConnectionState.LOST
        return ("Connection to the host lost", "", "Reconnecting") if lost else ("Connecting to the host",)
    if not deck.sessions:
        return NO_SESSION
    return _why_none_is_shown(view)


def _why_none_is_shown(view: ViewState) -> tuple[str, ...]:
    if view.query.problem is not None:
        return ("The filter can't be read yet", "", *textwrap.wrap(printable(view.query.problem), _READABLE))
    if view.query.last_good is not None:
        return ("No session matches the filter", "", "esc clears it")
    if Switch.FAULTS in view.switches:
        return ("No session has a problem", "", "f shows all")
    return ()


def words_line(view: ViewState, said: str, role: Role, now: float, standing: str = "") -> Cell:
    """The line above the footer while no filter is typed: the pause, the filter, the last notice.

    Args:
        said: the last notice, or empty.
        now: the time of the picture, epoch seconds.
        standing: a condition that is shown while there is no notice.
    """
    spans: list[Span] = []
    if Switch.PAUSED in view.switches:
        shown = time.strftime("%H:%M:%S", time.localtime(now))
        spans.append(Span(f"  PAUSED at {shown}. Press P to resume  ", Role.BADGE_WARN))
    if view.query.text.strip():
        if view.query.recalled:
            spans.append(Span("  saved filter: ", Role.WARN))
        else:
            spans.append(Span("  / ", Role.INFO))
        spans.append(Span(printable(view.query.text), Role.STRONG))
        spans.append(Span("   esc clears it", Role.WARN if view.query.recalled else Role.FAINT))
    if said:
        spans.append(Span(f"  {printable(said)}", role))
    elif standing:
        spans.append(Span(f"  {printable(standing)}", Role.BAD))
    return tuple(spans)


def typing_line(view: ViewState) -> Cell:
    """The footer while a filter is typed: its mistake, else the keys."""
    if view.query.problem is not None:
        return (Span(f"  {printable(view.query.problem)}", Role.BAD),)
    keys = (("enter", "keep"), ("esc", "leave"), ("up down", "move the cursor"))
    return tuple(
        part for key, words in keys for part in (Span(f"  {key}", Role.INFO), Span(f" {words}", Role.MUTED))
    )
