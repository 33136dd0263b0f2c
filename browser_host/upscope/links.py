"""How many links a visitor may cost: pure, so that one who is broken can't use up a plan.

A link that the page refused, or that went with its page's crash, is replaced; each further one comes later
than the one before it, and within an hour there is an end to it.
"""

from dataclasses import dataclass
from enum import StrEnum

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class LinkRules:
    """The ceilings.

    Args:
        an_hour: links asked for in any hour, whoever they are for; None sets no limit.
        each: links asked for in any hour for one visitor.
        first_wait_s: seconds between the first link and the second; each further wait is twice as long.
        longest_wait_s: seconds of the longest such wait.
    """

    an_hour: int | None = None
    each: int = 6
    first_wait_s: float = 5.0
    longest_wait_s: float = 900.0


@dataclass(frozen=True, slots=True)
class LinkBook:
    """Which links were asked for within the last hour, oldest first; those that may be lost count too.

    Args:
        asked: visitor's short id and when, in seconds that only ever grow.
    """

    asked: tuple[tuple[str, float], ...] = ()

    def noted(self, visitor: str, now: float) -> "LinkBook":
        """The book with one more link; to be kept before the service is asked."""
        return LinkBook((*((one, at) for one, at in self.asked if at > now - HOUR_S), (visitor, now)))

    def times(self, now: float, visitor: str | None = None) -> list[float]:
        """When links were asked for within the hour, for one visitor or for all."""
        return [at for one, at in self.asked if at > now - HOUR_S and visitor in (None, one)]


class Ceiling(StrEnum):
    """What a link waits for."""

    NOTHING = "nothing"
    BACKOFF = "backoff"
    """The visitor's last link is too recent."""

    VISITOR = "visitor"
    """The visitor has cost all that one may within an hour."""

    HOUR = "hour"
    """All visitors together have."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a link may be asked for, on the clock of the book; `NOTHING` means now."""

    at: float
    ceiling: Ceiling

    @property
    def now(self) -> bool:
        """Whether it may be asked for at once."""
        return self.ceiling is Ceiling.NOTHING


def due(book: LinkBook, visitor: str, rules: LinkRules, now: float) -> Due:
    """When a visitor may be given another link, and what it waits for until then."""
    own, all_ = book.times(now, visitor), book.times(now)
    waits = [Due(now, Ceiling.NOTHING)]
    if own:
        wait_s = min(rules.longest_wait_s, rules.first_wait_s * 2 ** (len(own) - 1))
        waits.append(Due(own[-1] + wait_s, Ceiling.BACKOFF))
    if len(own) >= rules.each:
        waits.append(Due(own[-rules.each] + HOUR_S, Ceiling.VISITOR))
    if rules.an_hour is not None and len(all_) >= rules.an_hour:
        waits.append(Due(all_[-rules.an_hour] + HOUR_S, Ceiling.HOUR))
    latest = max(waits, key=lambda wait: wait.at)
    return latest if latest.at > now else waits[0]
