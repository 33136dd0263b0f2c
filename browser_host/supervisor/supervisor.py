"""The single writer: one queue for all reports, and the requests of clients that change sessions."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from browser_host.api.peer import RULE, Peer
from browser_host.api.schema import BrowserView
from browser_host.bridge import events
from browser_host.browsers.interface import SessionHost
from browser_host.browsers.log import Log
from browser_host.errors import Refused, UnknownSession
from browser_host.protocol.pointer_input import PointerInput
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.clock import Clock
from browser_host.sessions.session import Session
from browser_host.supervisor import upscope_worker as upscope
from browser_host.supervisor.arrivals import Arrivals
from browser_host.supervisor.audit import records
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.confirmation_deadlines import ConfirmationDeadlines
from browser_host.supervisor.counters import Counters
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.hosting.admission import Admission
from browser_host.supervisor.hosting.flood_detector import FloodDetector
from browser_host.supervisor.hosting.flood_relief import FloodRelief
from browser_host.supervisor.hosting.lifecycle import SessionLifecycle
from browser_host.supervisor.hosting.recycler import Recycler
from browser_host.supervisor.instructions import Instructions
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.pacing import Pacing
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.report_handler import ReportHandler
from browser_host.supervisor.scheduler import Scheduler
from browser_host.supervisor.session_ids import SessionIds
from browser_host.supervisor.session_store import SessionStore
from browser_host.supervisor.upscope_worker import EndWanted, UpscopeWorker

JUDGE_EVERY_S = 1.0
"""Seconds between two looks at who became stale."""


class Supervisor:
    """Handles every report and every command, one after the other.

    Every report and every command runs to its end on the event loop before the next begins; a report
    that comes in the middle of one waits in the queue. So there is one writer, and no lock.

    Args:
        judged: called each time that all sessions were looked through, every `JUDGE_EVERY_S`.
    """

    def __init__(
        self,
        hosting: SessionHost,
        policy: LivePolicy,
        session_ids: SessionIds,
        *,
        feed: EventFeed,
        clock: Clock,
        log: Log,
        recorder: AuditRecorder,
        rest: UpscopeWorker | None = None,
        judged: Callable[[], None] = lambda: None,
    ) -> None:
        self._hosting = hosting
        self._policy = policy
        self._feed = feed
        self._clock = clock
        self._log = log
        self._recorder = recorder
        self._rest = rest
        self._judged = judged
        self._scheduler = Scheduler(asyncio.get_running_loop())
        self._queue: deque[events.Report | upscope.Answer] = deque()
        self._draining = False
        self.store = SessionStore(feed, clock, policy, self._observe)
        self._deadlines = ConfirmationDeadlines(self.store, self._scheduler, clock, self._ask_service)
        self.pacing = Pacing(hosting.collect_for)
        self.instructions = Instructions(
            self.store,
            hosting,
            self._scheduler,
            clock,
            policy=policy,
            deadlines=self._deadlines,
            recorder=recorder,
            pacing=self.pacing,
        )
        self.flood_detector = FloodDetector()
        self.counters = Counters()
        self.arrivals = Arrivals()
        self.lifecycle = SessionLifecycle(self.store, hosting, rest, self._scheduler, clock, log)
        self.admission = Admission(
            self.store,
            session_ids,
            policy=policy,
            lifecycle=self.lifecycle,
            instructions=self.instructions,
            arrivals=self.arrivals,
            recorder=recorder,
            log=log,
            has_service=rest is not None,
        )
        self._flood_relief = FloodRelief(self.flood_detector, self.store, self.lifecycle, clock, log)
        self.recycler = Recycler(self.store, hosting, self._scheduler, self.lifecycle.let_go)
        self._reports = ReportHandler(
            self.store,
            hosting,
            feed,
            clock,
            policy=policy,
            lifecycle=self.lifecycle,
            instructions=self.instructions,
            deadlines=self._deadlines,
            flood_relief=self._flood_relief,
            arrivals=self.arrivals,
            recycler=self.recycler,
        )
        self._scheduler.after(JUDGE_EVERY_S, self._judge)

    def receive(self, report: events.Report | upscope.Answer) -> None:
        """Take a report of the hosting, or an answer of the REST service."""
        self._queue.append(report)
        if self._draining:
            return
        self._draining = True
        try:
            while self._queue:
                taken = self._queue.popleft()
                self.counters.reported(taken)
                self._reports.handle(taken)
        finally:
            self._draining = False

    def add(self, new: NewSession, by: Peer = RULE) -> str:
        """Host one more session, and return its id.

        Raises:
            Refused: the host holds as many as it takes, or holds this link already.
        """
        return self.admission.add(new, by)

    def remove(self, session_id: str, by: Peer = RULE) -> None:
        """Forget a session without ending it.

        Raises:
            UnknownSession: there is none with this id.
        """
        self.require([session_id])
        self.admission.remove(session_id, by)

    def retry(self, ids: Sequence[str], by: Peer) -> Sequence[str]:
        """Retry at once the sessions that wait for their next try or were given up; return their ids."""
        self._hosting.retry()
        self._reports.retry()
        tried = self.lifecycle.retry(ids)
        self._log.info("session.retried", ids=list(tried), by=by.who, client=by.client)
        return tried

    async def screenshot(self, session_id: str, width: int) -> bytes:
        """Take a picture of a session's page, as a PNG; who may see it is not asked here.

        Raises:
            UnknownSession: there is none with this id.
            NoPicture: it has no page now, or its page gave none in time.
        """
        self.require([session_id])
        return await self._hosting.screenshot(session_id, width)

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to a session's page; who may do that is not asked here.

        Raises:
            UnknownSession: there is none with this id.
            InputFailed: it has no page now, or its page did not take it in time.
        """
        self.require([session_id])
        await self._hosting.send_input(session_id, sent)

    def viewed(self, session_id: str, peer: Peer) -> None:
        """Publish that somebody saw a session's page."""
        viewed = {"by": peer.who, "client": peer.client}
        self._feed.publish(ChangeType.VIEWED.value, session_id, self._clock(), {"viewed": viewed})

    def drain(self, endpoint: str, by: Peer) -> bool:
        """Give an endpoint no more sessions, and move those that it has where they can go elsewhere.

        Returns:
            Whether there is another endpoint for them.

        Raises:
            UnknownEndpoint: there is none of this name.
        """
        elsewhere = self._hosting.drain(endpoint)
        self._recorder.acted(by, records.DRAINED, text=f"endpoint {endpoint}")
        return elsewhere

    def undrain(self, endpoint: str, by: Peer) -> None:
        """Give an endpoint sessions again.

        Raises:
            UnknownEndpoint: there is none of this name.
        """
        self._hosting.undrain(endpoint)
        self._recorder.acted(by, records.UNDRAINED, text=f"endpoint {endpoint}")

    def require(self, ids: Sequence[str]) -> list[Session]:
        """The sessions with these ids, each once, in their order.

        Raises:
            UnknownSession: there is none with one of the ids; nothing is done for the others either.
        """
        unknown = [session_id for session_id in ids if session_id not in self.store]
        if unknown:
            raise UnknownSession(f"no session has the id {', '.join(unknown)}; nothing was done")
        found = (self.store.get(session_id) for session_id in dict.fromkeys(ids))
        return [session for session in found if session is not None]

    def require_writable(self, peer: Peer) -> None:
        """Refuse a change where the configuration does.

        Raises:
            Refused: the host is read-only.
        """
        if self._policy.now.read_only:
            self._log.warning("refused.read_only", by=peer.name, client=peer.client)
            raise Refused("this host is read-only: it changes no session (host.read_only)")

    @property
    def given_up(self) -> str | None:
        """Why no browser is started until somebody retries, or None."""
        return self._reports.given_up

    def browsers(self) -> tuple[BrowserView, ...]:
        """The browsers in their present state."""
        return self._reports.browsers()

    def abandon(self) -> None:
        """Settle what is pending as not sent, because the host is stopping; who waits for it is told."""
        self.instructions.abandon("the host stopped before it was sent")

    def close(self) -> None:
        """Stop the scheduler, and settle what is pending as not sent.

        The hosting and the feed are closed by whoever made them.
        """
        self._scheduler.close()
        self.abandon()

    def _ask_service(self, session: Session, number: int) -> bool:
        """Whether the service is to be asked to end a session whose page did not confirm its end in time."""
        if not self._policy.now.rest_fallback or self._rest is None or session.visitor is None:
            return False

        def objection() -> str | None:
            if not self._policy.now.rest_fallback:
                return "end.rest_fallback is off now"
            return self.instructions.objection_to_asking(session.id, number)

        return self._rest.want(EndWanted(session.id, session.visitor, number, objection))

    def _observe(self, session: Session, changes: tuple[Change, ...]) -> None:
        self._recorder.observe(session, changes)
        self.counters.changed(changes)
        self.arrivals.changed(session)
        self.instructions.observe(session, changes)
        self.recycler.changed(changes)

    def _judge(self) -> None:
        self._scheduler.after(JUDGE_EVERY_S, self._judge)  # first: a look that fails is not the last one
        self.store.judge_all()
        self._recorder.tick()
        keep = self._policy.now.keep_ended_s
        now = self._clock()
        self._flood_relief.look()
        if keep is not None:
            endings = [(session.id, session.ended) for session in self.store]
            for session_id, ended in endings:
                if ended is not None and now.seconds_since(ended.at) >= keep:
                    self.remove(session_id)
        self._judged()
