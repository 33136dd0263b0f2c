"""Ages in words of at most four cells, coarse on purpose: a tick that changes no word costs no byte."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_FIRST_S, _STEP_S = 5, 10
"""Seconds are told as 5, then in tens: 40 rows with three ages each would else send 120 cells a second."""


def age(since: float | None, now: float) -> str:
    """How long ago a moment was, such as `now`, `30s`, `12m`, `2h05`, `14h`, `3d`.

    Args:
        since: epoch seconds, or None if it has not happened.
        now: epoch seconds.
    """
    return "" if since is None else span(now - since)


def span(seconds: float) -> str:
    """A length of time in the same words; a clock that stands behind the host's reads as `now`."""
    whole = int(seconds)
    if whole < _FIRST_S:
        return "now"
    if whole < _MINUTE:
        return f"{whole - whole % _STEP_S or _FIRST_S}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 10 * _HOUR:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}"
    if whole < _DAY:
        return f"{whole // _HOUR}h"
    return f"{min(whole // _DAY, 999)}d"
