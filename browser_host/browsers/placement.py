"""Which group a session goes to: spread by load, over as few groups as have room for all. Pure."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.browsers.interface import SHARED, Placing

HEAD = 0.005
"""The least share of its thread's time that a session counts for. Drawing a message a second into 500 rows
takes a tenth of the time (on two cores), so the number of sessions decides only between quiet groups."""
BUSY = 0.7
"""A group this busy is used only if there is no other: one thread serves all its sessions."""


@dataclass(frozen=True, slots=True)
class GroupCapacity:
    """A group that takes sessions.

    Args:
        number: of the group.
        free: how many more sessions it takes.
        taken: sessions that it has.
        busy: the share of time, 0 to 1, that its thread works.
        cohort: the `Placing.cohort` that it is reserved for; 0 for any session.
    """

    number: int
    free: int
    taken: int
    busy: float
    cohort: int = 0

    @property
    def load(self) -> float:
        """Its load as a number of quiet sessions; at least its sessions, which may still be loading."""
        return max(self.busy / HEAD, float(self.taken))


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to be opened for these sessions.

    Args:
        placing: which other sessions may join.
    """

    sessions: tuple[str, ...]
    placing: Placing


@dataclass(frozen=True, slots=True)
class PlacementPlan:
    """Where sessions go.

    Args:
        assigned: sessions and the numbers of their groups.
        opened: groups to open.
        waiting: sessions for which there is no room now, in order.
    """

    assigned: tuple[tuple[str, int], ...]
    opened: tuple[NewGroup, ...]
    waiting: tuple[str, ...]


def plan(
    sessions: Sequence[tuple[str, Placing]], rooms: Sequence[GroupCapacity], per_group: int, new_groups: int
) -> PlacementPlan:
    """Place sessions.

    Args:
        sessions: the sessions that wait, in order.
        rooms: groups that take sessions.
        per_group: sessions that a new group takes.
        new_groups: how many groups may be opened.
    """
    apart = _apart([one for one in sessions if one[1].cohort], rooms, per_group, new_groups)
    shared = [session for session, placing in sessions if not placing.cohort]
    rooms = [room for room in rooms if not room.cohort]
    places = sum(room.free for room in rooms if room.busy < BUSY)
    missing = max(len(shared) - places, 0)
    fresh = min(-(-missing // per_group), new_groups - len(apart.opened))
    # The least loaded first, then the emptiest. New groups have negative numbers, so they win a tie.
    heap = [(room.busy >= BUSY, room.load, -room.free, room.number) for room in rooms if room.free > 0]
    heap += [(False, 0.0, -per_group, -number) for number in range(1, fresh + 1)]
    heapq.heapify(heap)
    placed: dict[int, list[str]] = {}
    while shared and heap:
        busy, load, free, number = heapq.heappop(heap)
        placed.setdefault(number, []).append(shared.pop(0))
        if free + 1 < 0:
            heapq.heappush(heap, (busy, load + 1, free + 1, number))
    opened = [NewGroup(tuple(who), SHARED) for number, who in sorted(placed.items()) if number < 0]
    assigned = tuple((session, number) for number, who in placed.items() if number > 0 for session in who)
    waiting = {*apart.waiting, *shared}
    return PlacementPlan(
        assigned=apart.assigned + assigned,
        opened=(*apart.opened, *opened),
        waiting=tuple(session for session, _ in sessions if session in waiting),
    )


def _apart(
    sessions: Sequence[tuple[str, Placing]], rooms: Sequence[GroupCapacity], per_group: int, new_groups: int
) -> PlacementPlan:
    """Place the sessions that need a separate group, first into the one that they have."""
    assigned: list[tuple[str, int]] = []
    opened: list[NewGroup] = []
    waiting: list[str] = []
    cohorts: dict[Placing, list[str]] = {}
    for session, placing in sessions:
        cohorts.setdefault(placing, []).append(session)
    for placing, members in cohorts.items():
        for room in (room for room in rooms if room.cohort == placing.cohort):
            assigned += [(session, room.number) for session in members[: room.free]]
            del members[: room.free]
        while members and len(opened) < new_groups:
            opened.append(NewGroup(tuple(members[:per_group]), placing))
            del members[:per_group]
        waiting += members
    return PlacementPlan(tuple(assigned), tuple(opened), tuple(waiting))
