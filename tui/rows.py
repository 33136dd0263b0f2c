"""What a row says of a session, cell by cell, in spans of meaning; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import SessionView
from tui import pending
from tui.ages import age
from tui.cells import Cell, fitted
from tui.colors import color_spans
from tui.columns import Layout
from tui.countdowns import LimitsOf, limits_of, nearness
from tui.glyphs import UNICODE, Glyphs
from tui.tones import Span, Tone, printable

HOSTING_TONES: Mapping[str, Tone] = {
    "queued": Tone.MUTED,
    "loading": Tone.MUTED,
    "live": Tone.GOOD,
    "unresponsive": Tone.WARN,
    "lost": Tone.WARN,
    "blocked": Tone.BAD,
    "ended": Tone.FAINT,
}
STATUS_TONES: Mapping[str, Tone] = {
    "waiting": Tone.MUTED,
    "pendingRequest": Tone.WARN,
    "active": Tone.INFO,
    "snapshotReceived": Tone.FRESH,
    "viewerReady": Tone.GOOD,
    "terminated": Tone.FAINT,
}
_STATE_TONES: Mapping[str, Tone] = {
    "queued": Tone.MUTED,
    "sent": Tone.INFO,
    "confirmed": Tone.GOOD,
    "unconfirmed": Tone.WARN,
    "failed": Tone.BAD,
    "cancelled": Tone.MUTED,
}
_ACTION_WORDS = {"endSession": "end", "setMode": "mode", "switchColor": "color", "raw": "raw"}
_FAULTY_HOSTING = frozenset({"unresponsive", "lost", "blocked"})
_FAULTY_STATES = frozenset({"unconfirmed", "failed"})
_STATE_AGE_FROM = 19
"""Cells from which the instruction's age fits behind its state."""


_STALE_WORDS = {
    "waiting": "the visitor's browser has not answered",
    "pending": "the visitor has not accepted",
    "mute": "the page has never spoken",
    "silent": "the page has gone silent",
    "age": "open for long",
    "lost": "out of sight for long",
}
"""What each rule of staleness means; how long is the countdown's to say."""


_USUAL_LIMITS = limits_of(StaleRules())


@dataclass(frozen=True, slots=True)
class Telling:
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
    """Something about it wants a look: its hosting, an error, staleness, or an instruction not confirmed."""
    return (
        view.hosting in _FAULTY_HOSTING
        or view.error is not None
        or view.stale is not None
        or (view.instruction is not None and view.instruction.state in _FAULTY_STATES)
    )


def ticking(view: SessionView, telling: Telling) -> tuple[object, ...]:
    """The words of a row that time alone changes; with the view itself they decide all that it says."""
    now = telling.now
    return (
        age(view.status_since, now),
        age(view.last_event_at, now),
        age(view.opened_at, now),
        age(view.instruction.at, now) if view.instruction else "",
        nearness(view, telling.limits, now),
    )


def cells(view: SessionView, layout: Layout, telling: Telling) -> tuple[Cell, ...]:
    """A row's cells, one for each placed column, each exactly as wide as its column."""
    return tuple(
        fitted(_TELLERS[placed.column.id](view, placed.width, telling), placed.width, telling.glyphs)
        for placed in layout.placed
    )


def plain(view: SessionView, layout: Layout, telling: Telling) -> str:
    """The row as text for the clipboard, parted by tabs."""
    return "\t".join(
        "".join(part.text for part in _TELLERS[placed.column.id](view, placed.width, telling)).strip()
        for placed in layout.placed
    )


def copied(views: Iterable[SessionView], what: str, layout: Layout, telling: Telling) -> str:
    """Sessions as text for the clipboard: their ids (`what` is `id`) on one line, or their rows."""
    if what == "id":
        return " ".join(view.id for view in views)
    return "\n".join(plain(view, layout, telling) for view in views)


_Teller: TypeAlias = Callable[[SessionView, int, Telling], Cell]


def _label(view: SessionView, _width: int, _telling: Telling) -> Cell:
    return (Span(printable(view.label or view.id), Tone.FAINT if view.hosting == "ended" else Tone.STRONG),)


def _hosting(view: SessionView, _width: int, telling: Telling) -> Cell:
    tone = HOSTING_TONES.get(view.hosting, Tone.PLAIN)
    word = Tone.MUTED if view.hosting == "live" else tone
    sign = telling.glyphs.hosting.get(view.hosting, "?")
    return (Span(sign, tone), Span(f" {printable(view.hosting)}", word))


