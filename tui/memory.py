"""The view that is kept from one run to the next, for each environment: filter, order and width; pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tui import view_state
from tui.order import Sort, SortKey
from tui.view_state import Switch, ViewState

ENVIRONMENTS_AT_MOST = 32
"""Environments remembered; the one that was used longest ago is forgotten first."""

FILTER_AT_MOST = 256
NAME_AT_MOST = 128
"""Characters that are kept of what a user typed."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What of a view is worth keeping: nothing of it names a session.

    Args:
        filter: as it was typed; empty where none was kept.
        wide: more columns.
    """

    filter: str = ""
    sort: Sort = field(default_factory=Sort)
    wide: bool = False


class NotUnderstood(ValueError):  # noqa: N818 - says what it is
    """The file is none of ours, or was damaged."""


def of_view(view: ViewState) -> Remembered:
    """What to keep of a view; of a filter that can't be read, the last one that could."""
    query = view.query
    text = query.text if query.problem is None else (query.last_good.text if query.last_good else "")
    return Remembered(text.strip()[:FILTER_AT_MOST], view.sort, Switch.WIDE in view.switches)


def applied(view: ViewState, kept: Remembered) -> ViewState:
    """The view as it was kept, and its filter marked as one from last time."""
    view = view_state.typed(replace(view, sort=kept.sort), kept.filter)
    switches = (view.switches & ~Switch.WIDE) | (Switch.WIDE if kept.wide else Switch.NONE)
    if view.query.problem is not None:
        return replace(view_state.typed(view, ""), switches=switches)
    return replace(view, switches=switches, query=replace(view.query, recalled=bool(kept.filter)))


def read(text: str) -> dict[str, Remembered]:
    """What is kept, by environment, the one used last at the end.

    Raises:
        NotUnderstood: with what is wrong.
    """
    try:
        body = json.loads(text)
        return {
            str(name)[:NAME_AT_MOST]: _remembered(one)
            for name, one in list(body["views"].items())[-ENVIRONMENTS_AT_MOST:]
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotUnderstood(f"{type(error).__name__}: {error}"[:80]) from error


def written(views: Mapping[str, Remembered], name: str, kept: Remembered) -> str:
    """The file's text with an environment's view, which becomes the one used last."""
    others = [(held, one) for held, one in views.items() if held != name]
    every = [*others[-(ENVIRONMENTS_AT_MOST - 1) :], (name[:NAME_AT_MOST], kept)]
    body = {
        "schema": 1,
        "views": {
            held: {
                "filter": one.filter,
                "sort": one.sort.key.value,
                "reverse": one.sort.reverse,
                "wide": one.wide,
            }
            for held, one in every
        },
    }
    return json.dumps(body, ensure_ascii=True, indent=1)


def _remembered(body: Mapping[str, Any]) -> Remembered:
    text, reverse, wide = body["filter"], body["reverse"], body["wide"]
    if not (isinstance(text, str) and isinstance(reverse, bool) and isinstance(wide, bool)):
        raise TypeError("filter is text, reverse and wide are true or false")
    if not text.isprintable() or len(text) > FILTER_AT_MOST:
        raise ValueError("the filter is no line of text")
    return Remembered(text, Sort(SortKey(body["sort"]), reverse), wide)
