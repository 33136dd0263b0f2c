"""What a host is made of, wired together; nothing of it runs yet."""

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from browser_host.api.schema import RESYNC
from browser_host.browsers.log import Log
from browser_host.browsers.pool import Pool
from browser_host.browsers.record import BrowserRecord, beside
from browser_host.config.models import Settings
from browser_host.config.options import HostOptions
from browser_host.journal.journal import Journal
from browser_host.journal.standing import Standing
from browser_host.sessions.instant import system_clock
from browser_host.supervisor.feed import Feed
from browser_host.supervisor.identity import Identities
from browser_host.supervisor.metrics import status_line
from browser_host.supervisor.notify import Notifier
from browser_host.supervisor.rest import Rest
from browser_host.supervisor.rules import RulesInForce
from browser_host.supervisor.scout import Scout
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.service import HostService
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.traces import place_of
from browser_host.supervisor.translation import pool_settings, rest_of, rules_of, scout_of
from browser_host.supervisor.warden import Warden


@dataclass(frozen=True, slots=True)
class Parts:
    """A host's parts; whoever has them made starts and closes them.

    Args:
        rest: None where no key is set up.
        scout: None where discovery is off.
        resync: tells every client to take a new snapshot.
    """

    feed: Feed
    resync: Callable[[], None]
    rules: RulesInForce
    pool: Pool
    journal: Journal
    scribe: Scribe
    supervisor: Supervisor
    service: HostService
    warden: Warden
    rest: Rest | None
    scout: Scout | None


def assembled(
    settings: Settings,
    options: HostOptions,
    executable: Path,
    key: bytes,
    *,
    log: Log,
    notifier: Notifier,
    stop: Callable[[str], None],
) -> Parts:
    """The parts of a host, on the event loop that they will live on.

    Args:
        executable: of the browser that was found.
        key: the host's secret for ids.
        notifier: told of each judgement.
        stop: asks the host's process to end in order; returns at once.

    Raises:
        UsageError: the REST service's key, authority or proxy can't be used, or a key is needed.
    """
    feed = Feed()

    def resync() -> None:
        """What the header shows changed: clients learn it from a new snapshot."""
        feed.publish(RESYNC, None, system_clock(), {})

    def changed(standing: Standing) -> None:
        log.warning("journal.standing", state=standing.state.value, reason=standing.reason)
        resync()

    def judged() -> None:
        notifier.beat(lambda: status_line(service.health()))

    rules = RulesInForce(rules_of(settings))
    simulated = options.simulate is not None
    pool = Pool(
        pool_settings(settings, executable, simulated=simulated),
        lambda report: supervisor.receive(report),  # noqa: PLW0108 - made below: the two know each other
        log,
        BrowserRecord(beside(settings.host.socket), log),
    )
    journal = Journal(settings.journal.path, settings.journal.keep, changed=changed)
    scribe = Scribe(journal, system_clock, place_of(settings.host.socket))
    rest = rest_of(settings, log)
    supervisor: Supervisor = Supervisor(
        pool,
        rules,
        Identities(key),
        feed=feed,
        clock=system_clock,
        log=log,
        scribe=scribe,
        rest=rest,
        judged=judged,
    )
    scout = scout_of(settings, supervisor, rest, log, changed=resync)
    service = HostService(
        supervisor,
        pool,
        scribe=scribe,
        journal=journal,
        rest=rest,
        scout=scout,
        feed=feed,
        rules=rules,
        version=importlib.metadata.version("watchdeck"),
        started=system_clock(),
        simulated=simulated,
        stop=stop,
    )
    warden = Warden(rules, supervisor.fleet, supervisor.dispatch, scribe, system_clock, log)
    return Parts(feed, resync, rules, pool, journal, scribe, supervisor, service, warden, rest, scout)
