"""A moment on both clocks: the wall's for people, the steady one for every duration and deadline."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
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

    def seconds_since(self, earlier: "Instant") -> float:
        """Seconds of the steady clock from `earlier` to this moment, never negative."""
        return max(0.0, self.mono - earlier.mono)


Clock: TypeAlias = Callable[[], Instant]


def iso(wall: float) -> str:
    """Seconds since the epoch as ISO 8601, UTC, with milliseconds."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def system_clock() -> Instant:
    """The machine's clocks, for whoever wires the rooms together; the rest takes a `Clock`."""
    return Instant(mono=time.monotonic(), wall=time.time())
