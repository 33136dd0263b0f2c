"""Scripted hosting: plays event sequences that no browser can be made to produce."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from browser_host.bridge import events
from browser_host.bridge.command_queue import Claim, always
from browser_host.browsers.interface import SHARED, Aged, BrowserDescription, Placing
from browser_host.errors import UnknownEndpoint
from browser_host.protocol.pointer_input import PointerInput
from browser_host.secrets import WatchLink
from browser_host.sessions.browser_state import LOCAL, BrowserState
from browser_host.sessions.session import ErrorCode, Fault


@dataclass(frozen=True, slots=True)
class Posted:
    session_id: str
    number: int
    message: Mapping[str, Any]


@dataclass(slots=True)
class ScriptedHosting:
    """Implements `Hosting`; records requests in `opened`, `posted` and `released`.

    Args:
        opens: whether sessions are reported open at once.
        posts: whether instructions are reported posted once they are handed over.
        queues: whether instructions wait until `hand_over`, as behind a page that is slow to take them.
    """

    opens: bool = True
    posts: bool = True
    queues: bool = False
    sink: Callable[[events.Report], None] = field(default=lambda _: None)
    opened: list[tuple[str, Placing]] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    queued: list[tuple[Posted, Claim]] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    picture: bytes | Exception = b"\x89PNG\r\n\x1a\nscripted"
    windows: list[float] = field(default_factory=list)
    pictured: list[tuple[str, int]] = field(default_factory=list)
    inputs: list[tuple[str, PointerInput]] = field(default_factory=list)
    retries: int = 0
    browsers: dict[int, BrowserState] = field(default_factory=lambda: {1: BrowserState.UP})
    due: tuple[Aged, ...] = ()
    drained: bool = False
    isolated: bool = True
    recycled: list[tuple[Aged, Callable[[Sequence[str]], bool]]] = field(default_factory=list)

    async def start(self) -> None:
        self.sink(events.BrowserStarted(1, "scripted", "1.0"))

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        assert link.reveal().startswith("http")
        self.opened.append((session_id, placing))
        if self.opens:
            self.sink(events.SessionOpened(session_id, group=1))

    def release(self, session_id: str) -> None:
        self.released.append(session_id)

    def post(self, session_id: str, number: int, message: Mapping[str, Any], claim: Claim = always) -> None:
        self.queued.append((Posted(session_id, number, message), claim))
        if not self.queues:
            self.hand_over()

    def hand_over(self) -> None:
        """Hands the page what waits for it, unless it is withdrawn by now."""
        queued, self.queued = self.queued, []
        for posted, claim in queued:
            if not claim():
                self.sink(events.InstructionNotPosted(posted.session_id, posted.number, "withdrawn"))
                continue
            self.posted.append(posted)
            if self.posts:
                self.sink(events.InstructionPosted(posted.session_id, posted.number))

    async def screenshot(self, session_id: str, width: int) -> bytes:
        self.pictured.append((session_id, width))
        if isinstance(self.picture, Exception):
            raise self.picture
        return self.picture

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        self.inputs.append((session_id, sent))

    def collect_for(self, window_s: float) -> None:
        self.windows.append(window_s)

    def retry(self) -> None:
        self.retries += 1

    def aged(self) -> tuple[Aged, ...]:
        return self.due

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        self.recycled.append((aged, may_move))

    def drain(self, endpoint: str) -> bool:
        self._require(endpoint)
        self.drained = True
        self.sink(events.EndpointDraining(endpoint))
        return False

    def undrain(self, endpoint: str) -> None:
        self._require(endpoint)
        self.drained = False
        self.sink(events.EndpointTakesSessions(endpoint))

    def _require(self, endpoint: str) -> None:
        if endpoint != LOCAL:
            raise UnknownEndpoint(f"no endpoint has the name {endpoint}; there is {LOCAL}")

    def describe(self) -> tuple[BrowserDescription, ...]:
        count = len(self.opened)
        return tuple(
            BrowserDescription(
                number,
                "scripted",
                "1.0",
                BrowserState.DRAINING if self.drained else state,
                1,
                count,
                0.0,
                sandbox=True,
                isolated=self.isolated,
                drained=self.drained,
            )
            for number, state in self.browsers.items()
        )

    async def close(self, within: float) -> None:
        assert within > 0

    def says(self, session_id: str, *, after: int = 0, **message: object) -> None:
        """Report a message from the page of a session."""
        self.sink(events.MessageReceived(session_id, message, after=after, waited_ms=0.0))

    def says_status(self, session_id: str, status: str, *, after: int = 0) -> None:
        self.says(session_id, after=after, type="sessionStatusUpdate", sessionStatus=status)

    def says_color(self, session_id: str, color: str, *, after: int = 0) -> None:
        self.says(session_id, after=after, type="currentColor", color=color)

    def crash(self, *session_ids: str, cause: events.LossCause = events.LossCause.CRASH) -> None:
        self.sink(events.SessionsLost(session_ids, Fault(ErrorCode.PAGE_CRASHED, "the page crashed"), cause))
