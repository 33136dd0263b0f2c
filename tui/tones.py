"""What a piece of text means, before any colour is chosen for it; pure."""

from dataclasses import dataclass
from enum import Enum


class Tone(Enum):
    """A meaning that the theme turns into a colour; never the only carrier of that meaning."""

    PLAIN = "plain"
    STRONG = "strong"
    MUTED = "muted"
    FAINT = "faint"
    GOOD = "good"
    INFO = "info"
    FRESH = "fresh"
    WARN = "warn"
    BAD = "bad"
    ACCENT = "accent"
    BADGE = "badge"
    BADGE_WARN = "badge-warn"
    BADGE_BAD = "badge-bad"


GROUNDED = frozenset({Tone.BADGE, Tone.BADGE_WARN, Tone.BADGE_BAD})
"""Tones with a ground of their own, which ends with their text."""


class Ground(Enum):
    """What a line lies on."""

    TABLE = "table"
    CURSOR = "cursor"
    MARKED = "marked"
    CURSOR_MARKED = "cursor-marked"
    BAR = "bar"
    TITLES = "titles"


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one meaning.

    Args:
        swatch: `#rrggbb` where the text itself is to have that colour (a session's own).
    """

    text: str
    tone: Tone = Tone.PLAIN
    swatch: str | None = None


def printable(text: str) -> str:
    """Text with every control, format and bidi character made visible.

    The host has done so already; what reaches a terminal is looked at twice.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
