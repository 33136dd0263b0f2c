"""The browsers of each endpoint, taken together; pure."""

from collections.abc import Sequence
from dataclasses import replace

from browser_host.api.schema import BrowserView
from browser_host.sessions.browser_state import BrowserState

_BEST_FIRST = (BrowserState.UP, BrowserState.STARTING, BrowserState.DRAINING, BrowserState.DOWN)


def endpoints(browsers: Sequence[BrowserView]) -> tuple[BrowserView, ...]:
    """The endpoints, each once, with the state of its best browser and the sessions of all its browsers.

    Where the best one has nothing to explain, the reason is why another one is draining.
    """
    grouped: dict[str, list[BrowserView]] = {}
    for one in browsers:
        grouped.setdefault(one.name, []).append(one)
    return tuple(_together(group) for group in grouped.values())


def _together(group: Sequence[BrowserView]) -> BrowserView:
    best = min(group, key=lambda one: _BEST_FIRST.index(one.state))
    sessions, pages = sum(one.sessions for one in group), sum(one.pages for one in group)
    draining = (one.reason for one in group if one.state is BrowserState.DRAINING)
    reason = best.reason or next(filter(None, draining), None)
    busiest = max(one.busiest for one in group)
    return replace(best, sessions=sessions, pages=pages, busiest=busiest, reason=reason)
