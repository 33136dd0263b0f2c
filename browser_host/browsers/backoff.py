"""How long to wait for the next browser when one falls, and when to give up."""

from collections.abc import Sequence
from dataclasses import dataclass

RESTARTS_S = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 300.0, 600.0, 600.0, 900.0, 900.0)
"""Seconds before each further start: an hour in all, in which a full disk or memory may be mended."""

_STEADY_AFTER_S = 60.0


@dataclass(slots=True)
class Backoff:
    """Before the next browser is started: the longer, the more came to nothing or fell early.

    Args:
        waits: seconds before each further start.
    """

    waits: Sequence[float] = RESTARTS_S
    _failures: int = 0

    @property
    def wait_s(self) -> float | None:
        """Seconds, or None where the next start is given up."""
        return self.waits[self._failures] if self._failures < len(self.waits) else None

    @property
    def failures(self) -> int:
        """Starts in a row that came to nothing, or to a browser that fell early."""
        return self._failures

    def forget(self) -> None:
        """Somebody says that it may be tried again."""
        self._failures = 0

    def fell(self, after_s: float) -> None:
        """A browser is gone, or was never there.

        Args:
            after_s: seconds it ran; long enough, and it fell for a reason of its own.
        """
        self._failures = 0 if after_s > _STEADY_AFTER_S else self._failures + 1
