"""Who goes to which page: spread by what the pages have to do, over as few pages as hold them. Pure."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.browsers.hosting import SHARED, Placing

HEAD = 0.005
"""What a session counts for at least, as a share of its page's time. One that draws a message a second into
500 rows takes a tenth of it (measured on two cores): quiet sessions count by heads, work outweighs heads."""
BUSY = 0.7
"""A page this busy is offered only where there is no other: one thread serves all who sit in it."""


@dataclass(frozen=True, slots=True)
class Room:
    """A page that takes sessions.

    Args:
        group: whose it is; 0 for everybody's.
        free: seats left.
        taken: seats taken.
        busy: the share of time, 0 to 1, that its thread works.
    """

    page: int
    free: int
    taken: int
    busy: float
    group: int = 0

    @property
    def burden(self) -> float:
        """What it has to do, in heads; those who sit there may not have begun yet."""
        return max(self.busy / HEAD, float(self.taken))


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to be opened for these sessions.

    Args:
        placing: who else may come.
    """

    sessions: tuple[str, ...]
    placing: Placing


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
        rooms: pages that take sessions.
        per_page: seats of a new page.
        new_pages: how many pages may be opened.
    """
    apart = _apart([one for one in sessions if one[1].group], rooms, per_page, new_pages)
    shared = [session for session, placing in sessions if not placing.group]
    rooms = [room for room in rooms if not room.group]
    seats = sum(room.free for room in rooms if room.busy < BUSY)
    missing = max(len(shared) - seats, 0)
    fresh = min(-(-missing // per_page), new_pages - len(apart.opened))
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
    opened = [NewPage(tuple(who), SHARED) for page, who in sorted(placed.items()) if page < 0]
    seated = tuple((session, page) for page, who in placed.items() if page > 0 for session in who)
    waiting = {*apart.waiting, *shared}
    return Plan(
        seated=apart.seated + seated,
        opened=(*apart.opened, *opened),
        waiting=tuple(session for session, _ in sessions if session in waiting),
    )


def _apart(
    sessions: Sequence[tuple[str, Placing]], rooms: Sequence[Room], per_page: int, new_pages: int
) -> Plan:
    """Places the sessions of groups: each group into its own page, where it has one with seats left."""
    seated: list[tuple[str, int]] = []
    opened: list[NewPage] = []
    waiting: list[str] = []
    groups: dict[Placing, list[str]] = {}
    for session, placing in sessions:
        groups.setdefault(placing, []).append(session)
    for placing, members in groups.items():
        for room in (room for room in rooms if room.group == placing.group):
            seated += [(session, room.page) for session in members[: room.free]]
            del members[: room.free]
        while members and len(opened) < new_pages:
            opened.append(NewPage(tuple(members[:per_page]), placing))
            del members[:per_page]
        waiting += members
    return Plan(tuple(seated), tuple(opened), tuple(waiting))
