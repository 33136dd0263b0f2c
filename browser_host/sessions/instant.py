"""A moment on both clocks: the wall's for people, the steady one for every duration and deadline."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """When something happened.

    Durations are told by `mono` alone, so that a jump of the clock or a suspended machine (during which
    CLOCK_MONOTONIC stands still) makes nothing old that was not watched growing old.

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
        """Seconds since the epoch to the millisecond, which is what the JSON says."""
        return round(self.wall * 1000) / 1000

    def seconds_since(self, earlier: "Instant") -> float:
        """Seconds of the steady clock from `earlier` to this moment, never negative."""
        return max(0.0, self.mono - earlier.mono)

    def before(self, now: "Instant") -> float:
        """Epoch seconds, reckoned back from `now` by the steady clock: the wall's may have jumped."""
        return now.wall - now.seconds_since(self)


Clock: TypeAlias = Callable[[], Instant]


def iso(wall: float) -> str:
    """Seconds since the epoch as ISO 8601, UTC, rounded to milliseconds."""
    second, millis = divmod(round(wall * 1000), 1000)
    return f"{_second(second)}.{millis:03d}Z"


def from_iso(text: str) -> float:
    """ISO 8601 as seconds since the epoch.

    Raises:
        ValueError: the text is no ISO 8601 moment.
    """
    return datetime.fromisoformat(text).timestamp()


@lru_cache(maxsize=256)
def _second(second: int) -> str:
    # Remembered because thousands of events share a second, and this is most of what telling one costs.
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def system_clock() -> Instant:
    """The machine's clocks, for whoever wires the rooms together; the rest takes a `Clock`."""
    return Instant(mono=time.monotonic(), wall=time.time())
