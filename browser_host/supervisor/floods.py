"""Which sessions flood: told when it begins and when it ends, with how much came to nothing. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from browser_host.sessions.session import Session

FROM = 500.0
"""Messages a second that were merged or thrown away: dragging a colour wheel makes some hundred."""
UNTIL = 100.0
LASTS_S = 3.0
"""So long on the average: a page that loads says much at once."""


@dataclass(frozen=True, slots=True)
class Flood:
    """A session that floods.

    Args:
        per_second: messages that came to nothing, over the last seconds.
    """

    session: Session
    per_second: float

    def __str__(self) -> str:
        return f"session {self.session.id} floods: {self.per_second:,.0f} messages a second came to nothing"


@dataclass(frozen=True, slots=True)
class Turn:
    """What changed with a look."""

    began: tuple[Flood, ...] = ()
    ended: tuple[Session, ...] = ()


class Floods:
    """Compares what came to nothing between looks."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._before: Mapping[str, int] = {}
        self.present: Mapping[str, Flood] = {}
        """By the session's id."""

    def look(self, sessions: Iterable[Session], now: float) -> Turn:
        """Looks at the sessions' counts; oftener than every `LASTS_S` it sees nothing new.

        Args:
            now: seconds of a clock that never goes back.
        """
        passed = now - self._at if self._at is not None else 0.0
        if self._at is not None and passed < LASTS_S:
            return Turn()
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
        return Turn(
            began=tuple(flood for name, flood in self.present.items() if name not in before),
            ended=tuple(flood.session for name, flood in before.items() if name not in self.present),
        )
