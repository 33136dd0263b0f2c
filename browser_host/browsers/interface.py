"""The interface between the supervisor and the pool that hosts sessions for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from browser_host.bridge.command_queue import Claim, always
from browser_host.protocol.pointer_input import PointerInput
from browser_host.secrets import WatchLink
from browser_host.sessions.browser_state import LOCAL, BrowserKind, BrowserState


@dataclass(frozen=True, slots=True)
class Placing:
    """Which sessions may share a process with a session.

    Args:
        cohort: sessions with the same number share a process with each other only; 0 for any session.
        opens_after: seconds of stability after which a separate group admits any session; None for never.
    """

    cohort: int = 0
    opens_after: float | None = None


SHARED = Placing()


@dataclass(frozen=True, slots=True)
class BrowserDescription:
    """A browser for the contract's `host.browsers`.

    Args:
        groups: and so renderer processes.
        busiest: the share of time, 0 to 1, that the main thread of its busiest group works.
        isolated: whether it separates what sessions of one origin store; otherwise each session has its own
            process. None while that is unknown.
        endpoint: name of its endpoint.
        max_sessions: most sessions of its endpoint; None for as many as the host takes.
        round_trip_s: seconds that the last answer took; 0 before the first.
        drained: whether its endpoint takes no sessions, because it is being drained.
        leaving: whether its endpoint is about to end it.
        given_up: whether its endpoint starts no browser until `retry`.
    """

    number: int
    name: str
    version: str
    state: BrowserState
    groups: int
    sessions: int
    busiest: float
    sandbox: bool | None
    isolated: bool | None
    endpoint: str = LOCAL
    kind: BrowserKind = BrowserKind.LOCAL
    max_sessions: int | None = None
    round_trip_s: float = 0.0
    drained: bool = False
    leaving: bool = False
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Aged:
    """A group, or a whole browser, that is due to be replaced or emptied.

    Args:
        group: its number; None for the whole browser.
        why: such as `it is 24 h old`.
        sessions: the sessions that it hosts.
        leaving: whether it is to be emptied, because its endpoint or node is drained; it waits for no other.
    """

    browser: int
    group: int | None
    why: str
    sessions: tuple[str, ...]
    leaving: bool = False


class SessionHost(Protocol):
    """Hosts sessions; calls that are not awaited return at once, and their results are reported as events."""

    async def start(self) -> None:
        """Start the first browser.

        Raises:
            BrowserUnavailable: no browser was found, or it could not be started.
        """

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        """Open a page for the session; reports `SessionOpened`, `SessionBlocked` or `SessionsLost`."""

    def release(self, session_id: str) -> None:
        """Close the session's page, if it has one; nothing more is reported about it."""

    def post(self, session_id: str, number: int, message: Mapping[str, Any], claim: Claim = always) -> None:
        """Post an instruction to the session's frame; reports exactly one `Instruction…` event.

        Args:
            claim: called once, when the instruction is about to be handed to the browser, possibly seconds
                later; if it returns False, nothing is posted. It is not called if nothing can be posted.
        """

    async def screenshot(self, session_id: str, width: int) -> bytes:
        """Take a picture of the session's page, as a PNG, without affecting other pages.

        Args:
            width: of the picture, in pixels.

        Raises:
            NoPicture: the session has no page now, or the page did not answer within some seconds.
        """

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to the session's page.

        Raises:
            InputFailed: it has no page now, or its page did not take it within some seconds.
        """

    def collect_for(self, window_s: float) -> None:
        """Collect pages' messages for so many seconds before they are reported; the hosting's least at 0."""

    def retry(self) -> None:
        """Start browsers again at endpoints that were given up; sessions are opened by the caller."""

    def aged(self) -> tuple[Aged, ...]:
        """The browsers to be emptied, then the browsers and groups that are due to be replaced.

        None that is being emptied, and during a replacement none to be replaced.
        """

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        """Open a new group or browser, move the sessions there, then close the old one.

        `SessionOpened` is reported for each session that is moved.

        Args:
            may_move: whether these sessions may be moved now; called repeatedly, for a limited time.
        """

    def drain(self, endpoint: str) -> bool:
        """Give an endpoint no more sessions; its own are due to move to other endpoints.

        Returns:
            Whether there is another endpoint for its sessions.

        Raises:
            UnknownEndpoint: no endpoint has this name.
        """

    def undrain(self, endpoint: str) -> None:
        """Give an endpoint sessions again.

        Raises:
            UnknownEndpoint: no endpoint has this name.
        """

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers in their present state."""

    async def close(self, within: float) -> None:
        """Close pages, browsers and drivers, in that order, in any case.

        Args:
            within: seconds for all of it.
        """
