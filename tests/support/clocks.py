"""Clocks that a test sets: a host's wall clock while it runs, and the clock of a supervisor in process."""

import struct
from collections.abc import Mapping
from pathlib import Path

from browser_host.sessions.clock import Instant, system_clock

PATCH = Path(__file__).with_name("wall_clock")


class WallClock:
    """The wall clock of the processes that run with `environment`; right at first.

    Args:
        file: holds the offset in seconds; processes map it, so it must not be replaced while they run.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        file.write_bytes(struct.pack("<d", 0.0))

    @property
    def environment(self) -> Mapping[str, str]:
        return {"PYTHONPATH": str(PATCH), "WALL_CLOCK_OFF_BY": str(self._file)}

    def put(self, seconds: float) -> None:
        """Set the clock `seconds` ahead of the true time."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("<d", seconds))


class SettableClock:
    """The machine's clocks, ahead by as much as a test forwarded it."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def __call__(self) -> Instant:
        now = system_clock()
        return Instant(now.mono + self._ahead_s, now.wall + self._ahead_s)

    def forward(self, seconds: float) -> None:
        self._ahead_s += seconds
