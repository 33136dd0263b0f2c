"""What a piece of text means, before any colour is chosen for it; pure."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from browser_host.protocol.text import printable as visible

_LONGEST_ESCAPE = 12
"""Characters of the longest escape, `\\udb40\\udc01`."""


class Role(Enum):
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


GROUNDED = frozenset({Role.BADGE, Role.BADGE_WARN, Role.BADGE_BAD})
"""Roles with a ground of their own, which ends with their text."""


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
    role: Role = Role.PLAIN
    swatch: str | None = None


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """Text with every control, bidi and hidden character made visible, by the host's own rule.

    The host has done so already; text that reaches a terminal is checked twice.
    """
    return visible(text, _LONGEST_ESCAPE * len(text))
