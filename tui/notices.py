"""What the main screen says in sentences: in an empty table, and on the line above the footer; pure."""

from tui.rows import Cell
from tui.state import Deck, LinkState
from tui.tones import Span, Tone, printable
from tui.view_state import Switch, ViewState

NO_SESSION = (
    "No session is hosted yet",
    "",
    "watchdeck add --url -     hosts one more; its watch link is read from stdin",
    "watchdeck config path     says which file takes [[sessions]] to host at every start",
    "watchdeck demo            shows simulated sessions, and needs neither link nor key",
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


def filter_words(view: ViewState, said: str, tone: Tone, *, is_open: bool) -> Cell:
    """The words beside the filter's box, or in its place.

    Args:
        said: the last word that still holds, or empty.
        is_open: a filter is being typed.
    """
    query = view.query
    if is_open:
        if query.problem is not None:
            return (Span(f" {printable(query.problem)}", Tone.BAD),)
        return (Span(" enter keeps it, esc leaves it", Tone.MUTED),)
    spans: list[Span] = []
    if query.text.strip():
        spans += [
            Span(" / ", Tone.INFO),
            Span(printable(query.text), Tone.STRONG),
            Span("   esc leaves it  ", Tone.FAINT),
        ]
    if said:
        spans.append(Span(f" {printable(said)}", tone))
    return tuple(spans)
