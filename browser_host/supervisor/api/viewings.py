"""Who looks at which session's page: allowed, journalled and published before a picture is given."""

import asyncio

from browser_host.api.peer import Peer
from browser_host.errors import Refused
from browser_host.journal.entries import JournalEntry
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.journal import Journal
from browser_host.journal.status import JournalState
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.session import Session
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.supervisor import Supervisor

EVERY_S = 60.0
"""Seconds for which one entry stands while somebody keeps looking at a session."""


class Viewings:
    """Gives pictures of sessions' pages, and keeps who saw them."""

    def __init__(self, supervisor: Supervisor, journal: Journal, policy: LivePolicy) -> None:
        self._supervisor = supervisor
        self._journal = journal
        self._policy = policy
        self._writing = asyncio.Lock()
        self._noted: dict[tuple[str, int], float] = {}
        """When a session was journalled as seen by a user, by their ids."""

    async def picture(self, session_id: str, width: int, peer: Peer) -> bytes:
        """Take a picture of a session's page; it is given once the look is in the journal.

        Args:
            width: of the picture, in pixels.

        Raises:
            Refused: `host.preview` is off, or the journal can't be written (`JournalUnavailable`).
            UnknownSession: there is none with this id.
            NoPicture: it has no page now, or its page gave none in time.
        """
        self._require_allowed()
        (session,) = self._supervisor.require([session_id])
        standing = self._journal.standing
        if standing.state is JournalState.UNAVAILABLE:  # also where an entry stands already
            raise JournalUnavailable(standing.reason)
        png = await self._supervisor.screenshot(session_id, width)
        self._require_allowed()
        await self._note(session, peer)
        return png

    def _require_allowed(self) -> None:
        if not self._policy.now.preview:
            raise Refused("this host gives no pictures of its sessions (host.preview)")

    async def _note(self, session: Session, peer: Peer) -> None:
        """Journal and publish a look, unless this viewer's last entry still stands."""
        viewing = (session.id, peer.uid)  # what a client calls itself is its own choice
        async with self._writing:  # so that two looks at once are one entry
            now = self._supervisor.store.instant()
            self._noted = {one: at for one, at in self._noted.items() if now.mono - at < EVERY_S}
            if viewing in self._noted:
                return
            await self._journal.write([_entry(session, peer, now.wall)])
            self._noted[viewing] = now.mono
        self._supervisor.viewed(session.id, peer)


def _entry(session: Session, peer: Peer, at: float) -> JournalEntry:
    return JournalEntry(
        at=at,
        by=peer.who,
        client=peer.client,
        action=ChangeType.VIEWED.value,
        session=session.id,
        label=session.label,
        peer=peer.ssh,
    )
