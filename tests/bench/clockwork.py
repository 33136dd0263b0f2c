"""Reading what `clock` pages say: how long each word took, and whether every status came. Pure."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import quantile

_WRAP = 1 << 24
_LATEST_MS = 60_000
"""What seems older is no time: a page's first colour is one of its palette."""
_HEX = re.compile(r"#([0-9a-f]{6})", re.IGNORECASE)


def age_ms(color: str, now_ms: float) -> float | None:
    """How long ago a colour was the time, in milliseconds; None where it is none.

    Args:
        now_ms: milliseconds since the epoch.
    """
    match = _HEX.fullmatch(color)
    if match is None:
        return None
    age = (now_ms - int(match[1], 16)) % _WRAP
    if age > _WRAP - 1000:
        return 0.0  # the page's clock has whole milliseconds, and may be read a little later
    return age if age < _LATEST_MS else None


@dataclass(slots=True)
class Tally:
    """What came of the pages' words since the counting began.

    Args:
        lost: statuses that a page says it said, and that did not come.
        merged: words that did not come one by one, and were counted instead.
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
        """Counts anew; how many statuses each page said stays known."""
        self.colors = self.statuses = self.customs = self.checks = self.merged = 0
        self.ages_ms.clear()
        self._first.clear()
        self._last.clear()

    def heard(self, page: str, message: Mapping[str, Any], now_ms: float) -> None:
        """A page's message arrived.

        Args:
            page: whose it is.
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

    def _check(self, page: str, words: Mapping[str, int]) -> None:
        """Compares what a page says it has said with what came of it."""
        self.checks += 1
        self._first.setdefault(page, sum(words.values()))
        self._last[page] = sum(words.values())
        statuses = words["sessionStatusUpdate"]
        if self._heard[page] < statuses:
            self.lost += statuses - self._heard[page]
            self._heard[page] = statuses

    def told(self, seconds: float) -> dict[str, float]:
        """The counts as rates, and how old the words were when they came.

        Args:
            seconds: that were counted.
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
