"""A hosting that does what a test tells it to: for orders of events that no browser can be made to keep."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from browser_host.browsers import reports
from browser_host.browsers.hosting import SHARED, Aged, BrowserDescription, Placing
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault


@dataclass(frozen=True, slots=True)
class Posted:
    session_id: str
    number: int
    message: Mapping[str, Any]


@dataclass(slots=True)
class ScriptedHosting:
    """Implements `Hosting`; what was asked of it is in `opened`, `posted` and `released`.

    Args:
        opens: sessions are reported open as soon as they are asked for.
        posts: instructions are reported posted as soon as they are asked for.
    """

    opens: bool = True
    posts: bool = True
    sink: Callable[[reports.Report], None] = field(default=lambda _: None)
    opened: list[tuple[str, Placing]] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    retries: int = 0
    due: tuple[Aged, ...] = ()
    recycled: list[tuple[Aged, Callable[[Sequence[str]], bool]]] = field(default_factory=list)

    async def start(self) -> None:
        self.sink(reports.BrowserStarted(1, "scripted", "1.0"))

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        assert link.reveal().startswith("http")
        self.opened.append((session_id, placing))
        if self.opens:
            self.sink(reports.SessionOpened(session_id, page=1))

    def release(self, session_id: str) -> None:
        self.released.append(session_id)

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        self.posted.append(Posted(session_id, number, message))
        if self.posts:
            self.sink(reports.InstructionPosted(session_id, number))

    def retry(self) -> None:
        self.retries += 1

    def aged(self) -> tuple[Aged, ...]:
        return self.due

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        self.recycled.append((aged, may_move))

    def describe(self) -> tuple[BrowserDescription, ...]:
        return (BrowserDescription(1, "scripted", "1.0", "running", 1, len(self.opened), 0.0, sandbox=True),)

    async def close(self, within: float) -> None:
        assert within > 0

    def says(self, session_id: str, *, after: int = 0, **message: object) -> None:
        """The session's page posts a message."""
        self.sink(reports.MessageReceived(session_id, message, after=after, waited_ms=0.0))

    def says_status(self, session_id: str, status: str, *, after: int = 0) -> None:
        self.says(session_id, after=after, type="sessionStatusUpdate", sessionStatus=status)

    def says_color(self, session_id: str, color: str, *, after: int = 0) -> None:
        self.says(session_id, after=after, type="currentColor", color=color)

    def crash(self, *session_ids: str) -> None:
        self.sink(reports.SessionsLost(session_ids, Fault(ErrorCode.PAGE_CRASHED, "the page crashed")))
