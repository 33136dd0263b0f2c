"""What a page's bridge hears, as reports; nothing of a session that no longer sits in the page."""

from collections.abc import Callable, Container

from browser_host.browsers.hosting import ReportSink
from browser_host.browsers.reports import (
    InstructionNotPosted,
    InstructionPosted,
    InstructionUncertain,
    MessageReceived,
    MessagesDropped,
    MessagesRefused,
    SessionBlocked,
    SessionLeft,
    SessionOpened,
)
from browser_host.sessions.session import Fault


class Telling:
    """The bridge's listener for one page.

    Args:
        page: its number.
        sessions: who sits in it, as it is at any time.
        vacate: takes a blocked session out of its seat.
        broke: gives the page up.
    """

    def __init__(
        self,
        page: int,
        sessions: Container[str],
        sink: ReportSink,
        *,
        vacate: Callable[[str], None],
        broke: Callable[[str], None],
    ) -> None:
        self._page = page
        self._sessions = sessions
        self._sink = sink
        self._vacate = vacate
        self.broke = broke

    def opened(self, session_id: str) -> None:
        """Its iframe is given its address."""
        if session_id in self._sessions:
            self._sink(SessionOpened(session_id, self._page))

    def blocked(self, session_id: str, fault: Fault) -> None:
        """Its address could not be shown."""
        if session_id in self._sessions:
            self._vacate(session_id)
            self._sink(SessionBlocked(session_id, fault))

    def left(self, session_id: str, origin: str) -> None:
        """Its frame went elsewhere by itself."""
        if session_id in self._sessions:
            self._sink(SessionLeft(session_id, origin))

    def said(self, session_id: str, data: object, after: int, waited_ms: float) -> None:
        """Its own frame posted a message."""
        if session_id in self._sessions:
            self._sink(MessageReceived(session_id, data, after, waited_ms))

    def dropped(self, session_id: str, count: int) -> None:
        """Messages were merged or thrown away."""
        if session_id in self._sessions:
            self._sink(MessagesDropped(session_id, count))

    def refused(self, session_id: str, count: int) -> None:
        """Messages were not its own."""
        if session_id in self._sessions:
            self._sink(MessagesRefused(session_id, count))

    # An instruction has its one report whatever became of the session meanwhile.

    def posted(self, session_id: str, number: int) -> None:
        """An instruction was posted."""
        self._sink(InstructionPosted(session_id, number))

    def not_posted(self, session_id: str, number: int, text: str) -> None:
        """An instruction was certainly not posted."""
        self._sink(InstructionNotPosted(session_id, number, text))

    def uncertain(self, session_id: str, number: int, text: str) -> None:
        """It is not known whether an instruction was posted."""
        self._sink(InstructionUncertain(session_id, number, text))
