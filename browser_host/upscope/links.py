"""Limit the links for each visitor, so that a session that keeps failing can't use up the plan. Pure.

A link that was refused, or lost in a crash of its page, is replaced: each further one after a longer wait,
and at most so many per hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class LinkRules:
    """The ceilings.

    Args:
        an_hour: most links requested within any hour in all; None sets no limit.
        each: most links requested within any hour for one visitor.
        first_wait_s: seconds between the first link and the second; each further wait is twice as long.
        longest_wait_s: most seconds of such a wait.
    """

    an_hour: int | None = None
    each: int = 6
    first_wait_s: float = 5.0
    longest_wait_s: float = 900.0


@dataclass(frozen=True, slots=True)
class LinkBook:
    """The links requested within the last hour, oldest first, including those that may be lost.

    Args:
        asked: the visitor's short id and when, in monotonic seconds.
    """

    asked: tuple[tuple[str, float], ...] = ()

    def noted(self, visitor: str, now: float) -> "LinkBook":
        """The book with one more link; store it before sending the request."""
        return LinkBook((*((one, at) for one, at in self.asked if now < at + HOUR_S), (visitor, now)))

    def times(self, now: float, visitor: str | None = None) -> list[float]:
        """When links were requested within the hour, for one visitor or for all."""
        return [at for one, at in self.asked if now < at + HOUR_S and visitor in (None, one)]


class Ceiling(StrEnum):
    """Why a link must wait."""

    NOTHING = "nothing"
    BACKOFF = "backoff"
    """The visitor's last link is too recent."""

    VISITOR = "visitor"
    """The visitor has had all links allowed within an hour."""

    HOUR = "hour"
    """All visitors together have had all links allowed within an hour."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a link may be requested, on the book's clock; `NOTHING` means now."""

    at: float
    ceiling: Ceiling

    @property
    def now(self) -> bool:
        """Whether it may be requested at once."""
        return self.ceiling is Ceiling.NOTHING


def due(book: LinkBook, visitor: str, rules: LinkRules, now: float) -> Due:
    """The earliest time for a visitor's next link, and the reason to wait until then.

    Exact to the last bit: sums are computed in the same order as in `LinkBook`.
    """
    own, all_ = book.times(now, visitor), book.times(now)
    waits = [Due(now, Ceiling.NOTHING)]
    if len(own) >= rules.each:
        waits.append(Due(own[-rules.each] + HOUR_S, Ceiling.VISITOR))
    if rules.an_hour is not None and len(all_) >= rules.an_hour:
        waits.append(Due(all_[-rules.an_hour] + HOUR_S, Ceiling.HOUR))
    first = max(waits, key=lambda wait: wait.at)
    # A link that becomes an hour old meanwhile shortens the wait after the last one, so each such time
    # counts.
    moments = [at + HOUR_S for at in own] + [own[-1] + _wait_s(rules, n) for n in range(1, len(own) + 1)]
    later = (at for at in sorted(moments) if at > first.at and _has_waited(own, rules, at))
    return first if _has_waited(own, rules, first.at) else Due(next(later), Ceiling.BACKOFF)


def _has_waited(own: Sequence[float], rules: LinkRules, at: float) -> bool:
    counted = sum(at < one + HOUR_S for one in own)
    return counted == 0 or at >= own[-1] + _wait_s(rules, counted)


def _wait_s(rules: LinkRules, links: int) -> float:
    """Seconds to wait after the last of so many links within the hour."""
    return min(rules.longest_wait_s, rules.first_wait_s * 2.0 ** (links - 1))
