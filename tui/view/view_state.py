"""What the operator made of the deck: filter, order, marks, cursor, and the rows that follow; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, Flag, auto
from functools import lru_cache
from operator import attrgetter

from browser_host.sessions.filter import Filter, FilterError, parse
from browser_host.sessions.views import SessionView
from tui.host.deck import Deck, stale_rules
from tui.view import selection
from tui.view.rows import is_fault
from tui.view.selection import Selection
from tui.view.sorting import RowOrder, Sort

_id = attrgetter("id")


class Switch(Flag):
    """What is switched on."""

    NONE = 0
    FAULTS = auto()
    """Only sessions with something wrong are shown."""
    WIDE = auto()
    FOLLOW = auto()
    """The cursor goes to the newest change."""
    PAUSED = auto()
    PROMPTED = auto()
    """A prompt is up: nothing changes places under it."""


@dataclass(frozen=True, slots=True)
class Query:
    """The filter as it is typed.

    Args:
        text: the text in the box.
        last_good: what filters: the last text that could be read.
        problem: what is wrong with `text`, or None.
        at: the character that `problem` is about.
        recalled: it was typed the last time that the dashboard ran.
    """

    text: str = ""
    last_good: Filter | None = None
    problem: str | None = None
    at: int = 0
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class ViewState:
    """The operator's view.

    Args:
        rows: ids of the rows shown, from top to bottom, as `laid_out` last made them.
        places: ids of all sessions in the order that rows keep while they are frozen, also of those that the
            filter hides meanwhile; empty while they are not.
    """

    query: Query = field(default_factory=Query)
    sort: Sort = field(default_factory=Sort)
    switches: Switch = Switch.NONE
    selection: Selection = field(default_factory=Selection)
    rows: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Aim(Enum):
    """By what an action finds its sessions; the words are those of prompts, and of `@` in the palette."""

    CURSOR = "cursor"
    MARKED = "marked"
    SHOWN = "shown"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class ActionTarget:
    """The target of an action, as captured when the key was pressed.

    Args:
        ids: the sessions.
        hidden: how many of them the filter hides.
    """

    ids: tuple[str, ...] = ()
    hidden: int = 0
    aim: Aim = Aim.CURSOR

    @property
    def words(self) -> str:
        """What it is, for a prompt."""
        if self.aim is Aim.CURSOR:
            return "the session under the cursor"
        count = len(self.ids)
        what = f"the {self.aim.value} session" if count == 1 else f"the {count} {self.aim.value} sessions"
        return f"{what} ({self.hidden} hidden by the filter)" if self.hidden else what


def typed(state: ViewState, text: str) -> ViewState:
    """The view with this filter; one that can't be read keeps the last good one filtering."""
    if not text.strip():
        return replace(state, query=Query(text))
    try:
        return replace(state, query=Query(text, parse(text)))
    except FilterError as error:
        query = Query(text, state.query.last_good, str(error), error.position)
        return replace(state, query=query)


def switched(state: ViewState, switch: Switch) -> ViewState:
    """The view with this switched on, or off where it was on."""
    return replace(state, switches=state.switches ^ switch)


def marked(state: ViewState, how: str) -> ViewState:
    """The view after a key of marking: `row`, `range`, `all` or `none`."""
    held, rows = state.selection, state.rows
    match how:
        case "row":
            held = selection.toggled(held, rows)
        case "range":
            held = selection.ranged(held, rows)
        case "all":
            held = selection.all_marked(held, rows)
        case _:
            held = selection.cleared(held)
    return replace(state, selection=held)


def prompted(state: ViewState, *, up: bool) -> ViewState:
    """The view with a prompt over it, or without."""
    without = state.switches & ~Switch.PROMPTED
    return replace(state, switches=without | Switch.PROMPTED if up else without)


def pointed(state: ViewState, session_id: str) -> ViewState:
    """The view with the cursor put on a row by the operator, and following nothing any more."""
    held = selection.moved_to(state.selection, session_id)
    return replace(state, selection=held, switches=state.switches & ~Switch.FOLLOW)


