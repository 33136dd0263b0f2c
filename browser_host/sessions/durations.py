"""Durations as people write them (`90s`, `5m`, `1h30m`, `250ms`, `off`), and short ages for the screens."""

import math
import re

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")
_WHOLE = re.compile(rf"(?:{_PIECE.pattern})+")
_SECOND = 1000
_LONGEST = 64
"""Characters of a duration; anything longer is a mistake."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

OFF = math.inf
"""What `off` means: a limit that is never reached."""


def parse_duration(text: str) -> float:
    """Seconds of a duration; `off` is infinity.

    Raises:
        ValueError: the text is not a duration; the message shows valid ones.
    """
    word = text.strip().lower()
    if word == "off":
        return OFF
    if word == "0":
        return 0.0
    if len(word) > _LONGEST or not word.isascii() or not _WHOLE.fullmatch(word):
        raise ValueError(f"{text[:_LONGEST]!r} is not a duration; use 90s, 5m, 4h, 1h30m, 250ms or off")
    return math.fsum(float(number) * _SECONDS[unit] for number, unit in _PIECE.findall(word))


def format_duration(seconds: float) -> str:
    """The shortest form of a duration, to the millisecond; `parse_duration` reads it back."""
    if seconds == OFF:
        return "off"
    millis = round(seconds * _SECOND)
    text = ""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        count, millis = divmod(millis, size)
        text += f"{count}{unit}" if count else ""
    if 0 < millis < _SECOND and not text:
        return f"{millis}ms"
    if millis or not text:
        text += f"{millis / _SECOND:g}s"
    return text


def short_age(seconds: float) -> str:
    """An age in two units at most, such as `4m10s`, `2h03m` or `3d4h`; a negative age is `0s`.

    Six characters at most below a thousand days.
    """
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d{whole % _DAY // _HOUR}h"
