"""A session's past hour minute by minute: its status, and how much its page reported; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from browser_host.sessions.changes import ChangeType
from browser_host.sessions.clock import from_iso
from browser_host.sessions.views import MomentView

MINUTES = 60
MINUTE_S = 60.0
HOUR_S = MINUTES * MINUTE_S

MOST_ROWS = 2_000
"""Rows of the journal that are asked for: 33 a minute."""

SIGNS = {
    "waiting": "w",
    "pendingRequest": "p",
    "active": "a",
    "snapshotReceived": "s",
    "viewerReady": "v",
    "terminated": "t",
}
OTHER, NONE = "?", "."
"""The sign of a status that is none of these, and of a minute before the first that is known."""

_SAID = "said"
"""The outcome of the journal's rows about what a page reported."""


@dataclass(frozen=True, slots=True)
class PastHour:
    """Minutes, the newest last.

    Args:
        signs: of the status at each minute's end.
        reports: rows of the journal about what the page reported within each minute.
        statuses: those that `signs` shows, in the order in which they came.
    """

    signs: str
    reports: tuple[int, ...]
    statuses: tuple[str, ...]


def past_hour(rows: Sequence[Mapping[str, Any]], timeline: Iterable[MomentView], now: float) -> PastHour:
    """The hour before `now` (epoch seconds).

    Args:
        rows: of the journal, in the contract's form; those of another time are passed over.
        timeline: the session's, which may know an older status than the rows.
    """
    dated = [(from_iso(row["at"]), row) for row in rows if row["at"]]
    known = ((moment.at, moment.text) for moment in timeline if moment.kind == ChangeType.STATUS.value)
    changes = sorted([*known, *_changes(dated)], key=itemgetter(0))
    reports = [0] * MINUTES
    for at in (at for at, row in dated if row["outcome"] == _SAID):
        minute = MINUTES - 1 - int((now - at) // MINUTE_S)
        if 0 <= minute < MINUTES:
            reports[minute] += 1
    ends = (now - MINUTE_S * (MINUTES - 1 - minute) for minute in range(MINUTES))
    shown = [next((text for at, text in reversed(changes) if at <= end), None) for end in ends]
    signs = "".join(NONE if one is None else SIGNS.get(one, OTHER) for one in shown)
    return PastHour(signs, tuple(reports), tuple(dict.fromkeys(one for one in shown if one is not None)))


def _changes(dated: Iterable[tuple[float, Mapping[str, Any]]]) -> Iterator[tuple[float, str | None]]:
    """When each status began; None where it is unknown, for no host had the session."""
    before: float | None = None
    for at, row in dated:
        match row["action"]:
            case ChangeType.STATUS.value:
                yield at, str(row["text"])
            case ChangeType.REMOVED.value:
                yield at, None
            case ChangeType.ADDED.value if before is not None:
                yield before, None  # by a new host, and the old one did not say when it lost sight of it
        before = at


def legend(hour: PastHour) -> str:
    """The statuses that are shown, each with its sign."""
    return ", ".join(f"{SIGNS.get(one, OTHER)} {one}" for one in hour.statuses)
