"""How near a session is to being stale: the rule, the time so far, its limit, and how warm that is; pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from browser_host.host_names import host_of
from browser_host.sessions.durations import format_duration, short_age
from browser_host.sessions.staleness import StaleLimits, StaleRules, countdown
from browser_host.sessions.views import SessionView
from tui.style.ages import span
from tui.style.roles import Role

WARM_FROM = 0.5
"""The part of a limit from which a countdown is worth a look."""

_MINUTE = 60
_STEPS = ((_MINUTE, 10), (10 * _MINUTE, 30))
"""A countdown with so many seconds left moves in steps of so many: each step is a cell that is sent."""

LimitsOf: TypeAlias = Callable[[SessionView], StaleLimits]
"""The limits for a session."""

Rules: TypeAlias = StaleRules | tuple[tuple[str, StaleRules], ...]
"""A host's limits of staleness, or those of several by the host's name."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """A countdown in words: `pending`, `4m30s`, `5m`."""

    rule: str
    so_far: str
    limit: str
    role: Role


@lru_cache(maxsize=64)
def limits_of(rules: Rules) -> LimitsOf:
    """The rules' limits, each label looked up once: a thousand rows ask ten times a second."""
    if isinstance(rules, StaleRules):
        by_label = lru_cache(maxsize=4096)(rules.limits)
        return lambda view: by_label(view.label)
    by_host = {name: limits_of(one) for name, one in rules}
    return lambda view: by_host[host_of(view.id)](view)


def nearness(view: SessionView, limits: LimitsOf, now: float) -> Nearness | None:
    """The rule that a session breaks, or else the one it would break next; None if no clock runs.

    Args:
        now: epoch seconds.
    """
    clock = countdown(view, limits(view), now)
    if clock is None:
        return None
    limit = format_duration(clock.limit)
    if view.stale is not None:
        return Nearness(clock.rule, span(clock.so_far), limit, Role.BAD)
    so_far = min(clock.so_far, clock.limit)  # stale is what the host calls so, not what a clock here says
    if so_far < clock.limit * WARM_FROM:
        return Nearness(clock.rule, _in_steps(so_far, math.inf), limit, Role.MUTED)
    return Nearness(clock.rule, _in_steps(so_far, clock.limit - so_far), limit, Role.WARN)


def deadline(view: SessionView, limits: LimitsOf, now: float) -> tuple[bool, float] | None:
    """What rows are ordered by: the stale first, then by the moment at which the limit is or was reached.

    The moment is the same whenever it is asked for, so that time alone never changes an order.
    """
    clock = countdown(view, limits(view), now)
    if clock is None:
        return None
    return view.stale is None, round(now - clock.so_far + clock.limit, 2)


def _in_steps(so_far: float, left: float) -> str:
    """Coarse far from the limit, finer near it; `left` are the seconds that decide how fine."""
    if so_far < _MINUTE:
        return f"{int(so_far) // 10 * 10}s"
    step = next((step for most, step in _STEPS if left <= most), None)
    return span(so_far) if step is None else short_age(so_far // step * step)
