"""What the host says of itself: the snapshot, its health with a reason, and its metrics."""

import os

from browser_host.api.replies import Health
from browser_host.api.schema import HostView, Snapshot
from browser_host.journal.journal import Journal
from browser_host.sessions.clock import Instant
from browser_host.supervisor.api import metrics
from browser_host.supervisor.automation.alerts import AlertWatch
from browser_host.supervisor.automation.discovery import DiscoveryPoller
from browser_host.supervisor.automation.visitor_poller import VisitorPoller
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.supervisor import Supervisor


class HostStatus:
    """Gathers the state of the host's parts.

    Args:
        simulated: the sessions are the built-in simulator's.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        journal: Journal,
        poller: DiscoveryPoller | None,
        visitors: VisitorPoller | None,
        alert_watch: AlertWatch,
        feed: EventFeed,
        policy: LivePolicy,
        version: str,
        started: Instant,
        simulated: bool,
    ) -> None:
        self._supervisor = supervisor
        self._journal = journal
        self._poller = poller
        self._visitors = visitors
        self._alert_watch = alert_watch
        self._feed = feed
        self._policy = policy
        self._version = version
        self._started = started
        self._simulated = simulated

    def snapshot(self) -> Snapshot:
        """The whole state as of the newest event."""
        rules = self._policy.now
        host = HostView(
            version=self._version,
            pid=os.getpid(),
            started_at=self._started.told(),
            read_only=rules.read_only,
            browsers=self._supervisor.browsers(),
            undo_s=rules.undo_s,
            confirm_within_s=rules.confirm_within_s,
            raw_instructions=rules.raw_instructions,
            simulated=self._simulated,
            journal=self._journal.standing.reason or None,
            configuration=self._policy.refusal or None,
            given_up=self._supervisor.given_up,
            discovery=self._poller.state if self._poller else None,
            automatic=tuple(sorted(rules.automatic)),
            stale=rules.stale,
            visitors=self._visitors.trouble if self._visitors else None,
            alerts=self._alert_watch.views(),
        )
        return Snapshot(self._feed.seq, host, self._supervisor.store.views())

    def health(self) -> Health:
        """The host's health, with a reason if it is not ok."""
        hosting = metrics.trouble(self._supervisor.browsers(), self._supervisor.store)
        floods = (str(flood) for flood in self._supervisor.flood_detector.present.values())
        troubles = (
            self._supervisor.given_up,
            hosting,
            *floods,
            self._journal.standing.reason,
            self._policy.refusal,
            self._alert_watch.outboxes.trouble(),
        )
        reason = "; ".join(filter(None, troubles)) or None
        return Health(
            status="degraded" if reason else "ok",
            reason=reason,
            sessions=len(self._supervisor.store),
            seq=self._feed.seq,
        )

    def metrics(self) -> bytes:
        """The host in numbers, for Prometheus."""
        return metrics.exposition(
            metrics.Figures(
                browsers=self._supervisor.browsers(),
                sessions=tuple(self._supervisor.store),
                counters=self._supervisor.counters,
                published=self._feed.published,
                started=self._started.wall,
                alerts=self._alert_watch.views(),
                deliveries=self._alert_watch.outboxes.counts,
            )
        )
