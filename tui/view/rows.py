"""A session's row, cell by cell, in spans of meaning; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from browser_host.host_names import host_of, split
from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import SessionView
from tui.host import pending_ends
from tui.style.ages import age
from tui.style.cells import Cell, fitted
from tui.style.colors import color_spans
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.columns import Layout
from tui.view.countdowns import LimitsOf, limits_of, nearness

HOSTING_ROLES: Mapping[str, Role] = {
    "queued": Role.MUTED,
    "loading": Role.MUTED,
    "live": Role.GOOD,
    "unresponsive": Role.WARN,
    "lost": Role.WARN,
    "blocked": Role.BAD,
    "ended": Role.FAINT,
}
STATUS_ROLES: Mapping[str, Role] = {
    "waiting": Role.MUTED,
    "pendingRequest": Role.WARN,
    "active": Role.INFO,
    "snapshotReceived": Role.FRESH,
    "viewerReady": Role.GOOD,
    "terminated": Role.FAINT,
}
INSTRUCTION_ROLES: Mapping[str, Role] = {
    "queued": Role.MUTED,
    "sent": Role.INFO,
    "confirmed": Role.GOOD,
    "unconfirmed": Role.WARN,
    "failed": Role.BAD,
    "cancelled": Role.MUTED,
}
ACTION_WORDS = {"endSession": "end", "setMode": "mode", "switchColor": "color", "raw": "raw"}
_FAULTY_HOSTING = frozenset({"unresponsive", "lost", "blocked"})
_FAULTY_STATES = frozenset({"unconfirmed", "failed"})
_STATE_AGE_FROM = 19
"""Cells from which the instruction's age fits behind its state."""


_STALE_WORDS = {
    "waiting": "the visitor's browser has not answered",
    "pending": "the visitor has not accepted",
    "mute": "no event yet",
    "silent": "the page went silent",
    "age": "open for too long",
    "lost": "lost for too long",
    "gone": "the visitor has left, the service reports",
}
"""The meaning of each rule of staleness."""


_USUAL_LIMITS = limits_of(StaleRules())


@dataclass(frozen=True, slots=True)
class RowContext:
    """The circumstances in which rows are told.

    Args:
        now: epoch seconds.
        limits: the host's limits of staleness, by label.
        uid: the operator's own, to tell their ends from those of others.
    """

    now: float = 0.0
    glyphs: Glyphs = UNICODE
    limits: LimitsOf = _USUAL_LIMITS
    uid: int = -1


def is_fault(view: SessionView) -> bool:
    """Whether it has a problem: its hosting, an error, staleness, or an unconfirmed instruction."""
    return (
        view.hosting in _FAULTY_HOSTING
        or view.error is not None
        or view.stale is not None
        or (view.instruction is not None and view.instruction.state in _FAULTY_STATES)
    )


def ticking(view: SessionView, context: RowContext) -> tuple[object, ...]:
    """The words of a row that time alone changes; with the view itself they decide all that it says."""
    now = context.now
    return (
        age(view.status_since, now),
        age(view.last_event_at, now),
        age(view.opened_at, now),
        age(view.instruction.at, now) if view.instruction else "",
        nearness(view, context.limits, now),
    )


def cells(view: SessionView, layout: Layout, context: RowContext) -> tuple[Cell, ...]:
    """A row's cells, one for each placed column, each exactly as wide as its column."""
    told = []
    for placed in layout.placed:
        cell = _CELLS[placed.column.id](view, placed.width, context)
        if placed.column.id == "status" and view.stale is not None and not layout.has("stale"):
            cell = (Span("! ", Role.BAD), *cell)
        told.append(fitted(cell, placed.width, context.glyphs))
    return tuple(told)


def plain(view: SessionView, layout: Layout, context: RowContext) -> str:
    """The row as text for the clipboard, separated by tabs."""
    return "\t".join(
        "".join(part.text for part in _CELLS[placed.column.id](view, placed.width, context)).strip()
        for placed in layout.placed
    )


def copied(views: Iterable[SessionView], what: str, layout: Layout, context: RowContext) -> str:
    """Sessions as text for the clipboard: their ids (`what` is `id`) on one line, or their rows."""
    if what == "id":
        return " ".join(view.id for view in views)
    return "\n".join(plain(view, layout, context) for view in views)


_Teller: TypeAlias = Callable[[SessionView, int, RowContext], Cell]


def _label(view: SessionView, _width: int, _context: RowContext) -> Cell:
    return (Span(printable(view.label or view.id), Role.FAINT if view.hosting == "ended" else Role.STRONG),)


def _hosting(view: SessionView, _width: int, context: RowContext) -> Cell:
    role = HOSTING_ROLES.get(view.hosting, Role.PLAIN)
    word = Role.MUTED if view.hosting == "live" else role
    sign = context.glyphs.hosting.get(view.hosting, "?")
    return (Span(sign, role), Span(f" {printable(view.hosting)}", word))


