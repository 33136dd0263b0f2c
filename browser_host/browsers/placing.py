"""Who goes to which page: spread by what the pages have to do, over as few pages as hold them. Pure."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.browsers.hosting import Placing

HEAD = 0.005
"""What a session counts for at least, as a share of its page's time. One that draws a message a second into
500 rows takes a tenth of it (measured on two cores): quiet sessions count by heads, work outweighs heads."""
BUSY = 0.7
"""A page this busy is offered only where there is no other: one thread serves all who sit in it."""


@dataclass(frozen=True, slots=True)
class Room:
    """A page that takes sessions.

    Args:
        free: seats left.
        taken: seats taken.
        busy: the share of time, 0 to 1, that its thread works.
    """

    page: int
    free: int
    taken: int
    busy: float

    @property
    def burden(self) -> float:
        """What it has to do, in heads; those who sit there may not have begun yet."""
        return max(self.busy / HEAD, float(self.taken))


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to be opened for these sessions.

    Args:
        alone: whether it stays the one session's own.
    """

    sessions: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Args:
        seated: session and the number of the page it goes to.
        waiting: sessions for which there is no room now, in their order.
    """

    seated: tuple[tuple[str, int], ...]
    opened: tuple[NewPage, ...]
    waiting: tuple[str, ...]


def plan(
    sessions: Sequence[tuple[str, Placing]], rooms: Sequence[Room], per_page: int, new_pages: int
) -> Plan:
    """Places sessions.

    Args:
        sessions: who waits, first come first.
        rooms: pages that are shared and have seats left.
        per_page: seats of a new page.
        new_pages: how many pages may be opened.
    """
    alone = [session for session, placing in sessions if placing is Placing.ALONE]
    shared = [session for session, placing in sessions if placing is Placing.SHARED]
    opened = [NewPage((session,), alone=True) for session in alone[:new_pages]]
    seats = sum(room.free for room in rooms if room.busy < BUSY)
    missing = max(len(shared) - seats, 0)
    fresh = min(-(-missing // per_page), new_pages - len(opened))
    # The least burdened first, then the emptiest. New pages have negative numbers: the first among equals.
    heap = [(room.busy >= BUSY, room.burden, -room.free, room.page) for room in rooms if room.free > 0]
    heap += [(False, 0.0, -per_page, -number) for number in range(1, fresh + 1)]
    heapq.heapify(heap)
    placed: dict[int, list[str]] = {}
    while shared and heap:
        busy, burden, free, page = heapq.heappop(heap)
        placed.setdefault(page, []).append(shared.pop(0))
        if free + 1 < 0:
            heapq.heappush(heap, (busy, burden + 1, free + 1, page))
    opened += [NewPage(tuple(who), alone=False) for page, who in sorted(placed.items()) if page < 0]
    waiting = {*alone[new_pages:], *shared}
    return Plan(
        seated=tuple((session, page) for page, who in placed.items() if page > 0 for session in who),
        opened=tuple(opened),
        waiting=tuple(session for session, _ in sessions if session in waiting),
    )
