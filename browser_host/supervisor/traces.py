"""What a host's rows in the journal say of the host and its sessions: written and read here alone. Pure."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from browser_host.journal.entries import JournalEntry
from browser_host.sessions.session import Source
from browser_host.supervisor.new_session import NewSession

HOST_STARTED = "host.started"
HOST_STOPPED = "host.stopped"
"""Stopped in order: nothing of that host is to be brought back."""

HOST_TERMINATED = "host.terminated"
"""Stopped in order by SIGTERM, as a service is before a reboot or for its next version: nobody said that its
sessions are to be let go, so they are brought back."""

HOST_FAILED = "host.failed"
"""Ended by an error, maybe before it hosted anybody: what there was is still to be brought back."""

ADDED = "session.added"
REMOVED = "session.removed"
ENDED = "session.ended"
BEGAN_ANEW = "session.began_anew"
"""A session that had ended began again in the same page."""

NOT_RECOVERED = "session.not_recovered"
"""A dead host's session that this one can't bring back."""

ACTIONS = frozenset({HOST_STOPPED, ADDED, REMOVED, NOT_RECOVERED})
"""Beside those of instructions, what tells whom a host had when it died."""

PAGES_OWN = frozenset({ENDED, BEGAN_ANEW})
"""The same, as often as a page likes: only the newest of a session counts, or one page could have all others
forgotten by filling what is looked at."""

_HOST = re.compile(r"host ([0-9a-f]{8})")
_SESSION = re.compile(
    rf"({'|'.join(Source)}): (?:visitor (?P<visitor>.+)|link (?P<link>[0-9a-f]{{8}})); host ([0-9a-f]{{8}})",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Added:
    """What the row of a session that was added says of it.

    Args:
        visitor: its short id at the service, or None where the session was added by its link.
        link: the link's fingerprint, or None.
        place: of the host that hosts it.
    """

    source: Source
    visitor: str | None
    link: str | None
    place: str


def place_of(socket: Path) -> str:
    """Eight hex digits that tell a host's rows from those of hosts on other sockets, in the same journal."""
    return hashlib.sha256(str(socket.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def host_text(place: str) -> str:
    """What the rows of a host's start and stop say."""
    return f"host {place}"


def added_text(new: NewSession, place: str) -> str:
    """What the row of a session that was added says; no link, which is never written down."""
    what = f"link {new.link.fingerprint}" if new.link else f"visitor {new.visitor}"
    return f"{new.source.value}: {what}; host {place}"


def place_in(row: JournalEntry) -> str | None:
    """Of which host a row of a start, a stop or an added session is; None where it does not say."""
    if row.action == ADDED:
        added = read_added(row)
        return added.place if added is not None else None
    match = _HOST.fullmatch(row.text)
    return match[1] if match else None


def read_added(row: JournalEntry) -> Added | None:
    """What the row of an added session says; None for one of before such rows said it."""
    match = _SESSION.fullmatch(row.text)
    return Added(Source(match[1]), match["visitor"], match["link"], match[4]) if match else None
