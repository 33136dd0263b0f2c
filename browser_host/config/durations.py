"""Durations as the configuration writes them: `"90s"`, `"5m"`, `"4h"`, `"off"`."""

import re

OFF = "off"

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TEXT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)")


def parse(text: str) -> float:
    """The duration in seconds.

    Args:
        text: a number and its unit, such as `90s`, `5m`, `1.5h`, `90d`; no blanks, no sign.

    Raises:
        ValueError: the text is no duration; the message says what one looks like.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError('expected a duration such as "90s", "5m" or "4h"')
    return float(match[1]) * _UNITS[match[2]]


def write(seconds: float | None) -> str:
    """A duration in its largest whole unit: what `parse` reads back to within a millisecond.

    Args:
        seconds: not negative; None is `off`.
    """
    if seconds is None:
        return OFF
    milliseconds = round(seconds * 1000)
    for unit in ("d", "h", "m", "s"):
        step = round(_UNITS[unit] * 1000)
        if milliseconds >= step and milliseconds % step == 0:
            return f"{milliseconds // step}{unit}"
    return f"{milliseconds}ms" if milliseconds else "0s"
