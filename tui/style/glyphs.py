"""The signs beside the words, in plain ASCII for terminals that show no others."""

import codecs
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from browser_host.config.choices import GlyphChoice


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs, one cell each.

    Args:
        hosting: by the contract's word.
        plain: replacements for characters in the program's own texts that the terminal cannot show.
    """

    cursor: str
    mark: str
    cursor_mark: str
    range: str
    swatch: str
    none: str
    ellipsis: str
    up: str
    down: str
    thumb: str
    dot: str
    hosting: Mapping[str, str]
    plain: Mapping[int, str] = field(default_factory=dict)


UNICODE = Glyphs(
    cursor="▌",
    mark="◆",
    cursor_mark="◈",
    range="┆",
    swatch="█",
    none="–",  # noqa: RUF001 - a dash that can't be taken for a minus
    ellipsis="…",
    up="↑",
    down="↓",
    thumb="▐",
    dot="·",
    hosting={
        "queued": "◌",
        "loading": "◔",
        "live": "●",
        "unresponsive": "◍",
        "lost": "✕",
        "blocked": "⊘",
        "ended": "○",
    },
)

ASCII = Glyphs(
    cursor=">",
    mark="*",
    cursor_mark="@",
    range=":",
    swatch="#",
    none="-",
    ellipsis="~",
    up="^",
    down="v",
    thumb="|",
    dot="-",
    hosting={
        "queued": ".",
        "loading": "o",
        "live": "+",
        "unresponsive": "?",
        "lost": "x",
        "blocked": "!",
        "ended": "-",
    },
    plain=str.maketrans({"…": "...", "·": "-", "⏎": "enter", "—": "-", "█": "#", "–": "-"}),  # noqa: RUF001
)


SIGNS = frozenset({*UNICODE.hosting.values(), *map(chr, ASCII.plain)}) | frozenset(
    sign for field in fields(UNICODE) if isinstance(sign := getattr(UNICODE, field.name), str)
)
"""The characters beyond ASCII of the program's own texts, each as wide as one cell on any terminal."""

_PLAIN = frozenset({"C", "POSIX"})
_COERCED = frozenset({"", "C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"})


def chosen(choice: GlyphChoice) -> Glyphs:
    """The configured glyphs; by default those that the process's locale can show."""
    match choice:
        case GlyphChoice.UNICODE:
            return UNICODE
        case GlyphChoice.ASCII:
            return ASCII
    return glyphs_for(locale.getencoding())


def glyphs_for(encoding: str, environ: Mapping[str, str] = os.environ) -> Glyphs:
    """The glyphs that a terminal can show.

    Args:
        encoding: the locale's (`locale.getencoding()`).
        environ: the process's environment. Where `LANG` asks for the C locale, Python takes a UTF-8 one
            and names it in `LC_CTYPE` (PEP 538), so that the encoding tells nothing.
    """
    coerced = not environ.get("LC_ALL") and environ.get("LC_CTYPE", "") in _COERCED
    if coerced and environ.get("LANG") in _PLAIN:
        return ASCII
    try:
        return UNICODE if codecs.lookup(encoding).name == "utf-8" else ASCII
    except LookupError:
        return ASCII
