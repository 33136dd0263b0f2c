"""An instant on two clocks: wall time for people, monotonic time for durations and deadlines."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """When something happened.

    Durations use `mono` only, so that a jump of the clock or a suspended machine (during which
    CLOCK_MONOTONIC stops) does not age sessions that nobody observed.

    Args:
        mono: seconds of the monotonic clock.
        wall: seconds since the epoch, UTC.
    """

    mono: float
    wall: float

    def iso(self) -> str:
        """ISO 8601, UTC, with milliseconds."""
        return iso(self.wall)

    def told(self) -> float:
        """Seconds since the epoch to the millisecond, as in the JSON."""
        return round(self.wall * 1000) / 1000

    def seconds_since(self, earlier: "Instant") -> float:
        """Seconds of the monotonic clock from `earlier` to this instant, never negative."""
        return max(0.0, self.mono - earlier.mono)

    def before(self, now: "Instant") -> float:
        """Epoch seconds, computed from `now` by the monotonic clock, because wall time may jump."""
        return now.wall - now.seconds_since(self)


Clock: TypeAlias = Callable[[], Instant]


def iso(wall: float) -> str:
    """Seconds since the epoch as ISO 8601, UTC, rounded to milliseconds."""
    second, millis = divmod(round(wall * 1000), 1000)
    return f"{_second(second)}.{millis:03d}Z"


def from_iso(text: str) -> float:
    """ISO 8601 as seconds since the epoch.

    Raises:
        ValueError: the text is not an ISO 8601 time.
    """
    return datetime.fromisoformat(text).timestamp()


@lru_cache(maxsize=256)
def _second(second: int) -> str:
    # Cached because thousands of events share a second, and this is most of the cost of publishing one.
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def system_clock() -> Instant:
    """The machine's clocks, for the wiring; everything else takes a `Clock`."""
    return Instant(mono=time.monotonic(), wall=time.time())
