"""The signs beside the words, with plain letters where the terminal's locale has no others."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One cell each; `hosting` by the contract's hosting word."""

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
)


def glyphs_for(encoding: str) -> Glyphs:
    """The glyphs that a terminal of this encoding (`locale.getencoding()`) can show."""
    try:
        return UNICODE if codecs.lookup(encoding).name == "utf-8" else ASCII
    except LookupError:
        return ASCII
