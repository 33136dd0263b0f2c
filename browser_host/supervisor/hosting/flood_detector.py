"""Which sessions flood, from when to when, and how many of their messages are dropped. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from browser_host.sessions.session import Session

FROM = 500.0
"""Messages per second that were merged or dropped; dragging a colour wheel makes some hundred."""
UNTIL = 100.0
LASTS_S = 3.0
"""Seconds over which the rate is averaged, because a page that loads posts many messages at once."""
RECENT_S = 15.0
"""Seconds that a flood is remembered. If it blocks its browser or process, nothing more is counted, and up
to ten seconds pass before that is noticed."""


@dataclass(frozen=True, slots=True)
class Flood:
    """A session that floods.

    Args:
        per_second: dropped messages, averaged over `LASTS_S`.
    """

    session: Session
    per_second: float

    def __str__(self) -> str:
        return f"session {self.session.id} floods: {self.per_second:,.0f} messages a second were dropped"


@dataclass(frozen=True, slots=True)
class FloodChanges:
    """What changed with an update."""

    began: tuple[Flood, ...] = ()
    ended: tuple[Session, ...] = ()


class FloodDetector:
    """Compares how many messages were dropped between updates."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._before: Mapping[str, int] = {}
        self._seen_at: dict[str, float] = {}
        self.present: Mapping[str, Flood] = {}
        """By the session's id."""

    def look(self, sessions: Iterable[Session], now: float) -> FloodChanges:
        """Read the sessions' counts; more often than every `LASTS_S` nothing changes.

        Args:
            now: seconds of a clock that never goes back.
        """
        passed = now - self._at if self._at is not None else 0.0
        if self._at is not None and passed < LASTS_S:
            return FloodChanges()
        held = list(sessions)
        rates = {
            one.id: (one.dropped - self._before.get(one.id, one.dropped)) / (passed or 1.0) for one in held
        }
        self._at, self._before = now, {one.id: one.dropped for one in held}
        before = self.present
        self.present = {
            one.id: Flood(one, rates[one.id])
            for one in held
            if rates[one.id] >= (UNTIL if one.id in before else FROM)
        }
        self._seen_at |= dict.fromkeys(self.present, now)
        return FloodChanges(
            began=tuple(flood for name, flood in self.present.items() if name not in before),
            ended=tuple(flood.session for name, flood in before.items() if name not in self.present),
        )

    def recent(self, now: float) -> frozenset[str]:
        """The sessions that flood, or did within the last `RECENT_S`.

        Args:
            now: as with `look`.
        """
        self._seen_at = {one: at for one, at in self._seen_at.items() if now - at <= RECENT_S}
        return frozenset(self._seen_at)
