"""The numbers of `watchdeck stats`, from the lives in the journal. Pure."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from browser_host.api.replies import EndCounts, Grouping, StatsReport, StatsRow
from browser_host.protocol.page_messages import Status
from browser_host.supervisor.audit.lives import Fate, Life

Share: TypeAlias = tuple[str, str, float]
"""A row's key, a session, and seconds of it."""

DAY_S = 86_400.0
"""The default length of the time that is counted, in seconds."""

_PERCENTILE = 0.95


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is counted, in epoch seconds; what lies outside it is cut off.

    Args:
        until: now; what still lasts is counted up to it.
    """

    since: float
    until: float

    def has(self, life: Life) -> bool:
        """Whether the life was open within it."""
        return life.opened <= self.until and (life.closed is None or life.closed >= self.since)

    def seconds(self, since: float, until: float | None) -> float:
        """Seconds of a time that lie within it."""
        end = self.until if until is None else min(until, self.until)
        return max(0.0, end - max(since, self.since))


def report(lives: Sequence[Life], window: Window, by: Grouping) -> StatsReport:
    """The contract's statistics of what happened within the window."""
    counted = [life for life in lives if window.has(life)]
    fates = Counter(life.fate for life in counted)
    seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for life in counted:
        for key, session, share in _SHARES[by](life, window):
            seconds[key][session] += share
    rows = (_row(key, list(each.values())) for key, each in seconds.items())
    order = _by_status if by is Grouping.STATUS else _by_size
    return StatsReport(
        since=window.since,
        sessions=len({life.session for life in counted}),
        ended=EndCounts(fates[Fate.PAGE], fates[Fate.SUPERVISOR], fates[Fate.RULE], fates[Fate.LOST]),
        rows=tuple(sorted(rows, key=order)),
    )


def never_active(lives: Sequence[Life], window: Window) -> int:
    """How many sessions were open within the window, and active at no time of theirs."""
    opened = {life.session for life in lives if window.has(life)}
    active = {life.session for life in lives if any(stay.status == Status.ACTIVE for stay in life.stays)}
    return len(opened - active)


def percentile(values: Sequence[float], share: float = _PERCENTILE) -> float:
    """The smallest of the values that is not below this share of them (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _row(key: str, seconds: Sequence[float]) -> StatsRow:
    median, p95 = statistics.median(seconds), percentile(seconds)
    return StatsRow(key, len(seconds), round(median, 3), round(p95, 3))


def _statuses(life: Life, window: Window) -> Iterator[Share]:
    for stay in life.stays:
        if stay.since <= window.until and (stay.until is None or stay.until >= window.since):
            yield stay.status, life.session, window.seconds(stay.since, stay.until)


def _whole(key: str, life: Life, window: Window) -> Share:
    return key, life.session, window.seconds(life.opened, life.closed)


def _enders(life: Life, window: Window) -> Iterator[Share]:
    if life.by:
        yield _whole(life.by, life, window)


_SHARES: Mapping[Grouping, Callable[[Life, Window], Iterator[Share]]] = {
    Grouping.STATUS: _statuses,
    Grouping.LABEL: lambda life, window: iter([_whole(life.label, life, window)]),
    Grouping.ENDED: lambda life, window: iter([_whole(life.fate.value, life, window)]),
    Grouping.BY: _enders,
}
"""What a life adds to the rows: time in each status, or all of its time."""

_STATUSES = [status.value for status in Status]


def _by_size(row: StatsRow) -> tuple[int, str]:
    return -row.sessions, row.key


def _by_status(row: StatsRow) -> tuple[int, str]:
    return (_STATUSES.index(row.key) if row.key in _STATUSES else len(_STATUSES)), row.key
