"""The one interface between the supervisor and whatever hosts sessions for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from browser_host.browsers.reports import Report
from browser_host.secrets import WatchLink

ReportSink: TypeAlias = Callable[[Report], None]
"""Takes a report at once and never blocks; called on the host's event loop only."""


@dataclass(frozen=True, slots=True)
class Placing:
    """With whom a session may share its page.

    Args:
        group: sessions of one group share a page, and with nobody else; 0 for whoever there is.
        opens_after: seconds of answering after which a group's page takes others too, or None for never.
    """

    group: int = 0
    opens_after: float | None = None


SHARED = Placing()


@dataclass(frozen=True, slots=True)
class BrowserDescription:
    """A browser for the contract's `host.browsers`.

    Args:
        busiest: the share of time, 0 to 1, that the thread of its busiest page works.
    """

    number: int
    name: str
    version: str
    state: str
    pages: int
    sessions: int
    busiest: float
    sandbox: bool


@dataclass(frozen=True, slots=True)
class Aged:
    """A page, or a whole browser, that is due to be replaced.

    Args:
        page: its number, or None for all of the browser.
        why: such as `it is 24 h old`.
        sessions: who sits there.
    """

    browser: int
    page: int | None
    why: str
    sessions: tuple[str, ...]


class Hosting(Protocol):
    """Hosts sessions as iframes; every call returns at once, and what comes of it is reported."""

    async def start(self) -> None:
        """Starts the first browser.

        Raises:
            BrowserUnavailable: none could be found, got or started.
        """

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        """Gives the session an iframe: ends in `SessionOpened`, `SessionBlocked` or `SessionsLost`."""

    def release(self, session_id: str) -> None:
        """Takes the session's iframe away, where it has one; nothing is reported of it any more."""

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        """Posts an instruction to the session's frame: ends in exactly one `Instruction…` report."""

    def retry(self) -> None:
        """Starts browsers again where that was given up; sessions are opened by whoever asks."""

    def aged(self) -> tuple[Aged, ...]:
        """What is due to be replaced, browsers first; nothing while something is being replaced."""

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        """Makes a new page or browser, moves the sessions there, then closes the old one.

        Each session that is moved ends in `SessionOpened`.

        Args:
            may_move: whether these sessions may be moved at this moment; asked until they may, for a while.
        """

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers as they are now."""

    async def close(self, within: float) -> None:
        """Closes pages, browsers and drivers, in that order, within so many seconds, come what may."""
