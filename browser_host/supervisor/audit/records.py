"""The journal's rows about hosts and their sessions; only this module writes and parses their text. Pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from browser_host.journal.entries import JournalEntry
from browser_host.sessions.session import Source
from browser_host.supervisor.new_session import NewSession

HOST_STARTED = "host.started"
HOST_STOPPED = "host.stopped"
"""Stopped gracefully: the next host recovers nothing."""

HOST_TERMINATED = "host.terminated"
"""Stopped gracefully by SIGTERM, as a service is before a reboot or an upgrade. Nobody asked to release its
sessions, so the next host recovers them."""

HOST_FAILED = "host.failed"
"""Ended by an error, maybe before it hosted any session: the next host recovers what was there."""

ADDED = "session.added"
REMOVED = "session.removed"
ENDED = "session.ended"
RESTARTED = "session.restarted"
"""A session that had ended started again in the same page."""

NOT_RECOVERED = "session.not_recovered"
"""A dead host's session that this one can't recover."""

DRAINED = "browser.drain"
UNDRAINED = "browser.undrain"

ACTIONS = frozenset({HOST_STOPPED, ADDED, REMOVED, NOT_RECOVERED})
"""Besides those of instructions, the actions that show which sessions a host had when it died."""

PAGES_OWN = frozenset({ENDED, RESTARTED})
"""The same, but a page can cause any number of them. Only the newest row of a session is read, or one page
could push the rows of all others out of the limit."""

ALERT = "alert."
"""The actions of alerts begin with it; their state follows, and the alert's name is the label."""

PAGE = "page"
"""Who says a status or a colour."""

IDS_IN_ROW = 25
"""Sessions in a row about an alert: their ids fit in a row's text."""

_USER = re.compile(r"\(\d+\)$")
_HOST = re.compile(r"host ([0-9a-f]{8})")
_ALERT = re.compile(r"host ([0-9a-f]{0,8})(?:; (.*))?", re.DOTALL)
_SESSION = re.compile(
    rf"({'|'.join(Source)}): (?:visitor (?P<visitor>.+)|link (?P<link>[0-9a-f]{{8}})); host ([0-9a-f]{{8}})",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Added:
    """The parsed row of an added session.

    Args:
        visitor: its short id at the service, or None if the session was added by its link.
        link: the link's fingerprint, or None.
        place: of the session's host.
    """

    source: Source
    visitor: str | None
    link: str | None
    place: str


def place_of(socket: Path) -> str:
    """Eight hex digits that distinguish the rows of hosts on different sockets in one journal."""
    return hashlib.sha256(str(socket.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def host_text(place: str) -> str:
    """The text of the rows for a host's start and stop."""
    return f"host {place}"


def added_text(new: NewSession, place: str) -> str:
    """The text of an added session's row; without its link, because links are never stored."""
    what = f"link {new.link.fingerprint}" if new.link else f"visitor {new.visitor}"
    return f"{new.source.value}: {what}; host {place}"


def alert_texts(sessions: Sequence[str], place: str) -> list[str]:
    """The texts of the rows of an alert's announcement; a row has so many sessions as its text can hold."""
    starts = range(0, max(1, len(sessions)), IDS_IN_ROW)
    parts = (sessions[start : start + IDS_IN_ROW] for start in starts)
    return [f"host {place}; {' '.join(part)}".rstrip("; ") for part in parts]


def read_alert(row: JournalEntry) -> tuple[str, tuple[str, ...]] | None:
    """The place of an alert's host, and the sessions of the row; None if its text has another form."""
    match = _ALERT.fullmatch(row.text)
    return (match[1], tuple((match[2] or "").split())) if match else None


def is_user(by: str) -> bool:
    """Whether a row's `by` is a user, who has a uid (`Peer.who`), and not a rule of the host or a page."""
    return _USER.search(by) is not None


def place_in(row: JournalEntry) -> str | None:
    """The place of the host that wrote a row about a start, a stop or an added session; None if unknown."""
    if row.action == ADDED:
        added = read_added(row)
        return added.place if added is not None else None
    match = _HOST.fullmatch(row.text)
    return match[1] if match else None


def read_added(row: JournalEntry) -> Added | None:
    """The parsed row of an added session; None if its text has another form."""
    match = _SESSION.fullmatch(row.text)
    return Added(Source(match[1]), match["visitor"], match["link"], match[4]) if match else None
