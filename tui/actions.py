"""Every action of the main screen, once: bindings, palette, help and footer are all made from this list."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from textual.actions import parse
from textual.binding import Binding

from tui.order import SortKey
from tui.state import Deck, refusal


class Needs(Enum):
    """What must be there for an action to be worth offering."""

    NOTHING = "nothing"
    TARGET = "target"
    """A session under the cursor, or marks."""
    HOST = "host"
    """An attached host that takes instructions."""
    TARGET_AND_HOST = "target and host"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Args:
        id: what the user's keymap calls it.
        keys: Textual's names of its keys, parted by commas.
        words: a word or two for the footer.
        sentence: what it does, for help and palette.
        run: the screen's action, as Textual writes one.
        footer: its place in the footer, the lowest first; 0 keeps it out.
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

_HOST, _BOTH, _TARGET = Needs.HOST, Needs.TARGET_AND_HOST, Needs.TARGET


def _send(action: str, key: str, words: str, sentence: str, footer: int) -> Action:
    return Action(action, key, words, sentence, f"send('{action}')", _BOTH, footer)


def _sort(key: str, by: SortKey, words: str) -> Action:
    sentence = f"Sort by {words}; again reverses"
    return Action(f"sort-{by.value}", key, f"by {words}", sentence, f"sort('{by.value}')")


ACTIONS = (
    Action("mark", "space", "mark", "Mark or unmark the row, and step down", "mark('row')", _TARGET, 10),
    Action(
        "filter", "slash", "filter", "Filter the rows: words, status:active, age>10m, !…", "filter", footer=2
    ),
    _send("mode-draw", "d", "draw", "Mode draw, to the marks or the row", 3),
    _send("mode-pointer", "p", "pointer", "Mode pointer (the spotlight), to the marks or the row", 4),
    _send("mode-cursor", "c", "cursor", "Mode cursor, to the marks or the row", 5),
    _send("color-next", "s", "color", "Switch to the page's next colour", 6),
    _send("color-choose", "S", "choose color", "Choose the colour to switch to", 15),
    _send("end", "e", "end", "End the sessions; asks first", 7),
    Action("plan", "E", "end a plan", "End many as a plan: the marked, the stale", "ask('plan')", _HOST, 9),
    Action("undo", "z", "undo", "Take back ends that were not posted yet", "ask('undo')", _HOST, 9),
    _send("retry", "t", "try again", "Host at once what is lost or blocked; starts browsers again", 18),
    Action("detail", "enter", "detail", "The session's timeline and ledger", "detail", _TARGET, 11),
    Action("range", "v", "range", "Begin a range; again marks all of it", "mark('range')", _TARGET),
    Action("mark-all", "a", "mark all", "Mark all rows that are shown", "mark('all')", _TARGET),
    Action("unmark", "U", "unmark", "Clear all marks", "mark('none')", footer=16),
    Action("back", "escape", "back", "Leave the filter or the range; never quits", "back"),
    Action("down", "down,j", "down", "Cursor down", "move(1, 'row')"),
    Action("up", "up,k", "up", "Cursor up", "move(-1, 'row')"),
    Action("page-down", "pagedown", "page down", "A page down", "move(1, 'page')"),
    Action("page-up", "pageup", "page up", "A page up", "move(-1, 'page')"),
    Action("first", "g,home", "first", "To the first row", "move(-1, 'all')"),
    Action("last", "G,end", "last", "To the last row", "move(1, 'all')"),
    Action("faults", "f", "faults", "Only sessions with something wrong", "switch('FAULTS')", footer=12),
    Action("wide", "w", "wide", "More columns", "switch('WIDE')", footer=14),
    Action("pause", "P", "pause", "Hold the picture still; the host goes on", "switch('PAUSED')", footer=17),
    Action("follow", "F", "follow", "Keep the cursor on the newest change", "switch('FOLLOW')", footer=18),
    _sort("L", SortKey.LABEL, "session"),
    _sort("H", SortKey.HOSTING, "hosting"),
    _sort("T", SortKey.STATUS, "status"),
    _sort("C", SortKey.COLOR, "color"),
    _sort("M", SortKey.MODE, "mode"),
    _sort("I", SortKey.SINCE, "time in the status"),
    _sort("D", SortKey.STALE, "staleness"),
    _sort("Q", SortKey.QUIET, "silence"),
    _sort("A", SortKey.OPENED, "age"),
    _sort("X", SortKey.INSTRUCTION, "instruction"),
    _sort("O", SortKey.ARRIVAL, "arrival"),
    Action("sort-choose", "o", "sort", "Choose the column to sort by", "choose_sort", footer=15),
    Action("copy-id", "y", "copy id", "Send the ids to the terminal's clipboard", "copy('id')", _TARGET),
    Action("copy-row", "Y", "copy row", "Send the rows to the terminal's clipboard", "copy('row')", _TARGET),
    Action("history", "h", "history", "The journal: what happened, who did it", "ask('history')", footer=19),
    Action("visitors", "n", "new", "Host one more visitor of the service", "ask('visitors')", footer=19),
    Action("palette", "colon,ctrl+p", "palette", "Every action by its name", "ask('palette')", footer=13),
    Action("help", "question_mark", "help", "All keys", "ask('help')", footer=1),
    Action("quit", "q", "quit", "Leave the dashboard", "ask('quit')", footer=8),
)

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}
BY_CALL: Mapping[tuple[str, tuple[object, ...]], Action] = {
    parse(action.run)[1:]: action for action in ACTIONS
}
"""Actions by the name and the parameters that Textual calls them with."""


SORTS = tuple(
    (key, action.keys, action.words.removeprefix("by "))
    for key in SortKey
    if (action := BY_ID.get(f"sort-{key.value}")) is not None
)
"""What rows can be sorted by: the column, its key, its words."""

WHILE_TYPING = frozenset({"move", "back"})
"""What keys that type nothing may still do while the filter is open, by the name Textual calls."""


def why_not(needs: Needs, deck: Deck, *, has_target: bool) -> str | None:
    """Why an action with these needs can't be done now, in words for the operator; None where it can."""
    if needs in {Needs.TARGET, Needs.TARGET_AND_HOST} and not has_target:
        return "there is no session to act on"
    if needs not in {Needs.HOST, Needs.TARGET_AND_HOST}:
        return None
    return refusal(deck)
