"""A session as a frozen value: all that is known of it, and nothing that is guessed."""

from dataclasses import dataclass
from enum import StrEnum

from browser_host.protocol.events import Color, Status
from browser_host.protocol.instructions import Mode
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import Entry

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
    """How the hosting of the page stands; ours, where `status` is the page's own word."""

    QUEUED = "queued"
    LOADING = "loading"
    LIVE = "live"
    """The page has spoken."""
    UNRESPONSIVE = "unresponsive"
    LOST = "lost"
    """The page or its browser died; it is being hosted again."""
    BLOCKED = "blocked"
    """It may not be framed, was refused, or answered with an HTTP error."""
    ENDED = "ended"


class ErrorCode(StrEnum):
    """Why a session is not hosted as it should be."""

    FRAMING_BLOCKED = "framing_blocked"
    UNREACHABLE = "unreachable"
    HTTP_STATUS = "http_status"
    PRIVATE_NETWORK = "private_network"
    PAGE_CRASHED = "page_crashed"
    PAGE_HUNG = "page_hung"
    BROWSER_GONE = "browser_gone"
    LINK_REFUSED = "link_refused"
    VIOLATION = "violation"
    """Its page's process said what no page of the host's can say: it was given up."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a session's hosting, in words for the operator that carry no link."""

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
    """A session's one ending, whichever generation told it."""

    reason: EndedBecause
    at: Instant


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a session's timeline, for its detail.

    Args:
        kind: the change's type as the event stream names it, such as `session.status`.
        text: plain words, printable, at most 240 characters.
    """

    at: Instant
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """One hosted watch page.

    Args:
        id: short, stable over restarts of the host, says nothing of the link.
        link: the watch link's fingerprint, 8 hex digits; the link itself never comes here.
        visitor: the visitor's short id at the service, or None.
        mode: the last mode sent (or named by generation 2's state); None before.
        ledger: the newest instructions, oldest first, bounded (`ledger.LIMIT`).
        timeline: the newest moments, oldest first, bounded (`drafts.TIMELINE_LIMIT`).
        last_message: the last thing the page said that was not understood, raw and bounded.
        events: messages of the page since it is hosted.
        dropped: messages that were coalesced or thrown away since it is hosted.
        violations: messages that claimed to be the page's and were not.
        status_at: when the page last named its status, a repeat included.
        lost_at: since when its page is out of sight (lost, blocked or hung); the page's next word clears it.
        begun_at: when its page was last opened, or a session last began anew in it, or None; what was sent
            before then was not sent to this one.
        page: number of the page it lives in, or None while it lives in none.
    """

    id: str
    label: str
    source: Source
    link: str
    added_at: Instant
    visitor: str | None = None
    hosting: Hosting = Hosting.QUEUED
    status: Status | None = None
    status_since: Instant | None = None
    status_at: Instant | None = None
    hosting_since: Instant | None = None
    opened_at: Instant | None = None
    last_event_at: Instant | None = None
    color: Color | None = None
    mode: Mode | None = None
    ledger: tuple[Entry, ...] = ()
    timeline: tuple[Moment, ...] = ()
    last_message: str | None = None
    ended: Ending | None = None
    lost_at: Instant | None = None
    begun_at: Instant | None = None
    error: Fault | None = None
    events: int = 0
    dropped: int = 0
    violations: int = 0
    page: int | None = None