def _status(view: SessionView, _width: int, context: RowContext) -> Cell:
    if view.status is None:
        return (Span(context.glyphs.none, Role.FAINT),)
    # The page's last word stays shown while its page is lost, but not as brightly as if it still held.
    role = Role.MUTED if view.hosting in _FAULTY_HOSTING else STATUS_ROLES.get(view.status, Role.PLAIN)
    return (Span(printable(view.status), role),)


def _color(view: SessionView, width: int, context: RowContext) -> Cell:
    return color_spans(view.color, view.color_raw, width, context.glyphs)


def _mode(view: SessionView, _width: int, context: RowContext) -> Cell:
    return _word(view.mode, context.glyphs)


def _since(view: SessionView, width: int, context: RowContext) -> Cell:
    return _right(age(view.status_since, context.now), width, Role.WARN if view.stale else Role.MUTED)


def _quiet(view: SessionView, width: int, context: RowContext) -> Cell:
    return _right(age(view.last_event_at, context.now), width)


def _opened(view: SessionView, width: int, context: RowContext) -> Cell:
    return _right(age(view.opened_at, context.now), width)


def _stale(view: SessionView, width: int, context: RowContext) -> Cell:
    near = nearness(view, context.limits, context.now)
    if near is None:
        return (Span(""),)
    cause, limit = f"{printable(near.rule)} {near.so_far}", f" / {near.limit}"
    if len(cause) + len(limit) > width:
        limit = f"/{near.limit}"
    if len(cause) + len(limit) > width:  # the status beside it says as much as the rule's name
        cause = near.so_far
    return (Span(cause, near.role), Span(limit, Role.FAINT if near.role is Role.MUTED else Role.MUTED))


def last_instruction(view: SessionView) -> Cell:
    """What became of the last instruction; empty if there was none."""
    last = view.instruction
    if last is None:
        return ()
    action = ACTION_WORDS.get(last.action, printable(last.action))
    if last.action == "setMode" and last.state == "sent" and view.mode:
        action = printable(view.mode)  # the last mode sent is this one
    return (
        Span(f"{action} ", Role.MUTED),
        Span(printable(last.state), INSTRUCTION_ROLES.get(last.state, Role.PLAIN)),
    )


def _instruction(view: SessionView, width: int, context: RowContext) -> Cell:
    last, told = view.instruction, last_instruction(view)
    if last is None:
        return (Span(context.glyphs.none, Role.FAINT),)
    if (who := pending_ends.by_another(view, context.uid)) is not None:
        return (*told, Span(f" {printable(who)}", Role.WARN))
    return (*told, Span(f" {age(last.at, context.now)}", Role.FAINT)) if width >= _STATE_AGE_FROM else told


def _trouble(view: SessionView, _width: int, _context: RowContext) -> Cell:
    if view.error is not None:
        return (Span(printable(view.error.text), Role.BAD),)
    if view.instruction is not None and view.instruction.state in _FAULTY_STATES:
        return (Span(printable(view.instruction.text), Role.WARN),)
    if view.stale is not None:
        return (Span(_STALE_WORDS.get(view.stale.rule, printable(view.stale.text)), Role.WARN),)
    return (Span(""),)


def _visitor_state(view: SessionView, _width: int, context: RowContext) -> Cell:
    state = view.visitor_state
    if state is None or (state.online is None and state.in_session is None):
        return (Span(context.glyphs.none, Role.FAINT),)
    if state.online is False:
        return (Span("offline", Role.WARN),)
    return (Span("in session", Role.GOOD),) if state.in_session else (Span("online", Role.INFO),)


def _losses(view: SessionView, width: int, _context: RowContext) -> Cell:
    lost = view.dropped + view.violations
    return _right(str(lost), width, Role.WARN if lost else Role.FAINT)


def _word(text: str | None, glyphs: Glyphs) -> Cell:
    return (Span(printable(text)),) if text else (Span(glyphs.none, Role.FAINT),)


def _right(text: str, width: int, role: Role = Role.MUTED) -> Cell:
    return (Span(text.rjust(width), role),)


_CELLS: Mapping[str, _Teller] = {
    "label": _label,
    "hosting": _hosting,
    "status": _status,
    "color": _color,
    "mode": _mode,
    "since": _since,
    "stale": _stale,
    "quiet": _quiet,
    "opened": _opened,
    "instruction": _instruction,
    "trouble": _trouble,
    "host": lambda view, _w, _t: (Span(printable(host_of(view.id)), Role.INFO),),
    "id": lambda view, _w, _t: (Span(printable(split(view.id)[1]), Role.MUTED),),
    "visitor": lambda view, _w, context: _word(view.visitor, context.glyphs),
    "visitor_state": _visitor_state,
    "events": lambda view, width, _t: _right(str(view.events), width),
    "losses": _losses,
    "process": lambda view, width, _t: _right("" if view.process is None else str(view.process), width),
    "source": lambda view, _w, _t: (Span(printable(view.source), Role.MUTED),),
    "link": lambda view, _w, _t: (Span(printable(view.link), Role.FAINT),),
}
