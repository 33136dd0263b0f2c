"""Who goes to which page: sessions spread evenly over as few pages as hold them. Pure."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.browsers.hosting import Placing


@dataclass(frozen=True, slots=True)
class Room:
    """A page that takes sessions.

    Args:
        free: seats left.
    """

    page: int
    free: int


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
    seats = sum(room.free for room in rooms)
    missing = max(len(shared) - seats, 0)
    fresh = min(-(-missing // per_page), new_pages - len(opened))
    # The emptiest page first. New pages have negative numbers here: among equals they come first.
    heap = [(-room.free, room.page) for room in rooms if room.free > 0]
    heap += [(-per_page, -number) for number in range(1, fresh + 1)]
    heapq.heapify(heap)
    placed: dict[int, list[str]] = {}
    while shared and heap:
        free, page = heapq.heappop(heap)
        placed.setdefault(page, []).append(shared.pop(0))
        if free + 1 < 0:
            heapq.heappush(heap, (free + 1, page))
    opened += [NewPage(tuple(who), alone=False) for page, who in sorted(placed.items()) if page < 0]
    waiting = {*alone[new_pages:], *shared}
    return Plan(
        seated=tuple((session, page) for page, who in placed.items() if page > 0 for session in who),
        opened=tuple(opened),
        waiting=tuple(session for session, _ in sessions if session in waiting),
    )
