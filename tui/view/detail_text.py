"""A session's detail as renderables; text from pages is only data in them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from browser_host.api.schema import SessionDetail
from browser_host.protocol.page_colors import nearest_name
from browser_host.sessions.views import LedgerView, MomentView, SessionView, VisitorStateView
from tui.style.ages import span
from tui.style.glyphs import ASCII, Glyphs
from tui.style.roles import printable
from tui.trends.past_hour import MINUTES, PastHour, legend
from tui.trends.trend import chart
from tui.view.service_hints import hints

HOSTING = {
    "queued": "waits for its page",
    "loading": "its page is loading",
    "live": "the page reports events",
    "unresponsive": "the page does not answer",
    "lost": "its page or browser crashed; retrying",
    "blocked": "it cannot be hosted",
    "ended": "ended",
}
"""The meaning of each word of `hosting`."""

STATUS = {
    "waiting": "the visitor's browser has not answered yet",
    "pendingRequest": "the visitor must accept",
    "active": "started",
    "snapshotReceived": "the first frame arrived",
    "viewerReady": "the visitor's page is visible",
    "terminated": "ended without a reason",
}
"""The meaning of each word of the page's `status`."""


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
    yield "source", Text(f"{session.source}{visitor}, watch link {session.link}")
    page = f", process {session.process}" if session.process is not None else ""
    if session.visitor_state is not None:
        yield "service", _visitor_state(session.visitor_state, now)
    yield "hosting", _explained(session.hosting, HOSTING.get(session.hosting, "") + page)
    yield "status", _status(session, now)
    yield "color", _color(session)
    yield "mode", Text(session.mode or "none sent")
    yield "opened", _when(session.opened_at, now, "not yet")
    yield "last event", _when(session.last_event_at, now, "no event yet")
    if session.stale is not None:
        yield "stale", Text(f"{printable(session.stale.text)} ({session.stale.rule})", "bold yellow")
    if session.ended is not None:
        yield "ended", _when(session.ended.at, now, "").append(f", {session.ended.reason}")
    if session.error is not None:
        yield "error", Text(f"{printable(session.error.text)} ({session.error.code})", "bold red")
    if session.instruction is not None:
        last = session.instruction
        yield (
            "instruction",
            _when(last.at, now, "").append(
                f", {last.action} {last.state} by {printable(last.by)} {printable(last.text)}"
            ),
        )
    for hint in hints(session, now):
        yield "hint", Text(hint, "italic dim")
    yield (
        "counts",
        Text(f"{session.events} events, {session.dropped} dropped, {session.violations} violations"),
    )


def hour(past: PastHour, glyphs: Glyphs) -> list[RenderableType]:
    """The past hour as a strip of statuses, and a sparkline of what the page reported."""
    (bars,) = chart(past.reports, MINUTES, glyphs, rows=1)
    dash = "-" if glyphs is ASCII else "─"
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("status", Text(past.signs), Text(printable(legend(past)), "dim"))
    table.add_row(
        "reports", Text(bars), Text(f"{sum(past.reports)}, most {max(past.reports)} a minute", "dim")
    )
    table.add_row("", Text(f"-{MINUTES} min ".ljust(MINUTES - 4, dash) + " now", "dim"))
    return [*_heading("Past hour"), table]


def history(detail: SessionDetail) -> list[RenderableType]:
    """Timeline, ledger and last raw message, newest first."""
    parts: list[RenderableType] = [*_heading("Instructions"), _ledger(detail.ledger)]
    parts += [*_heading("Timeline"), _timeline(detail.timeline)]
    if detail.last_message is not None:
        parts += [
            *_heading("Last message without a known meaning"),
            Text(printable(detail.last_message), overflow="fold"),
        ]
    return parts


def _heading(words: str) -> tuple[RenderableType, ...]:
    return Text(""), Text(words, "bold underline")


def _ledger(entries: Iterable[LedgerView]) -> RenderableType:
    rows: list[tuple[str, ...]] = [
        (
            _clock(entry.at),
            f"{entry.action} {printable(entry.argument or '')}".rstrip(),
            entry.state,
            f"by {printable(entry.by)} ({printable(entry.client)})",
            printable(entry.text),
        )
        for entry in entries
    ]
    return _rows(rows, "none")


def _timeline(entries: Iterable[MomentView]) -> RenderableType:
    rows: list[tuple[str, ...]] = [(_clock(entry.at), entry.kind, printable(entry.text)) for entry in entries]
    return _rows(rows, "nothing yet")


def _rows(rows: list[tuple[str, ...]], nothing: str) -> RenderableType:
    if not rows:
        return Text(nothing, "dim italic")
    table = Table.grid(padding=(0, 2, 0, 0))
    for number in range(len(rows[0])):
        table.add_column(style="dim" if number == 0 else "", overflow="fold")
    for row in reversed(rows):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _visitor_state(state: VisitorStateView, now: float) -> Text:
    """What the REST service says of the visitor, which is never the page's status."""
    online = {True: "online", False: "offline", None: "online or not is unknown"}[state.online]
    in_session = {True: "in session", False: "not in session", None: ""}[state.in_session]
    page = printable(state.url) if state.url else ""
    tags = " ".join(f"#{printable(tag)}" for tag in state.tags)
    words = ", ".join(filter(None, (online, in_session)))
    told = Text(" · ".join(filter(None, (words, page, tags))))
    if state.last_seen_at is not None:
        told.append(" · last seen ").append(_when(state.last_seen_at, now, ""))
    return told.append(" · checked ").append(_when(state.checked_at, now, ""))


def _status(session: SessionView, now: float) -> Text:
    if session.status is None:
        return Text("none reported yet")
    text = _explained(printable(session.status), STATUS.get(session.status, ""))
    return (
        text
        if session.status_since is None
        else text.append(", since ").append(_when(session.status_since, now, ""))
    )


def _color(session: SessionView) -> Text:
    if session.color is None:
        said = f"; the page reported {printable(session.color_raw)!r}" if session.color_raw else ""
        return Text(f"unknown{said}")
    return Text.assemble(
        ("    ", Style(bgcolor=session.color)), f" {session.color} {nearest_name(session.color)}"
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
