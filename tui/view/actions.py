"""Every action of the main screen, defined once: bindings, palette, help and footer follow from this list."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from textual.actions import parse
from textual.binding import Binding

from browser_host.host_names import host_of
from tui.host.deck import Deck, lost_hosts, refusal
from tui.style.roles import printable
from tui.view.sorting import SortKey
from tui.view.view_state import ActionTarget, Aim


class Needs(Enum):
    """What an action requires before it is offered."""

    NOTHING = "nothing"
    TARGET = "target"
    """A session under the cursor, or marks."""
    HOST = "host"
    """An attached host that accepts instructions."""
    SEVERAL_HOSTS = "several hosts"
    """A view of more than one host."""
    OPEN_TARGET_AND_HOST = "open target and host"
    """The same with a target of which at least one session has not ended."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """Something a key does.

    Args:
        id: its name in the user's keymap.
        keys: Textual's names of its keys, separated by commas.
        words: one or two words for the footer.
        sentence: what it does, for help and palette.
        run: the screen's action, in Textual's notation.
        footer: its place in the footer, lowest first; 0 keeps it out.
    """

    id: str
    keys: str
    words: str
    sentence: str
    run: str
    needs: Needs = Needs.NOTHING
    footer: int = 0

    def binding(self) -> Binding:
        """The binding of its keys, which the user's keymap can change by the action's id."""
        return Binding(
            self.keys, self.run, self.words, show=self.footer > 0, tooltip=self.sentence, id=self.id
        )


INSTRUCTIONS: Mapping[str, Mapping[str, str]] = {
    "mode-draw": {"action": "setMode", "mode": "draw"},
    "mode-pointer": {"action": "setMode", "mode": "pointer"},
    "mode-cursor": {"action": "setMode", "mode": "cursor"},
    "color-next": {"action": "switchColor"},
}
"""What the reversible actions send."""

_HOST, _OPEN, _TARGET = Needs.HOST, Needs.OPEN_TARGET_AND_HOST, Needs.TARGET


def _send(action: str, key: str, words: str, sentence: str, footer: int) -> KeyAction:
    return KeyAction(action, key, words, sentence, f"send('{action}')", _OPEN, footer)


def _sort(key: str, by: SortKey, words: str, needs: Needs = Needs.NOTHING) -> KeyAction:
    sentence = f"Sort by {words}; again reverses the order"
    return KeyAction(f"sort-{by.value}", key, f"by {words}", sentence, f"sort('{by.value}')", needs)


def _ask(action: str, keys: str, words: str, sentence: str, footer: int) -> KeyAction:
    return KeyAction(action, keys, words, sentence, f"ask('{action}')", footer=footer)


ACTIONS = (
    KeyAction("mark", "space", "mark", "Mark or unmark the row and step down", "mark('row')", _TARGET, 10),
    KeyAction("filter", "slash", "filter", "Filter the rows; ? explains the language", "filter", footer=2),
    _send("mode-draw", "d", "draw", "Set draw mode", 3),
    _send("mode-pointer", "p", "pointer", "Set pointer mode (the spotlight)", 4),
    _send("mode-cursor", "c", "cursor", "Set cursor mode", 5),
    _send("color-next", "s", "color", "Switch to the page's next color", 6),
    _send("color-choose", "S", "choose color", "Choose a color to switch to", 15),
    _send("end", "e", "end", "End sessions; asks first", 7),
    KeyAction("plan", "E", "bulk end", "Plan the end of many sessions", "ask('plan')", _HOST, 9),
    KeyAction("undo", "z", "undo", "Undo ends that were not sent yet", "ask('undo')", _HOST, 9),
    _send("retry", "t", "retry", "Retry lost or blocked sessions now; restarts browsers", 18),
    KeyAction("detail", "enter", "detail", "Show all about the session", "detail", _TARGET, 11),
    KeyAction("range", "v", "range", "Start a range; again marks all of it", "mark('range')", _TARGET),
    KeyAction("mark-all", "a", "mark all", "Mark all rows that are shown", "mark('all')", _TARGET),
    KeyAction("unmark", "U", "unmark", "Clear all marks", "mark('none')", footer=16),
    KeyAction("back", "escape", "back", "Leave the filter or the range; never quits", "back"),
    KeyAction("down", "down,j", "down", "Move the cursor down", "move(1, 'row')"),
    KeyAction("up", "up,k", "up", "Move the cursor up", "move(-1, 'row')"),
    KeyAction("page-down", "pagedown", "page down", "Move a page down", "move(1, 'page')"),
    KeyAction("page-up", "pageup", "page up", "Move a page up", "move(-1, 'page')"),
    KeyAction("first", "g,home", "first", "Go to the first row", "move(-1, 'all')"),
    KeyAction("last", "G,end", "last", "Go to the last row", "move(1, 'all')"),
    KeyAction("faults", "f", "faults", "Show only faulty sessions", "switch('FAULTS')", footer=12),
    KeyAction("wide", "w", "wide", "Show more columns", "switch('WIDE')", footer=14),
    KeyAction("pause", "P", "pause", "Pause the display, not the host", "switch('PAUSED')", footer=17),
    KeyAction("follow", "F", "follow", "Keep the cursor on the newest change", "switch('FOLLOW')", footer=18),
    _sort("L", SortKey.LABEL, "session"),
    _sort("W", SortKey.HOST, "host", Needs.SEVERAL_HOSTS),
    _sort("H", SortKey.HOSTING, "hosting"),
    _sort("T", SortKey.STATUS, "status"),
    _sort("C", SortKey.COLOR, "color"),
    _sort("M", SortKey.MODE, "mode"),
    _sort("R", SortKey.SINCE, "time in status"),
    _sort("D", SortKey.STALE, "staleness"),
    _sort("Q", SortKey.QUIET, "silence"),
    _sort("N", SortKey.OPENED, "age"),
    _sort("X", SortKey.INSTRUCTION, "instruction"),
    _sort("O", SortKey.ARRIVAL, "arrival"),
    KeyAction("sort-choose", "o", "sort", "Choose the column to sort by", "choose_sort", footer=15),
    KeyAction("copy-id", "y", "copy id", "Send the ids to the terminal's clipboard", "copy('id')", _TARGET),
    KeyAction(
        "copy-row", "Y", "copy row", "Send the rows to the terminal's clipboard", "copy('row')", _TARGET
    ),
    _ask("preview", "i", "preview", "Show the page of the session under the cursor", 19),
    _ask("contact-sheet", "I", "pages", "Show small pictures of the marked, else of the rows shown", 20),
    _ask("history", "h", "history", "Show the journal: who did what, and its outcome", 19),
    _ask("trend", "ctrl+t", "trend", "Chart the numbers of sessions over time", 20),
    _ask("alerts", "A", "alerts", "Show the alerts, and acknowledge them", 19),
    _ask("browsers", "B", "browsers", "Show where browsers run, and drain them", 20),
    _ask("visitors", "n", "new", "Host another visitor of the service", 19),
    _ask("palette", "colon,ctrl+p", "palette", "Find an action by name", 13),
    _ask("help", "question_mark", "help", "Show all keys and the filter language", 1),
    KeyAction(
        "redraw", "ctrl+l", "redraw", "Paint the screen again, over what others wrote on it", "app.redraw"
    ),
    _ask("quit", "q", "quit", "Leave the dashboard", 8),
)

ONE_HOST = "Only one host is shown; its sessions can't be sorted by host"

_NOBODY = ActionTarget()

BY_ID: Mapping[str, KeyAction] = {action.id: action for action in ACTIONS}
BY_CALL: Mapping[tuple[str, tuple[object, ...]], KeyAction] = {
    parse(action.run)[1:]: action for action in ACTIONS
}
"""Actions by the name and the parameters that Textual calls them with."""


SORTS = tuple(
    (key, action.keys, action.words.removeprefix("by "))
    for key in SortKey
    if (action := BY_ID.get(f"sort-{key.value}")) is not None
)
"""The sort keys: the column, its key, its name."""

WHILE_TYPING = frozenset({"move", "back"})
"""Actions, by Textual's name, of keys that type nothing and still work while the filter is open."""


