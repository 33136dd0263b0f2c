"""Evaluates messages of `clock` pages: their delay, and whether any status was lost. Pure."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import quantile

_WRAP = 1 << 24
_LATEST_MS = 60_000
"""A colour that seems older is not a time: the first one of a page comes from its palette."""
_HEX = re.compile(r"#([0-9a-f]{6})", re.IGNORECASE)


def age_ms(color: str, now_ms: float) -> float | None:
    """Return the age of a colour that encodes the time, in milliseconds; None for any other colour.

    Args:
        now_ms: milliseconds since the epoch.
    """
    match = _HEX.fullmatch(color)
    if match is None:
        return None
    age = (now_ms - int(match[1], 16)) % _WRAP
    if age > _WRAP - 1000:
        return 0.0  # the page's clock counts whole milliseconds, and may be read slightly later
    return age if age < _LATEST_MS else None


@dataclass(slots=True)
class MessageCounts:
    """The messages that arrived since the start of a measurement.

    Args:
        lost: statuses that a page posted, and that did not arrive.
        merged: messages that arrived only as a count.
    """

    colors: int = 0
    statuses: int = 0
    customs: int = 0
    checks: int = 0
    lost: int = 0
    merged: int = 0
    ages_ms: list[float] = field(default_factory=list)
    _heard: Counter[str] = field(default_factory=Counter)
    _first: dict[str, int] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Restart the counts, but keep the number of statuses from each page."""
        self.colors = self.statuses = self.customs = self.checks = self.merged = 0
        self.ages_ms.clear()
        self._first.clear()
        self._last.clear()

    def heard(self, page: str, message: Mapping[str, Any], now_ms: float) -> None:
        """Count a message that arrived.

        Args:
            page: the page that posted it.
            now_ms: milliseconds since the epoch.
        """
        match message.get("type"):
            case "currentColor":
                self.colors += 1
                age = age_ms(message["color"], now_ms)
                if age is not None:
                    self.ages_ms.append(age)
            case "sessionStatusUpdate":
                self.statuses += 1
                self._heard[page] += 1
            case "customMessage" if "words" in message["message"]:
                self.customs += 1
                self._check(page, message["message"]["words"])

    def _check(self, page: str, posted: Mapping[str, int]) -> None:
        """Compare the counts in a page's message with what arrived."""
        self.checks += 1
        self._first.setdefault(page, sum(posted.values()))
        self._last[page] = sum(posted.values())
        statuses = posted["sessionStatusUpdate"]
        if self._heard[page] < statuses:
            self.lost += statuses - self._heard[page]
            self._heard[page] = statuses

    def told(self, seconds: float) -> dict[str, float]:
        """Return the counts as rates, and the delays.

        Args:
            seconds: length of the measurement.
        """
        came = self.colors + self.statuses + self.customs
        offered = sum(last - self._first[page] for page, last in self._last.items())
        return {
            "offered_per_s": offered / seconds,
            "came_per_s": came / seconds,
            "carried_per_s": (came + self.merged) / seconds,
            "checks": self.checks,
            "lost": self.lost,
            "p50_ms": quantile(self.ages_ms, 0.5),
            "p99_ms": quantile(self.ages_ms, 0.99),
        }
