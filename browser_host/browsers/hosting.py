"""The one interface between the supervisor and whatever hosts sessions for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from browser_host.browsers.reports import Report
from browser_host.secrets import WatchLink

ReportSink: TypeAlias = Callable[[Report], None]
"""Takes a report at once and never blocks; called on the host's event loop only."""


class Placing(StrEnum):
    """With whom a session may share its page."""

    SHARED = "shared"
    ALONE = "alone"
    """By itself: it was in a page that hung, and may be the one that hangs pages."""


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


class Hosting(Protocol):
    """Hosts sessions as iframes; every call returns at once, and what comes of it is reported."""

    async def start(self) -> None:
        """Starts the first browser.

        Raises:
            BrowserUnavailable: none could be found, got or started.
        """

    def open(self, session_id: str, link: WatchLink, placing: Placing = Placing.SHARED) -> None:
        """Gives the session an iframe: ends in `SessionOpened`, `SessionBlocked` or `SessionsLost`."""

    def release(self, session_id: str) -> None:
        """Takes the session's iframe away, where it has one; nothing is reported of it any more."""

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        """Posts an instruction to the session's frame: ends in exactly one `Instruction…` report."""

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers as they are now."""

    async def close(self, within: float) -> None:
        """Closes pages, browsers and drivers, in that order, within so many seconds, come what may."""
