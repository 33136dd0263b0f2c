"""What the detail of a session says, as renderables; text from pages is only ever data in them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from browser_host.api.schema import SessionDetail
from browser_host.protocol.colors import nearest_name
from browser_host.sessions.instant import from_iso
from browser_host.sessions.views import SessionView
from tui.ages import span
from tui.service_hints import hints
from tui.tones import printable

HOSTING = {
    "queued": "waits for its page",
    "loading": "its page is loading",
    "live": "the page has spoken",
    "unresponsive": "the page does not answer",
    "lost": "its page or browser died; it is being hosted again",
    "blocked": "it cannot be hosted",
    "ended": "ended",
}
"""What each word of `hosting` means."""

STATUS = {
    "waiting": "the visitor's browser has not answered yet",
    "pendingRequest": "the visitor must accept",
    "active": "started",
    "snapshotReceived": "the first frame arrived",
    "viewerReady": "the visitor's page is visible",
    "terminated": "ended, no reason given",
}
"""What each word of the page's `status` means."""


def notice(text: str) -> Text:
    """A sentence that stands out."""
    return Text(printable(text), "bold italic")


def facts(session: SessionView, now: float) -> RenderableType:
    """The session's values in words.

    Args:
        session: the session.
        now: epoch seconds, for the ages.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(session, now):
        table.add_row(name, value)
    return table


def _facts(session: SessionView, now: float) -> Iterable[tuple[str, Text]]:
    yield "id", Text(session.id, "bold")
    yield "label", Text(printable(session.label))
    visitor = f", visitor {printable(session.visitor)}" if session.visitor else ""
    yield "comes from", Text(f"{session.source}{visitor}, watch link {session.link}")
    page = f" · page {session.page}" if session.page is not None else ""
    yield "hosting", _explained(session.hosting, HOSTING.get(session.hosting, "") + page)
    yield "status", _status(session, now)
    yield "color", _color(session)
    yield "mode", Text(session.mode or "none was sent")
    yield "opened", _when(session.opened_at, now, "not yet")
    yield "last event", _when(session.last_event_at, now, "the page has never spoken")
    if session.stale is not None:
        yield "stale", Text(f"{printable(session.stale.text)} ({session.stale.rule})", "bold yellow")
    if session.ended is not None:
        yield "ended", _when(session.ended.at, now, "").append(f" · {session.ended.reason}")
    if session.error is not None:
        yield "error", Text(f"{printable(session.error.text)} ({session.error.code})", "bold red")
    if session.instruction is not None:
        last = session.instruction
        yield (
            "instruction",
            _when(last.at, now, "").append(
                f" · {last.action} {last.state} · by {printable(last.by)} {printable(last.text)}"
            ),
        )
    for hint in hints(session, now):
        yield "a hint", Text(hint, "italic dim")
    yield (
        "counted",
        Text(f"{session.events} events, {session.dropped} dropped, {session.violations} violations"),
    )


def history(detail: SessionDetail) -> list[RenderableType]:
    """Timeline, ledger and last raw message, newest first."""
    parts: list[RenderableType] = [*_heading("Instructions"), _ledger(detail.ledger)]
    parts += [*_heading("Timeline"), _timeline(detail.timeline)]
    if detail.last_message is not None:
        parts += [
            *_heading("Last message that was not understood"),
            Text(printable(detail.last_message), overflow="fold"),
        ]
    return parts


def _heading(words: str) -> tuple[RenderableType, ...]:
    return Text(""), Rule(Text(words, "bold"), align="left", style="dim")


def _ledger(entries: Iterable[Mapping[str, Any]]) -> RenderableType:
    rows: list[tuple[str, ...]] = [
        (
            _clock(from_iso(entry["at"])),
            f"{entry['action']} {printable(str(entry.get('argument') or ''))}".rstrip(),
            str(entry["state"]),
            f"by {printable(str(entry['by']))} ({printable(str(entry.get('client', '')))})",
            printable(str(entry["text"])),
        )
        for entry in entries
    ]
    return _rows(rows, "none was given")


def _timeline(entries: Iterable[Mapping[str, Any]]) -> RenderableType:
    rows: list[tuple[str, ...]] = [
        (_clock(from_iso(entry["at"])), str(entry["kind"]), printable(str(entry["text"])))
        for entry in entries
    ]
    return _rows(rows, "nothing has happened yet")


def _rows(rows: list[tuple[str, ...]], nothing: str) -> RenderableType:
    if not rows:
        return Text(nothing, "dim italic")
    table = Table.grid(padding=(0, 2, 0, 0))
    for number in range(len(rows[0])):
        table.add_column(style="dim" if number == 0 else "", overflow="fold")
    for row in reversed(rows):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _status(session: SessionView, now: float) -> Text:
    if session.status is None:
        return Text("the page has said none yet")
    text = _explained(printable(session.status), STATUS.get(session.status, ""))
    return (
        text
        if session.status_since is None
        else text.append(" · since ").append(_when(session.status_since, now, ""))
    )


def _color(session: SessionView) -> Text:
    if session.color is None:
        said = f"; the page said {printable(session.color_raw)!r}" if session.color_raw else ""
        return Text(f"unknown{said}")
    return Text.assemble(
        ("████ ", Style(color=session.color)), f"{session.color} {nearest_name(session.color)}"
    )


def _explained(word: str, meaning: str) -> Text:
    return Text.assemble((word, "bold"), f"  {meaning}")


def _when(moment: float | None, now: float, never: str) -> Text:
    if moment is None:
        return Text(never)
    past = span(now - moment)
    return Text(f"{_clock(moment)}  {past if past == 'now' else past + ' ago'}")


def _clock(moment: float) -> str:
    """A moment as the operator's own clock shows it."""
    local = datetime.fromtimestamp(moment, UTC).astimezone()
    return local.strftime("%H:%M:%S")
