"""What a row says of a session, cell by cell, in spans of meaning; pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size

from browser_host.sessions.views import SessionView
from tui.ages import age, span
from tui.colors import color_spans
from tui.columns import Layout
from tui.glyphs import Glyphs
from tui.tones import Span, Tone, printable

Cell: TypeAlias = tuple[Span, ...]
"""A cell's spans, exactly as wide as its column."""

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


def is_fault(view: SessionView) -> bool:
    """Something about it wants a look: its hosting, an error, staleness, or an instruction not confirmed."""
    return (
        view.hosting in _FAULTY_HOSTING
        or view.error is not None
        or view.stale is not None
        or (view.instruction is not None and view.instruction.state in _FAULTY_STATES)
    )


def ages(view: SessionView, now: float) -> tuple[str, str, str, str]:
    """The words of a row that time alone changes; with the view itself they decide all that it says."""
    return (
        age(view.status_since, now),
        age(view.last_event_at, now),
        age(view.opened_at, now),
        age(view.instruction.at, now) if view.instruction else "",
    )


def cells(view: SessionView, layout: Layout, now: float, glyphs: Glyphs) -> tuple[Cell, ...]:
    """A row's cells, one for each placed column, each exactly as wide as its column."""
    return tuple(
        fitted(_TELLERS[placed.column.id](view, placed.width, now, glyphs), placed.width, glyphs)
        for placed in layout.placed
    )


def plain(view: SessionView, layout: Layout, now: float, glyphs: Glyphs) -> str:
    """The row as text for the clipboard, parted by tabs."""
    return "\t".join(
        "".join(part.text for part in _TELLERS[placed.column.id](view, placed.width, now, glyphs)).strip()
        for placed in layout.placed
    )


def copied(views: Iterable[SessionView], what: str, layout: Layout, now: float, glyphs: Glyphs) -> str:
    """Sessions as text for the clipboard: their ids (`what` is `id`) on one line, or their rows."""
    if what == "id":
        return " ".join(view.id for view in views)
    return "\n".join(plain(view, layout, now, glyphs) for view in views)


def fitted(spans: Cell, width: int, glyphs: Glyphs) -> Cell:
    """The spans cut, with an ellipsis, or filled to exactly `width` cells."""
    fitting: list[Span] = []
    room = width
    for part in spans:
        size = len(part.text) if part.text.isascii() else cell_len(part.text)
        if size > room:
            short = set_cell_size(part.text, max(0, room - 1)) + (glyphs.ellipsis if room else "")
            fitting.append(Span(short, part.tone, part.swatch))
            room = 0
            break
        fitting.append(part)
        room -= size
    if room:
        fitting.append(Span(" " * room, Tone.FAINT))
    return tuple(fitting)


_Teller: TypeAlias = Callable[[SessionView, int, float, Glyphs], Cell]


def _label(view: SessionView, _width: int, _now: float, _glyphs: Glyphs) -> Cell:
    return (Span(printable(view.label or view.id), Tone.FAINT if view.hosting == "ended" else Tone.STRONG),)


def _hosting(view: SessionView, _width: int, _now: float, glyphs: Glyphs) -> Cell:
    tone = HOSTING_TONES.get(view.hosting, Tone.PLAIN)
    word = Tone.MUTED if view.hosting == "live" else tone
    return (Span(glyphs.hosting.get(view.hosting, "?"), tone), Span(f" {printable(view.hosting)}", word))


def _status(view: SessionView, _width: int, _now: float, glyphs: Glyphs) -> Cell:
    if view.status is None:
        return (Span(glyphs.none, Tone.FAINT),)
    # The page's last word stays shown while its page is lost, but not as brightly as if it still held.
    tone = Tone.MUTED if view.hosting in _FAULTY_HOSTING else STATUS_TONES.get(view.status, Tone.PLAIN)
    return (Span(printable(view.status), tone),)


def _color(view: SessionView, width: int, _now: float, glyphs: Glyphs) -> Cell:
    return color_spans(view.color, view.color_raw, width, glyphs)


def _mode(view: SessionView, _width: int, _now: float, glyphs: Glyphs) -> Cell:
    return _word(view.mode, glyphs)


def _since(view: SessionView, width: int, now: float, _glyphs: Glyphs) -> Cell:
    return _right(age(view.status_since, now), width, Tone.WARN if view.stale else Tone.MUTED)


def _quiet(view: SessionView, width: int, now: float, _glyphs: Glyphs) -> Cell:
    return _right(age(view.last_event_at, now), width)


def _opened(view: SessionView, width: int, now: float, _glyphs: Glyphs) -> Cell:
    return _right(age(view.opened_at, now), width)


def _stale(view: SessionView, _width: int, now: float, _glyphs: Glyphs) -> Cell:
    if view.stale is None:
        return (Span(""),)
    rule, limit = printable(view.stale.rule), span(view.stale.limit_s)
    return (Span(f"{rule} {span(now - view.stale.since)} / {limit}", Tone.WARN),)


def _instruction(view: SessionView, width: int, now: float, glyphs: Glyphs) -> Cell:
    last = view.instruction
    if last is None:
        return (Span(glyphs.none, Tone.FAINT),)
    action = _ACTION_WORDS.get(last.action, printable(last.action))
    told: Cell = (
        Span(f"{action} ", Tone.MUTED),
        Span(printable(last.state), _STATE_TONES.get(last.state, Tone.PLAIN)),
    )
    return (*told, Span(f" {age(last.at, now)}", Tone.FAINT)) if width >= _STATE_AGE_FROM else told


def _trouble(view: SessionView, _width: int, _now: float, _glyphs: Glyphs) -> Cell:
    if view.error is not None:
        return (Span(printable(view.error.text), Tone.BAD),)
    if view.instruction is not None and view.instruction.state in _FAULTY_STATES:
        return (Span(printable(view.instruction.text), Tone.WARN),)
    if view.stale is not None:
        return (Span(printable(view.stale.text), Tone.WARN),)
    return (Span(""),)


def _losses(view: SessionView, width: int, _now: float, _glyphs: Glyphs) -> Cell:
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
    "id": lambda view, _w, _n, _g: (Span(printable(view.id), Tone.MUTED),),
    "visitor": lambda view, _w, _n, glyphs: _word(view.visitor, glyphs),
    "events": lambda view, width, _n, _g: _right(str(view.events), width),
    "losses": _losses,
    "page": lambda view, width, _n, _g: _right("" if view.page is None else str(view.page), width),
    "source": lambda view, _w, _n, _g: (Span(printable(view.source), Tone.MUTED),),
    "link": lambda view, _w, _n, _g: (Span(printable(view.link), Tone.FAINT),),
}
