"""Looks at hosted visitors through the service, with as few and as small requests as will do."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from browser_host.errors import UsageError
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import (
    AccountRefused,
    AnswerUnreadable,
    MayPass,
    PlanLimit,
    RequestRefused,
    ServiceError,
    UnknownVisitor,
    Unreachable,
)
from browser_host.upscope.visitor import Visitor

FEW = 4
"""Visitors who are asked about one by one: the vendor calls that considerably faster than a list."""

MOST_LISTED = 500
"""Visitors in the one list of a look."""

MOST_SINGLE = 32
"""Visitors missing from the list who are asked about one by one at a look; the others wait for the next."""

WITHIN_S = 25.0
"""Seconds for a whole look: one request with all its repetitions, and those that go well."""

LONGEST_BACKOFF_S = 300.0
REFUSED_S = 900.0
"""Seconds between looks at most while the service fails, and where somebody has to act first."""

_MOST_DOUBLINGS = 3


@dataclass(frozen=True, slots=True)
class VisitorLook:
    """What a look found.

    Args:
        seen: visitors by the short ids that were asked about.
        unseen: short ids of whom the service said nothing though it was asked, because it failed or
            because it does not know them; a visitor who is only missing from a list is not among them.
        trouble: why the look failed, or None.
    """

    seen: Mapping[str, Visitor] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()
    trouble: ServiceError | None = None


async def look(client: UpscopeClient, wanted: Sequence[str], within_s: float = WITHIN_S) -> VisitorLook:
    """Look at visitors; one request after the other, so that others find a connection.

    Args:
        wanted: short ids; where there are too many, the first are asked about.
        within_s: seconds for all of it.
    """
    return await _bounded(_Looking(client, tuple(wanted)), MOST_SINGLE, within_s)


async def look_once(client: UpscopeClient, wanted: Sequence[str], within_s: float) -> VisitorLook:
    """Look at visitors with one request: the visitor's own, or a list.

    Args:
        wanted: short ids, at least one.
        within_s: seconds for the request.
    """
    alone = len(wanted) == 1
    return await _bounded(_Looking(client, tuple(wanted), few=1), 1 if alone else 0, within_s)


def pause_s(interval_s: float, failures: int, trouble: ServiceError | None) -> float:
    """Seconds until the next look.

    Args:
        interval_s: seconds between looks that succeed.
        failures: looks in a row that failed, with the last one.
        trouble: why the last one did, or None.
    """
    match trouble:
        case None:
            return interval_s
        case AccountRefused() | PlanLimit():
            least = REFUSED_S
        case MayPass():
            least = trouble.retry_after_s or 0.0
        case _:
            least = 0.0
    doubled = interval_s * 2.0 ** min(failures, _MOST_DOUBLINGS)
    return max(interval_s, least, min(doubled, LONGEST_BACKOFF_S))


@dataclass(slots=True)
class _Looking:
    """A look under way; what it found so far stands when its time is over."""

    client: UpscopeClient
    wanted: tuple[str, ...]
    few: int = FEW
    seen: dict[str, Visitor] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    async def run(self, most_single: int) -> None:
        if len(self.wanted) > self.few:
            listed = {one.short_id: one for one in await self._list(most_single)}
            self.seen.update({one: listed[one] for one in self.wanted if one in listed})
        missing = [one for one in self.wanted if one not in self.seen]
        for visitor in missing[:most_single]:
            try:
                self.seen[visitor] = await self.client.visitor(visitor)
            except (UnknownVisitor, UsageError):  # nobody has this id, or nobody can have it
                self.unknown.add(visitor)

    async def _list(self, most_single: int) -> tuple[Visitor, ...]:
        try:
            return await self.client.visitors("", MOST_LISTED)
        except (AnswerUnreadable, RequestRefused, UnknownVisitor):
            if not most_single:
                raise
            return ()  # an installation whose list is of no use may know each visitor


async def _bounded(looking: _Looking, most_single: int, within_s: float) -> VisitorLook:
    trouble: ServiceError | None = None
    try:
        async with asyncio.timeout(within_s):
            await looking.run(most_single)
    except ServiceError as error:
        trouble = error
    except TimeoutError:
        trouble = Unreachable(f"the REST service did not answer within {within_s:g} s")
    unseen = (
        looking.unknown if trouble is None else {one for one in looking.wanted if one not in looking.seen}
    )
    return VisitorLook(looking.seen, frozenset(unseen), trouble)