def is_frozen(state: ViewState) -> bool:
    """Rows keep their places: marks are set, a range is open, or a prompt is up."""
    held = state.selection
    return bool(held.marks) or held.anchor is not None or Switch.PROMPTED in state.switches


def laid_out(
    state: ViewState, deck: Deck, now: float, *, by_operator: bool = False, order: RowOrder | None = None
) -> ViewState:
    """The view with its rows rebuilt from the deck, and cursor and marks on the ids they were on.

    Args:
        now: epoch seconds, for filters that ask for ages.
        by_operator: the operator's own act made it necessary, not something that happened.
        order: what made the rows before; without it every session is looked at.
    """
    order = order or RowOrder()
    views = order.passing(_candidates(state, deck), state.query.last_good, now)
    places: tuple[str, ...] = ()
    if is_frozen(state):
        shown = frozenset(map(_id, views))
        before = state.places
        if not before:
            everyone = list(deck.sessions.values())
            before = _places(state.rows, order.arranged(everyone, state.sort, stale_rules(deck), now), shown)
        places = _kept(before, deck.sessions)
        rows = tuple(filter(shown.__contains__, places))
    else:
        rows = order.arranged(views, state.sort, stale_rules(deck), now)
    held = selection.settled(state.selection, state.rows, rows, deck.sessions, by_operator=by_operator)
    if Switch.FOLLOW in state.switches and not is_frozen(state):
        held = selection.following(held, rows, deck.newest)
    if rows == state.rows and held == state.selection and places == state.places:
        return state
    return replace(state, rows=rows, selection=held, places=places)


def target(state: ViewState) -> ActionTarget:
    """The target of an action now: the marks if there are any, else the row under the cursor."""
    held = state.selection
    if held.marks:
        return _marked(state.rows, held.marks)
    return ActionTarget() if held.cursor is None else ActionTarget((held.cursor,))


@lru_cache(maxsize=1)  # each key asks three times, and few of them change rows or marks
def _marked(rows: tuple[str, ...], marks: frozenset[str]) -> ActionTarget:
    shown = tuple(session_id for session_id in rows if session_id in marks)
    hidden = tuple(sorted(marks.difference(shown)))
    return ActionTarget(shown + hidden, len(hidden), Aim.MARKED)


def aimed(state: ViewState, deck: Deck, aim: Aim) -> ActionTarget:
    """The target of an action that names one: the open sessions of the marked, shown or stale."""
    match aim:
        case Aim.CURSOR:
            return target(state)
        case Aim.MARKED:
            meant = state.selection.marks
        case Aim.SHOWN:
            meant = frozenset(state.rows)
        case Aim.STALE:
            meant = frozenset(view.id for view in deck.sessions.values() if view.stale is not None)
    still_open = {view.id: None for view in deck.sessions.values() if view.id in meant and view.ended is None}
    first = tuple(session_id for session_id in state.rows if session_id in still_open)
    hidden = tuple(still_open.keys() - frozenset(first))
    return ActionTarget((*first, *sorted(hidden)), len(hidden), aim)


def _candidates(state: ViewState, deck: Deck) -> list[SessionView]:
    views = list(deck.sessions.values())
    return [view for view in views if is_fault(view)] if Switch.FAULTS in state.switches else views


def _places(rows: tuple[str, ...], arranged: tuple[str, ...], shown: frozenset[str]) -> tuple[str, ...]:
    """The rows in their order, and among them the sessions that are hidden; newcomers have no place yet."""
    held = frozenset(rows)
    present = frozenset(arranged)
    in_rows = iter([session_id for session_id in rows if session_id in present])
    return tuple(
        next(in_rows) if session_id in held else session_id
        for session_id in arranged
        if session_id in held or session_id not in shown
    )


def _kept(rows: tuple[str, ...], sessions: Mapping[str, SessionView]) -> tuple[str, ...]:
    """The rows in the places they had, and newcomers behind them in the order of their arrival."""
    kept = tuple(filter(sessions.__contains__, rows))
    if len(kept) == len(sessions):
        return kept
    held = frozenset(kept)
    return (*kept, *(session_id for session_id in sessions if session_id not in held))
