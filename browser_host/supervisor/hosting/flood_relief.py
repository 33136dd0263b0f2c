"""React to floods: log each, and isolate the session where it keeps its neighbours from answering."""

from browser_host.browsers.log import Log
from browser_host.sessions.clock import Clock
from browser_host.supervisor.hosting.flood_detector import FloodDetector
from browser_host.supervisor.hosting.lifecycle import SessionLifecycle
from browser_host.supervisor.session_store import SessionStore


class FloodRelief:
    """Logs floods, and isolates sessions whose flood keeps their shared process from answering."""

    def __init__(
        self,
        detector: FloodDetector,
        store: SessionStore,
        lifecycle: SessionLifecycle,
        clock: Clock,
        log: Log,
    ) -> None:
        self._detector = detector
        self._store = store
        self._lifecycle = lifecycle
        self._clock = clock
        self._log = log

    def flooding(self) -> frozenset[str]:
        """The sessions that flood, or did so recently."""
        return self._detector.recent(self._clock().mono)

    def relieve(self) -> None:
        """Isolate the flooding sessions of processes that don't answer."""
        self._lifecycle.relieve(self.flooding())

    def look(self) -> None:
        """Find floods that began or ended, and relieve their neighbours."""
        found = self._detector.look(self._store, self._clock().mono)
        for flood in found.began:
            facts = {"id": flood.session.id, "label": flood.session.label, "process": flood.session.process}
            self._log.warning("session.floods", **facts, per_second=round(flood.per_second))
        for session in found.ended:
            self._log.info("session.flood_over", id=session.id, dropped=session.dropped)
        self.relieve()