def why_not(needs: Needs, deck: Deck, target: ActionTarget = _NOBODY) -> str | None:
    """Why an action with these needs can't be done now, in words for the operator; None if it can."""
    if needs in {Needs.TARGET, Needs.OPEN_TARGET_AND_HOST} and not target.ids:
        return "No session to act on"
    if needs is Needs.SEVERAL_HOSTS:
        return None if len(deck.hosts) > 1 else ONE_HOST
    if needs not in {Needs.HOST, Needs.OPEN_TARGET_AND_HOST}:
        return None
    if (refused := refusal(deck)) is not None or needs is Needs.HOST:
        return refused
    return all_lost(target, deck) or all_ended(target, deck)


def all_lost(target: ActionTarget, deck: Deck) -> str | None:
    """That every host of a target is lost, though others are there, in words; None if one is not."""
    lost = lost_hosts(deck)
    if not all(host_of(session_id) in lost for session_id in target.ids):
        return None
    hosts = ", ".join(sorted({host_of(session_id) for session_id in target.ids}))
    return f"Connection to {hosts} lost; nothing can be sent there until it is back"


def all_ended(target: ActionTarget, deck: Deck) -> str | None:
    """That no session of a target is open any more, in words; None if one is."""
    found = map(deck.sessions.get, target.ids)  # asked with each key: the first open one decides
    if any(session is not None and session.ended is None for session in found):
        return None
    if target.aim is not Aim.CURSOR:
        then = "; U clears the marks" if target.aim is Aim.MARKED else ""
        return f"{_counted(target)} already ended{then}"
    session = deck.sessions.get(target.ids[0]) if target.ids else None
    if session is None:
        return "The host no longer knows the session"
    return f"{printable(session.label or session.id)} has already ended"


def _counted(target: ActionTarget) -> str:
    count, kind = len(target.ids), target.aim.value
    return f"The {kind} session has" if count == 1 else f"All {count} {kind} sessions have"
