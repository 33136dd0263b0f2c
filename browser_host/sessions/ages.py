"""Short ages for the screens: two units at most, such as `4m10s`, `2h03m` or `3d4h`."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def short_age(seconds: float) -> str:
    """An age in at most six characters below a thousand days; what lies ahead is `0s`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d{whole % _DAY // _HOUR}h"
