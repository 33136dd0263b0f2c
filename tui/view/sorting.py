"""The order of rows: by any column, each way, stable by arrival; what has no value comes last either way."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from browser_host.sessions.staleness import StaleRules
from browser_host.sessions.views import SessionView
from tui.view.countdowns import Rules, deadline, limits_of


class SortKey(StrEnum):
    """What rows are ordered by; the words are the columns' ids."""

    ARRIVAL = "arrival"
    LABEL = "label"
    HOSTING = "hosting"
    STATUS = "status"
    COLOR = "color"
    MODE = "mode"
    SINCE = "since"
    STALE = "stale"
    QUIET = "quiet"
    OPENED = "opened"
    INSTRUCTION = "instruction"


_NO_RULES = StaleRules()


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction."""

    key: SortKey = SortKey.ARRIVAL
    reverse: bool = False


def pressed(sort: Sort, key: SortKey) -> Sort:
    """The order after a key: by that column, or the other way round where it was that already."""
    return replace(sort, reverse=not sort.reverse) if sort.key is key else Sort(key)


def arranged(
    views: Iterable[SessionView], sort: Sort, rules: Rules = _NO_RULES, now: float = 0.0
) -> tuple[str, ...]:
    """The ids of `views` as `sort` wants them.

    Args:
        views: in the order of arrival.
        rules: the limits that decide how near to being stale each is.
        now: epoch seconds.
    """
    if sort.key is SortKey.ARRIVAL:
        ids = [view.id for view in views]
        return tuple(reversed(ids) if sort.reverse else ids)
    value = _VALUES[sort.key] if sort.key is not SortKey.STALE else _nearest_first(rules, now)
    valued: list[tuple[Any, str]] = []
    without: list[str] = []
    for view in views:
        key = value(view)
        if key is None:
            without.append(view.id)
        else:
            valued.append((key, view.id))
    valued.sort(key=_first, reverse=sort.reverse)
    return (*(session_id for _, session_id in valued), *without)


_TROUBLE_FIRST = ("blocked", "lost", "unresponsive", "queued", "loading", "live", "ended")
_LIFE = ("waiting", "pendingRequest", "active", "snapshotReceived", "viewerReady", "terminated")
_UNSETTLED_FIRST = ("failed", "unconfirmed", "queued", "sent", "confirmed", "cancelled")
_DIGITS = re.compile(r"(\d+)")

_Value: TypeAlias = Callable[[SessionView], Any]


def _first(pair: tuple[Any, str]) -> Any:
    return pair[0]


def _place(words: tuple[str, ...], word: str) -> tuple[int, str]:
    """A word's place in the order it is told in; a word of times to come stands behind them."""
    return (words.index(word) if word in words else len(words), word)


@lru_cache(maxsize=4096)
def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Text with its numbers read as numbers, so that `acme-9` comes before `acme-10`."""
    parts = _DIGITS.split(text.casefold())
    return tuple((0, int(part[:18]), part) if part.isdecimal() else (1, 0, part) for part in parts if part)


def _youngest_first(moment: float | None) -> float | None:
    return None if moment is None else -moment


def _nearest_first(rules: Rules, now: float) -> _Value:
    limits = limits_of(rules)
    return lambda view: deadline(view, limits, now)


_VALUES: dict[SortKey, _Value] = {
    SortKey.LABEL: lambda view: _natural(view.label),
    SortKey.HOSTING: lambda view: _place(_TROUBLE_FIRST, view.hosting),
    SortKey.STATUS: lambda view: None if view.status is None else _place(_LIFE, view.status),
    SortKey.COLOR: lambda view: view.color,
    SortKey.MODE: lambda view: view.mode,
    SortKey.SINCE: lambda view: _youngest_first(view.status_since),
    SortKey.QUIET: lambda view: _youngest_first(view.last_event_at),
    SortKey.OPENED: lambda view: _youngest_first(view.opened_at),
    SortKey.INSTRUCTION: lambda view: (
        None if view.instruction is None else _place(_UNSETTLED_FIRST, view.instruction.state)
    ),
}
