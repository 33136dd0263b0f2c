"""Numbers of sessions by state, for the dashboard's header."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from browser_host.sessions.views import SessionView


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of sessions.

    Args:
        statuses: by the status reported; None counts sessions without one.
        hosting: by the state of hosting.
        stale: by rule.
    """

    total: int
    statuses: Mapping[str | None, int]
    hosting: Mapping[str, int]
    stale: Mapping[str, int]


def count(views: Iterable[SessionView]) -> Counts:
    """Count sessions in one pass."""
    statuses: Counter[str | None] = Counter()
    hosting: Counter[str] = Counter()
    stale: Counter[str] = Counter()
    for view in views:
        statuses[view.status] += 1
        hosting[view.hosting] += 1
        if view.stale is not None:
            stale[view.stale.rule] += 1
    return Counts(hosting.total(), statuses, hosting, stale)
