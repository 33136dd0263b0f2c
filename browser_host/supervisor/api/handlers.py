"""The API's endpoints, each carried out by the part of the host concerned: requests in, replies out."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from browser_host.api.endpoint_views import endpoints
from browser_host.api.peer import Peer
from browser_host.api.replies import (
    Arrival,
    ArrivalState,
    Drain,
    Health,
    History,
    InputSent,
    Removal,
    Retried,
    StatsReport,
    Stopping,
    Visitors,
)
from browser_host.api.requests import (
    AcknowledgeRequest,
    AddRequest,
    EndRequest,
    HistoryRequest,
    InputRequest,
    InstructionRequest,
    LedgerRequest,
    RetryRequest,
    ScreenshotRequest,
    StatsRequest,
    VisitorsRequest,
)
from browser_host.api.schema import (
    Alerts,
    Browsers,
    Outcome,
    SessionDetail,
    Snapshot,
)
from browser_host.config import addresses
from browser_host.errors import Refused, UsageError
from browser_host.journal.journal import Journal
from browser_host.protocol.text import printable
from browser_host.secrets import WatchLink
from browser_host.sessions import views
from browser_host.sessions.clock import Instant
from browser_host.sessions.session import LABEL_LIMIT, Source
from browser_host.supervisor.api import journal_answers, responses, targets
from browser_host.supervisor.api.end_planner import EndPlanner
from browser_host.supervisor.api.host_status import HostStatus
from browser_host.supervisor.api.inputs import Inputs
from browser_host.supervisor.api.instruction_handlers import InstructionHandlers
from browser_host.supervisor.api.viewings import Viewings
from browser_host.supervisor.automation.alerts import AlertWatch
from browser_host.supervisor.automation.discovery import DiscoveryPoller
from browser_host.supervisor.automation.visitor_poller import VisitorPoller
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.upscope_worker import NO_SERVICE, UpscopeWorker

DRAINS = "takes no more sessions; its own move to other endpoints as there is room"
NOWHERE = "takes no more sessions; its own stay, for no other endpoint takes any"
TAKES = "takes sessions"


class HostService:
    """The API's side of the host.

    Args:
        stop: asks the host's process to stop gracefully; returns at once.
        simulated: the sessions are the built-in simulator's.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        journal: Journal,
        rest: UpscopeWorker | None = None,
        poller: DiscoveryPoller | None = None,
        visitors: VisitorPoller | None = None,
        alert_watch: AlertWatch,
        feed: EventFeed,
        policy: LivePolicy,
        version: str,
        started: Instant,
        simulated: bool,
        stop: Callable[[str], None],
    ) -> None:
        self._supervisor = supervisor
        self._journal = journal
        self._rest = rest
        self._alert_watch = alert_watch
        self._instructing = InstructionHandlers(supervisor, EndPlanner(supervisor, visitors), policy)
        self._viewings = Viewings(supervisor, journal, policy)
        self._inputs = Inputs(supervisor, journal, policy)
        self._status = HostStatus(
            supervisor,
            journal=journal,
            poller=poller,
            visitors=visitors,
            alert_watch=alert_watch,
            feed=feed,
            policy=policy,
            version=version,
            started=started,
            simulated=simulated,
        )
        self._feed = feed
        self._stop = stop

    @property
    def events(self) -> EventFeed:
        """The numbered events."""
        return self._feed

    def followed(self, every_s: float) -> AbstractContextManager[None]:
        """A client follows the events within the block, and sees none later than so many seconds."""
        return self._supervisor.pacing.held(every_s)

    def snapshot(self) -> Snapshot:
        """The whole state as of the newest event."""
        return self._status.snapshot()

    def browsers(self) -> Browsers:
        """The browsers' endpoints."""
        return Browsers(endpoints(self._supervisor.browsers()))

    def alerts(self) -> Alerts:
        """The alerts that are or were about sessions."""
        return Alerts(self._alert_watch.views())

    def acknowledge(self, request: AcknowledgeRequest, peer: Peer) -> Alerts:
        """Acknowledge an alert, even on a read-only host: no session changes."""
        skip = request.skip_unknown
        return Alerts(self._alert_watch.acknowledge(request.name, request.ids, peer, skip_unknown=skip))

    def drain(self, endpoint: str, peer: Peer) -> Drain:
        """Give an endpoint no more sessions, and move those that it has."""
        self._supervisor.require_writable(peer)
        elsewhere = self._supervisor.drain(endpoint, peer)
        (held,) = (one.sessions for one in self.browsers().browsers if one.name == endpoint)
        return Drain(endpoint, held, DRAINS if elsewhere else NOWHERE)

    def undrain(self, endpoint: str, peer: Peer) -> Drain:
        """Give an endpoint sessions again."""
        self._supervisor.require_writable(peer)
        self._supervisor.undrain(endpoint, peer)
        return Drain(endpoint, 0, TAKES)

    def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""
        (session,) = self._supervisor.require([session_id])
        return SessionDetail(
            session=self._supervisor.store.view(session),
            timeline=views.timeline_views(self._supervisor.store.timeline(session_id)),
            ledger=views.ledger_views(session),
            last_message=session.last_message,
        )

    async def screenshot(self, session_id: str, request: ScreenshotRequest, peer: Peer) -> bytes:
        """A picture of the session's page; journalled before it is given."""
        return await self._viewings.picture(session_id, request.width, peer)

    async def send_input(self, session_id: str, request: InputRequest, peer: Peer) -> InputSent:
        """Send mouse input to the session's page; journalled before it is sent."""
        await self._inputs.send(session_id, request.pointer_input(), peer)
        return InputSent(session_id)

    async def add(self, request: AddRequest, peer: Peer) -> Arrival:
        """Host a session by watch link or visitor; one that the service refuses is not added."""
        self._supervisor.require_writable(peer)
        new = NewSession(
            link=_link(request),
            source=Source.COMMAND,
            label=printable(request.label or "", LABEL_LIMIT),
            visitor=request.visitor,
        )
        session_id = self._supervisor.add(new, peer)
        if not request.wait:
            return Arrival(session_id, ArrivalState.PENDING, "")
        (fresh,) = self._supervisor.require([session_id])
        with self._supervisor.pacing.held():
            state = await self._supervisor.arrivals.wait(fresh, request.timeout_s)
        session = self._supervisor.store.get(session_id)
        if session is None:
            return Arrival(session_id, ArrivalState.REFUSED, "it was removed meanwhile")
        if state is ArrivalState.REFUSED:
            self._supervisor.remove(session_id, peer)
        return Arrival(session_id, state, session.error.text if session.error else "")

    async def remove(self, session_id: str, peer: Peer) -> Removal:
        """Remove a session without ending it."""
        self._supervisor.require_writable(peer)
        self._supervisor.remove(session_id, peer)
        return Removal(session_id)

    async def instruct(self, request: InstructionRequest, peer: Peer) -> Outcome:
        """Instruct sessions, and wait for the results if requested."""
        return await self._instructing.instruct(request, peer)

    async def end(self, request: EndRequest, peer: Peer) -> Outcome:
        """Plan the end of sessions; without `dry_run`, run the plan at its rate."""
        return await self._instructing.end(request, peer)

    async def cancel(self, request: LedgerRequest, peer: Peer) -> Outcome:
        """Cancel what was not posted yet, even on a read-only host; the answer has each state."""
        return await self._instructing.cancel(request, peer)

    async def settle(self, request: LedgerRequest) -> Outcome:
        """Wait until instructions are settled."""
        return await self._instructing.settle(request)

    def retry(self, request: RetryRequest, peer: Peer) -> Retried:
        """Retry at once what waits for its next try or was given up; sends nothing to a page."""
        meant = [session.id for session in targets.sessions(request, self._supervisor)]
        return Retried(tuple(self._supervisor.retry(meant, peer)))

    def stop(self, peer: Peer) -> Stopping:
        """Stop the host gracefully."""
        self._stop(f"asked by {peer.name} ({peer.client})")
        return Stopping(stopping=True)

    async def visitors(self, request: VisitorsRequest) -> Visitors:
        """Search the service's visitors; opens nothing."""
        if self._rest is None:
            raise Refused(NO_SERVICE)
        hosted = {one.visitor: one.id for one in self._supervisor.store if one.ended is None}
        found = await self._rest.client.visitors(request.search, request.limit)
        return Visitors(tuple(responses.visitor(one, hosted.get(one.short_id)) for one in found))

    async def history(self, request: HistoryRequest) -> History:
        """The journal's newest entries, newest last."""
        return await journal_answers.history(self._journal, request)

    async def stats(self, request: StatsRequest) -> StatsReport:
        """Statistics from the journal."""
        return await journal_answers.stats(self._journal, request, self._supervisor.store.now())

    def health(self) -> Health:
        """The host's health, with a reason if it is not ok."""
        return self._status.health()

    def metrics(self) -> bytes:
        """The host in numbers, for Prometheus."""
        return self._status.metrics()


def _link(request: AddRequest) -> WatchLink | None:
    if request.watch_url is None:
        return None
    try:
        return addresses.watch_link(request.watch_url.get_secret_value())
    except ValueError as error:
        problem = str(error)
    raise UsageError(f"watch_url: {problem}")