def _status(view: SessionView, _width: int, telling: Telling) -> Cell:
    if view.status is None:
        return (Span(telling.glyphs.none, Tone.FAINT),)
    # The page's last word stays shown while its page is lost, but not as brightly as if it still held.
    tone = Tone.MUTED if view.hosting in _FAULTY_HOSTING else STATUS_TONES.get(view.status, Tone.PLAIN)
    return (Span(printable(view.status), tone),)


def _color(view: SessionView, width: int, telling: Telling) -> Cell:
    return color_spans(view.color, view.color_raw, width, telling.glyphs)


def _mode(view: SessionView, _width: int, telling: Telling) -> Cell:
    return _word(view.mode, telling.glyphs)


def _since(view: SessionView, width: int, telling: Telling) -> Cell:
    return _right(age(view.status_since, telling.now), width, Tone.WARN if view.stale else Tone.MUTED)


def _quiet(view: SessionView, width: int, telling: Telling) -> Cell:
    return _right(age(view.last_event_at, telling.now), width)


def _opened(view: SessionView, width: int, telling: Telling) -> Cell:
    return _right(age(view.opened_at, telling.now), width)


def _stale(view: SessionView, width: int, telling: Telling) -> Cell:
    near = nearness(view, telling.limits, telling.now)
    if near is None:
        return (Span(""),)
    cause, limit = f"{printable(near.rule)} {near.so_far}", f" / {near.limit}"
    if len(cause) + len(limit) > width:
        limit = f"/{near.limit}"
    if len(cause) + len(limit) > width:  # the status beside it says as much as the rule's name
        cause = near.so_far
    return (Span(cause, near.tone), Span(limit, Tone.FAINT if near.tone is Tone.MUTED else Tone.MUTED))


def _instruction(view: SessionView, width: int, telling: Telling) -> Cell:
    last = view.instruction
    if last is None:
        return (Span(telling.glyphs.none, Tone.FAINT),)
    action = _ACTION_WORDS.get(last.action, printable(last.action))
    if last.action == "setMode" and last.state == "sent" and view.mode:
        action = printable(view.mode)  # the last mode sent is this one
    told: Cell = (
        Span(f"{action} ", Tone.MUTED),
        Span(printable(last.state), _STATE_TONES.get(last.state, Tone.PLAIN)),
    )
    if (who := pending.by_another(view, telling.uid)) is not None:
        return (*told, Span(f" {printable(who)}", Tone.WARN))
    return (*told, Span(f" {age(last.at, telling.now)}", Tone.FAINT)) if width >= _STATE_AGE_FROM else told


def _trouble(view: SessionView, _width: int, _telling: Telling) -> Cell:
    if view.error is not None:
        return (Span(printable(view.error.text), Tone.BAD),)
    if view.instruction is not None and view.instruction.state in _FAULTY_STATES:
        return (Span(printable(view.instruction.text), Tone.WARN),)
    if view.stale is not None:
        return (Span(_STALE_WORDS.get(view.stale.rule, printable(view.stale.text)), Tone.WARN),)
    return (Span(""),)


def _losses(view: SessionView, width: int, _telling: Telling) -> Cell:
    lost = view.dropped + view.violations
    return _right(str(lost), width, Tone.WARN if lost else Tone.FAINT)


def _word(text: str | None, glyphs: Glyphs) -> Cell:
    return (Span(printable(text)),) if text else (Span(glyphs.none, Tone.FAINT),)


def _right(text: str, width: int, tone: Tone = Tone.MUTED) -> Cell:
    return (Span(text.rjust(width), tone),)


_TELLERS: Mapping[str, _Teller] = {
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
    "id": lambda view, _w, _t: (Span(printable(view.id), Tone.MUTED),),
    "visitor": lambda view, _w, telling: _word(view.visitor, telling.glyphs),
    "events": lambda view, width, _t: _right(str(view.events), width),
    "losses": _losses,
    "page": lambda view, width, _t: _right("" if view.page is None else str(view.page), width),
    "source": lambda view, _w, _t: (Span(printable(view.source), Tone.MUTED),),
    "link": lambda view, _w, _t: (Span(printable(view.link), Tone.FAINT),),
}
