"""A browser with its pages, and how long to wait for the next browser when one falls."""

from dataclasses import dataclass, field

from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import BrowserDescription
from browser_host.browsers.page import HostPage

_WAITS_S = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_AFTER_S = 60.0


@dataclass(slots=True, eq=False)
class Shelf:
    """A browser and its pages by their numbers."""

    engine: Engine
    pages: dict[int, HostPage] = field(default_factory=dict)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Everyone who sits in one of its pages."""
        return tuple(session for page in self.pages.values() for session in page.sessions)

    def describe(self) -> BrowserDescription:
        """The browser as it is now."""
        engine = self.engine
        return BrowserDescription(
            number=engine.number,
            name=engine.name,
            version=engine.version,
            state="running",
            pages=len(self.pages),
            sessions=len(self.sessions),
            busiest=round(max((page.busy for page in self.pages.values()), default=0.0), 3),
            sandbox=engine.sandbox,
        )


@dataclass(slots=True)
class Backoff:
    """Before the next browser is started: the longer, the more came to nothing or fell early."""

    _failures: int = 0

    @property
    def wait_s(self) -> float:
        """Seconds."""
        return _WAITS_S[min(self._failures, len(_WAITS_S) - 1)]

    def fell(self, after_s: float) -> None:
        """A browser is gone, or was never there.

        Args:
            after_s: seconds it ran; long enough, and it fell for a reason of its own.
        """
        self._failures = 0 if after_s > _STEADY_AFTER_S else self._failures + 1
