"""Who sends mouse input to which session's page: allowed and journalled before it is sent."""

from browser_host.api.peer import Peer
from browser_host.errors import InputFailed, Refused
from browser_host.journal.entries import EntryOutcome, JournalEntry
from browser_host.journal.journal import Journal
from browser_host.protocol.pointer_input import PointerInput
from browser_host.sessions.session import Hosting, Session
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.supervisor import Supervisor

INPUT = "session.input"
"""The journal's action."""


class Inputs:
    """Sends mouse input to sessions' pages, and keeps who sent it."""

    def __init__(self, supervisor: Supervisor, journal: Journal, policy: LivePolicy) -> None:
        self._supervisor = supervisor
        self._journal = journal
        self._policy = policy

    async def send(self, session_id: str, sent: PointerInput, peer: Peer) -> None:
        """Send mouse input to a session's page, once it is in the journal.

        Raises:
            Refused: `host.input` is off, the host is read-only, or the journal can't be written
                (`JournalUnavailable`).
            UnknownSession: there is none with this id.
            InputFailed: its page is not live, or did not take the input in time.
        """
        self._require_allowed(peer)
        session = self._live(session_id)
        entry = JournalEntry(
            at=self._supervisor.store.now(),
            by=peer.who,
            client=peer.client,
            action=INPUT,
            session=session.id,
            label=session.label,
            outcome=EntryOutcome.INTENDED,
            text=str(sent),
            peer=peer.ssh,
        )
        await self._journal.write([entry])
        self._require_allowed(peer)  # the configuration may have been read again meanwhile
        if self._live(session_id).begun_at != session.begun_at:
            raise InputFailed("its page was opened again meanwhile")
        await self._supervisor.send_input(session_id, sent)

    def _live(self, session_id: str) -> Session:
        (session,) = self._supervisor.require([session_id])
        if session.hosting is not Hosting.LIVE:
            raise InputFailed(f"the session is {session.hosting.value}: only a live one takes input")
        return session

    def _require_allowed(self, peer: Peer) -> None:
        if not self._policy.now.input:
            raise Refused("this host sends no input to its sessions' pages (host.input)")
        self._supervisor.require_writable(peer)
