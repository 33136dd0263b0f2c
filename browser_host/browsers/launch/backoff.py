"""How long to wait before the next start after a browser failed, and when to give up."""

from collections.abc import Sequence
from dataclasses import dataclass

RESTARTS_S = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 300.0, 600.0, 600.0, 900.0, 900.0)
"""Seconds before each further start: an hour in all, in which a full disk or memory may be freed."""

_STEADY_AFTER_S = 60.0


@dataclass(slots=True)
class Backoff:
    """The delay before the next start, which increases with each failed start or early loss.

    Args:
        waits: seconds before each further start.
    """

    waits: Sequence[float] = RESTARTS_S
    _failures: int = 0

    @property
    def wait_s(self) -> float | None:
        """Seconds before the next start; None if it is given up."""
        return self.waits[self._failures] if self._failures < len(self.waits) else None

    @property
    def failures(self) -> int:
        """Consecutive starts that failed, or whose browser was lost early."""
        return self._failures

    def forget(self) -> None:
        """Forget the failures, so that starts are allowed again."""
        self._failures = 0

    def failed(self, after_s: float) -> None:
        """Note that a start failed or a browser was lost.

        Args:
            after_s: seconds that the browser ran; after a long run the loss counts as unrelated to the start.
        """
        self._failures = 0 if after_s > _STEADY_AFTER_S else self._failures + 1
