"""A session as a frozen value: what is known of it, without guesses."""

from dataclasses import dataclass
from enum import StrEnum

from browser_host.protocol.page_instructions import Mode
from browser_host.protocol.page_messages import Color, Status
from browser_host.sessions.browser_state import LOCAL
from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import Entry
from browser_host.sessions.visitor_state import VisitorState

LABEL_LIMIT = 120
"""Characters of a label."""

VISITOR_LIMIT = 64
"""Characters of a visitor's short id; those that were seen have about ten."""


class Source(StrEnum):
    """Who asked for the session to be hosted."""

    CONFIG = "config"
    DISCOVERED = "discovered"
    COMMAND = "command"
    SIMULATOR = "simulator"


class Hosting(StrEnum):
    """The host's view of the page, while `status` is what the page reports."""

    QUEUED = "queued"
    LOADING = "loading"
    LIVE = "live"
    """The page has posted a message."""
    UNRESPONSIVE = "unresponsive"
    LOST = "lost"
    """The page or its browser died; the host retries."""
    BLOCKED = "blocked"
    """It can't be framed, was refused, or answered with an HTTP error."""
    ENDED = "ended"


class ErrorCode(StrEnum):
    """Why a session is not hosted as it should be."""

    FRAMING_BLOCKED = "framing_blocked"
    UNREACHABLE = "unreachable"
    HTTP_STATUS = "http_status"
    PRIVATE_NETWORK = "private_network"
    CERTIFICATE = "certificate"
    PAGE_CRASHED = "page_crashed"
    PAGE_HUNG = "page_hung"
    PAGE_REPLACED = "page_replaced"
    """It had reported something, and then another document replaced it."""
    BROWSER_GONE = "browser_gone"
    LINK_REFUSED = "link_refused"
    VIOLATION = "violation"
    """Its process sent what the host's pages never send, and was closed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a session's hosting; the text contains no link."""

    code: ErrorCode
    text: str


class EndedBecause(StrEnum):
    """The contract's words for how a session ended."""

    TERMINATED = "terminated"
    ENDED = "ended"
    ERROR = "error"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a session, from either generation of pages."""

    reason: EndedBecause
    at: Instant


@dataclass(frozen=True, slots=True)
class Session:
    """One hosted watch page.

    Args:
        id: short, stable over restarts of the host, independent of the link's text.
        link: the watch link's fingerprint, 8 hex digits; never the link itself.
        visitor: the visitor's short id at the service, or None.
        mode: the last mode sent (or named by generation 2's state); None before.
        ledger: the newest instructions, oldest first, bounded (`ledger.LIMIT`).
        last_message: the last message that was not understood, raw and bounded.
        events: messages of the page since it is hosted.
        dropped: messages that were coalesced or dropped since it is hosted.
        violations: messages that pretended to be the page's.
        status_at: when the page last reported its status, including repeats.
        lost_at: since when its page can't be observed (lost, blocked or hung); its next message clears it.
        begun_at: when its page was last opened, or a new session last started in it, or None; what was sent
            before that was not for this one.
        page: number of its page, or None without a page.
        browser: the name of the endpoint that hosts its page, or hosted it last.
        visitor_state: what the REST service reported of the visitor; None before it was asked.
    """

    id: str
    label: str
    source: Source
    link: str
    visitor: str | None = None
    hosting: Hosting = Hosting.QUEUED
    status: Status | None = None
    status_since: Instant | None = None
    status_at: Instant | None = None
    opened_at: Instant | None = None
    last_event_at: Instant | None = None
    color: Color | None = None
    mode: Mode | None = None
    ledger: tuple[Entry, ...] = ()
    last_message: str | None = None
    ended: Ending | None = None
    lost_at: Instant | None = None
    begun_at: Instant | None = None
    error: Fault | None = None
    events: int = 0
    dropped: int = 0
    violations: int = 0
    process: int | None = None
    browser: str = LOCAL
    visitor_state: VisitorState | None = None
