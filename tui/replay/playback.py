"""Where a replay stands in its recording, and how fast it goes; pure."""

import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from browser_host.sessions.durations import parse_duration

SPEEDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 120.0, 240.0)
"""Seconds of the recording a second, for the keys; 0 holds it."""


JUMPS_S = (1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0)
JUMPS = 50
"""A jump is the shortest of `JUMPS_S` that crosses the recording in at most so many."""


_LOCAL_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def moment_of(text: str, start: float, end: float) -> float:
    """The moment of a recording that a text names, in epoch seconds.

    Args:
        text: a local time of the first day on which the recording has it, an ISO 8601 time (local unless it
            has an offset), or a duration from the start.
        start: of the recording, epoch seconds.
        end: of the recording, epoch seconds.

    Raises:
        ValueError: it names none, or one outside the recording.
    """
    if clock := _LOCAL_TIME.fullmatch(text):
        hour, minute, second = (int(part or 0) for part in clock.groups())
        day = datetime.fromtimestamp(start).astimezone()
        found = day.replace(hour=hour, minute=minute, second=second, microsecond=0).timestamp()
        if found < math.floor(start):
            found = (datetime.fromtimestamp(found).astimezone() + timedelta(days=1)).timestamp()
    else:
        found = _elsewhen(text, start)
    if not math.floor(start) <= found <= math.ceil(end):
        began, ended = (
            datetime.fromtimestamp(at).astimezone().isoformat(" ", "seconds") for at in (start, end)
        )
        raise ValueError(f"{text[:40]} is outside the recording, which is from {began} to {ended}")
    return min(end, max(start, found))


def _elsewhen(text: str, start: float) -> float:
    try:
        return start + parse_duration(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(
            f"{text[:40]!r} is not a time; use 14:05:00, 2026-12-01T14:05 or 10m (after the start)"
        ) from None


@dataclass(frozen=True, slots=True)
class Playback:
    """A position in a recording.

    Args:
        start: of the recording, epoch seconds.
        end: of the recording, epoch seconds.
        at: the position, epoch seconds, at the moment `since`.
        since: seconds of a steady clock.
        speed: seconds of the recording a second.
    """

    start: float
    end: float
    at: float
    since: float
    speed: float

    def position(self, now: float) -> float:
        """The position in epoch seconds; it stops at the end.

        Args:
            now: seconds of the steady clock.
        """
        return min(self.end, max(self.start, self.at + (now - self.since) * self.speed))

    @property
    def jump_s(self) -> float:
        """Seconds that a key jumps."""
        length = self.end - self.start
        return next((jump for jump in JUMPS_S if jump * JUMPS >= length), length / JUMPS)

    def jumped(self, jumps: int, now: float) -> "Playback":
        """The playback some jumps later, or earlier where negative."""
        at = self.position(now) + jumps * self.jump_s
        return replace(self, at=min(self.end, max(self.start, at)), since=now)

    def faster(self, now: float) -> "Playback":
        """The playback at the next higher speed."""
        above = SPEEDS[bisect_right(SPEEDS, self.speed) :]
        return self._at_speed(above[0] if above else self.speed, now)

    def slower(self, now: float) -> "Playback":
        """The playback at the next lower speed; the lowest holds it."""
        below = SPEEDS[: bisect_left(SPEEDS, self.speed)]
        return self._at_speed(below[-1] if below else self.speed, now)

    def _at_speed(self, speed: float, now: float) -> "Playback":
        return replace(self, at=self.position(now), since=now, speed=speed)
