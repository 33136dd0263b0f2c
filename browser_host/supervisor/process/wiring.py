"""Create and connect the parts of a host, without starting them."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from browser_host import __version__
from browser_host.api.schema import RESYNC
from browser_host.browsers.log import Log
from browser_host.browsers.pool import Pool
from browser_host.browsers.process.pidfile import BrowserRecord, beside
from browser_host.config.models import Settings
from browser_host.config.options import HostOptions
from browser_host.journal.journal import Journal
from browser_host.journal.status import Standing
from browser_host.notify.outbox import Outboxes
from browser_host.sessions.clock import system_clock
from browser_host.supervisor.api.handlers import HostService
from browser_host.supervisor.api.metrics import status_line
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.audit.records import place_of
from browser_host.supervisor.automation.alerts import AlertWatch
from browser_host.supervisor.automation.auto_end import AutoEnd
from browser_host.supervisor.automation.discovery import DiscoveryPoller
from browser_host.supervisor.automation.visitor_poller import VisitorPoller
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.process.from_settings import (
    policy_of,
    poller_of,
    pool_settings,
    rest_of,
    visitor_poller_of,
)
from browser_host.supervisor.process.sd_notify import Notifier
from browser_host.supervisor.session_ids import SessionIds
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.upscope_worker import UpscopeWorker

MICROSECONDS = 1_000_000
"""A host's first event number is its start in microseconds: more than any earlier host can have used."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A host's parts; the caller starts and closes them.

    Args:
        rest: None without a key.
        poller: None if discovery is off.
        visitors: None if the service is not asked about hosted visitors.
        resync: makes every client take a new snapshot.
    """

    feed: EventFeed
    resync: Callable[[], None]
    policy: LivePolicy
    pool: Pool
    journal: Journal
    recorder: AuditRecorder
    supervisor: Supervisor
    service: HostService
    auto_end: AutoEnd
    alert_watch: AlertWatch
    rest: UpscopeWorker | None
    poller: DiscoveryPoller | None
    visitors: VisitorPoller | None


def assembled(
    settings: Settings,
    options: HostOptions,
    executable: Path | None,
    key: bytes,
    *,
    log: Log,
    notifier: Notifier,
    stop: Callable[[str], None],
) -> Parts:
    """Create the parts of a host, on the event loop that they will run on.

    Args:
        executable: of the browser that was found, or None if none is started on this machine.
        key: the host's secret for ids.
        notifier: called after each check of the sessions.
        stop: asks the host's process to stop gracefully; returns at once.

    Raises:
        UsageError: the REST service's key, authority or proxy can't be used, or a key is needed.
    """
    feed = EventFeed(first=round(system_clock().wall * MICROSECONDS))

    def resync() -> None:
        """Make clients take a new snapshot, because what the header shows has changed."""
        feed.publish(RESYNC, None, system_clock(), {})

    def changed(standing: Standing) -> None:
        log.warning("journal.standing", state=standing.state.value, reason=standing.reason)
        resync()

    def judged() -> None:
        notifier.beat(lambda: status_line(service.health()))

    policy = LivePolicy(policy_of(settings))
    simulated = options.simulate is not None
    pool = Pool(
        pool_settings(settings, executable, simulated=simulated),
        lambda report: supervisor.receive(report),  # noqa: PLW0108 - made below: the two know each other
        log,
        BrowserRecord(beside(settings.host.socket), log),
    )
    journal = Journal(settings.journal.path, settings.journal.keep, changed=changed)
    recorder = AuditRecorder(journal, system_clock, place_of(settings.host.socket))
    rest = rest_of(settings, log)
    supervisor: Supervisor = Supervisor(
        pool,
        policy,
        SessionIds(key),
        feed=feed,
        clock=system_clock,
        log=log,
        recorder=recorder,
        rest=rest,
        judged=judged,
    )
    poller = poller_of(settings, supervisor, rest, log, changed=resync)
    visitors = visitor_poller_of(settings, supervisor, rest, policy, log, simulated=simulated, changed=resync)
    alert_watch = AlertWatch(
        policy,
        supervisor.store,
        feed,
        recorder,
        Outboxes(log),
        host_name=socket.gethostname(),
        clock=system_clock,
        log=log,
    )
    service = HostService(
        supervisor,
        journal=journal,
        rest=rest,
        poller=poller,
        visitors=visitors,
        alert_watch=alert_watch,
        feed=feed,
        policy=policy,
        version=__version__,
        started=system_clock(),
        simulated=simulated,
        stop=stop,
    )
    auto_end = AutoEnd(policy, supervisor.store, supervisor.instructions, system_clock, log)
    return Parts(
        feed=feed,
        resync=resync,
        policy=policy,
        pool=pool,
        journal=journal,
        recorder=recorder,
        supervisor=supervisor,
        service=service,
        auto_end=auto_end,
        alert_watch=alert_watch,
        rest=rest,
        poller=poller,
        visitors=visitors,
    )
