"""Which sessions the host takes in: up to its limit, each link and visitor once; and how it forgets them."""

from collections.abc import Mapping

from browser_host.api.peer import Peer
from browser_host.browsers.log import Log
from browser_host.errors import Refused
from browser_host.sessions.session import LABEL_LIMIT, Session
from browser_host.supervisor.arrivals import Arrivals
from browser_host.supervisor.audit import records
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.audit.replay import Past
from browser_host.supervisor.hosting.lifecycle import SessionLifecycle
from browser_host.supervisor.instructions import Instructions
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.session_ids import SessionIds
from browser_host.supervisor.session_store import SessionStore
from browser_host.supervisor.upscope_worker import NO_SERVICE


class Admission:
    """Adds sessions to the store and removes them, with all that is kept of them elsewhere.

    Args:
        has_service: whether watch links can be requested for visitors.
    """

    def __init__(
        self,
        store: SessionStore,
        session_ids: SessionIds,
        *,
        policy: LivePolicy,
        lifecycle: SessionLifecycle,
        instructions: Instructions,
        arrivals: Arrivals,
        recorder: AuditRecorder,
        log: Log,
        has_service: bool,
    ) -> None:
        self._store = store
        self._session_ids = session_ids
        self._policy = policy
        self._lifecycle = lifecycle
        self._instructions = instructions
        self._arrivals = arrivals
        self._recorder = recorder
        self._log = log
        self._has_service = has_service
        self._pasts: dict[str, Past] = {}

    def recall(self, pasts: Mapping[str, Past]) -> None:
        """Note what a host before this one sent to sessions, by id: each has it again once it is added."""
        self._pasts.update(pasts)

    def holder_of(self, new: NewSession) -> str | None:
        """The id of the session that has this link, or else this visitor, or None."""
        if new.link is not None:
            return self._lifecycle.holder_of(new.link)
        return next((one.id for one in self._store if one.visitor == new.visitor), None)

    def add(self, new: NewSession, by: Peer) -> str:
        """Host one more session, and return its id.

        Raises:
            Refused: the host holds as many as it takes, or holds this link already.
        """
        most = self._policy.now.max_sessions
        if len(self._store) >= most:
            raise Refused(f"this host takes {most} sessions; remove some first")
        if new.link is None and (new.visitor is None or not self._has_service):
            raise Refused(NO_SERVICE)
        if (twin := self.holder_of(new)) is not None:
            raise Refused(f"this {'watch link' if new.link else 'visitor'} is hosted already, as {twin}")
        session_id = self._session_ids.identify(new.identity, self._store)
        past = self._pasts.pop(session_id, Past())
        session = Session(
            id=session_id,
            label=new.label[:LABEL_LIMIT] or session_id,
            source=new.source,
            link=new.link.fingerprint if new.link else "",
            visitor=new.visitor,
            ledger=past.ledger,
            mode=past.mode,
        )
        self._store.add(session)
        link = f"link {new.link.fingerprint}" if new.link else f"visitor {new.visitor}"
        self._log.info("session.added", id=session_id, what=link, source=new.source.value)
        self._recorder.added(by, session, new)
        self._lifecycle.take_in(session_id, new.link)
        return session_id

    def remove(self, session_id: str, by: Peer) -> None:
        """Forget a session of the store without ending it."""
        self._instructions.leave(session_id, "the session was removed")
        self._lifecycle.release(session_id)
        session = self._store.remove(session_id)
        self._recorder.forget(session_id)
        self._arrivals.refused(session_id)
        self._recorder.acted(by, records.REMOVED, session)
        self._log.info("session.removed", id=session_id)
