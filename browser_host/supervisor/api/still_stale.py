"""The condition of an end of stale sessions."""

from dataclasses import dataclass

from browser_host.sessions.end_plan import NOT_STALE
from browser_host.supervisor.session_store import SessionStore


@dataclass(frozen=True, slots=True)
class StillStale:
    """A session is stale, by any rule, until its end is posted."""

    store: SessionStore
    session_id: str

    def objection(self) -> str | None:
        """That it is no longer stale, or None while it is."""
        session = self.store.get(self.session_id)
        return None if session is not None and self.store.staleness(session) is not None else NOT_STALE

    def withdrawn(self) -> None:
        """Nothing counts these ends."""
