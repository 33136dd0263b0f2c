"""Which endpoint a session goes to: the one with the smallest share of its capacity in use. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from browser_host.browsers.interface import Placing


@dataclass(frozen=True, slots=True)
class EndpointCapacity:
    """An endpoint that takes sessions.

    Args:
        taken: sessions that it has.
        limit: most sessions that it may have, or None.
        free: how many more sessions fit now; None if that does not matter here.
        cohorts: the `Placing.cohort` numbers that have a separate group there.
        late: whether it is slow to answer, and so used only if there is no other.
    """

    name: str
    taken: int = 0
    limit: int | None = None
    free: int | None = None
    cohorts: frozenset[int] = frozenset()
    late: bool = False

    def takes(self, added: int) -> bool:
        """Whether one more session fits after `added` others."""
        return self.free is None or added < self.free

    def load(self, added: int) -> tuple[bool, float]:
        """Its load with `added` more sessions; smaller is better."""
        return self.late, (self.taken + added) / (self.limit or 1)


def spread(
    sessions: Sequence[tuple[str, Placing]], endpoints: Sequence[EndpointCapacity]
) -> Mapping[str, Sequence[tuple[str, Placing]]]:
    """The sessions for each endpoint by its name, in order, without those that fit nowhere.

    Sessions with the same `Placing.cohort` go to the same endpoint.
    """
    placed: dict[str, list[tuple[str, Placing]]] = {one.name: [] for one in endpoints}
    homes = {cohort: one for one in endpoints for cohort in one.cohorts}
    for session, placing in sessions:
        fits = [one for one in endpoints if one.takes(len(placed[one.name]))]
        home = homes.get(placing.cohort)
        if home is None and fits:
            home = min(fits, key=lambda one: one.load(len(placed[one.name])))
            if placing.cohort:
                homes[placing.cohort] = home
        if home is not None and home in fits:
            placed[home.name].append((session, placing))
    return placed
