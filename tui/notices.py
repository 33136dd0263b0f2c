"""What the main screen says in sentences: in an empty table, and on the line above the footer; pure."""

import time

from tui.cells import Cell
from tui.state import Deck, LinkState
from tui.tones import Span, Tone, printable
from tui.view_state import Switch, ViewState

NO_SESSION = (
    "No session is hosted yet",
    "",
    "watchdeck add --url -    hosts one; its watch link is read from stdin",
    "watchdeck config path    the file whose [[sessions]] are always hosted",
    "watchdeck demo           simulated sessions, with neither link nor key",
)


def notice(deck: Deck, view: ViewState) -> tuple[str, ...]:
    """What an empty table says, first a headline, then what to do; nothing where there are rows."""
    if view.rows:
        return ()
    if deck.host is None:
        lost = deck.link is LinkState.LOST
        return ("No host answers", "", "Trying again by itself") if lost else ("Connecting to the host",)
    if not deck.sessions:
        return NO_SESSION
    if view.query.last_good is not None:
        return ("No session matches the filter", "", "esc leaves it")
    if Switch.FAULTS in view.switches:
        return ("Nothing is wrong with any session", "", "f shows them all")
    return ()


def words_line(view: ViewState, said: str, tone: Tone, now: float, standing: str = "") -> Cell:
    """The line above the footer while no filter is typed: that it is paused, the filter kept, the last word.

    Args:
        said: the last word that still holds, or empty.
        now: the moment that the picture is of, epoch seconds.
        standing: what holds until it changes, and yields to what was said.
    """
    spans: list[Span] = []
    if Switch.PAUSED in view.switches:
        shown = time.strftime("%H:%M:%S", time.localtime(now))
        spans.append(Span(f"  PAUSED: this is how it was at {shown}; P shows how it is  ", Tone.BADGE_WARN))
    if view.query.text.strip():
        if view.query.recalled:
            spans.append(Span("  filter from last time: ", Tone.WARN))
        else:
            spans.append(Span("  / ", Tone.INFO))
        spans.append(Span(printable(view.query.text), Tone.STRONG))
        spans.append(Span("   esc clears it", Tone.WARN if view.query.recalled else Tone.FAINT))
    if said:
        spans.append(Span(f"  {printable(said)}", tone))
    elif standing:
        spans.append(Span(f"  {printable(standing)}", Tone.BAD))
    return tuple(spans)


def typing_line(view: ViewState) -> Cell:
    """The footer while a filter is typed: what is wrong with it and where, else the keys that work."""
    if view.query.problem is not None:
        return (Span(f"  {printable(view.query.problem)}", Tone.BAD),)
    keys = (("enter", "keep it"), ("esc", "leave it"), ("up down", "move the cursor"))
    return tuple(
        part for key, words in keys for part in (Span(f"  {key}", Tone.INFO), Span(f" {words}", Tone.MUTED))
    )
