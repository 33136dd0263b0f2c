"""Text in columns of the terminal: cut with an ellipsis, or padded with spaces, to an exact width; pure."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from rich.cells import cell_len

from browser_host.cell_width import cell_width
from tui.style.glyphs import SIGNS, Glyphs
from tui.style.roles import GROUNDED, Role, Span

Cell: TypeAlias = tuple[Span, ...]
"""A cell's spans, exactly as wide as its column."""

_AROUND = 3
"""Columns of a list's line that its cells leave free: its indent, and one at the end."""

_WITHOUT_SIGNS = str.maketrans(dict.fromkeys(SIGNS, " "))


def text_width(text: str) -> int:
    """Columns that a text takes at most on any terminal.

    Terminals disagree on the spacing marks of Indic and Khmer text: Textual, which lays out the screen,
    counts them as nothing, most terminals as a column each. By the larger number a text never reaches into
    the column beside it.
    """
    return len(text) if text.isascii() else _cached_width(text)


@lru_cache(maxsize=8192)
def _cached_width(text: str) -> int:
    # Most texts have no other characters: until one has, the tables of wcwidth need not be loaded.
    if text.translate(_WITHOUT_SIGNS).isascii():
        return len(text)
    return max(cell_width(text), cell_len(text))


def shortfall(spans: Cell) -> int:
    """Columns by which Textual counts the spans as narrower than `text_width` does."""
    return sum(text_width(part.text) - cell_len(part.text) for part in spans if not part.text.isascii())


def cut(text: str, cells: int, ellipsis: str) -> str:
    """The text, cut between graphemes with an ellipsis of one cell to at most `cells` columns."""
    if text_width(text) <= cells:
        return text
    if text.isascii():
        return text[: cells - 1] + ellipsis if cells > 0 else ""
    from wcwidth import iter_graphemes  # noqa: PLC0415 - see `_cached_width`

    kept = ""
    for grapheme in iter_graphemes(text):
        if text_width(kept + grapheme) > cells - 1:
            break
        kept += grapheme
    return kept + ellipsis if cells > 0 else ""


def fitted(spans: Cell, cells: int, glyphs: Glyphs) -> Cell:
    """The spans cut, or padded, to exactly `cells` columns."""
    fitting: list[Span] = []
    room = cells
    for part in spans if not glyphs.plain else (_plain(part, glyphs) for part in spans):
        size = text_width(part.text)
        if size > room:
            short = cut(part.text, room, glyphs.ellipsis)
            fitting.append(Span(short, part.role, part.swatch))
            room -= text_width(short)
            break
        fitting.append(part)
        room -= size
    return padded(fitting, room)


def in_columns(
    cells: Sequence[Cell], sizes: Sequence[int], width: int, glyphs: Glyphs, gap: str = " "
) -> Cell:
    """The cells of a list's line side by side, each cut or padded to its column.

    Args:
        sizes: columns of each cell but the last, which gets the rest; a cell without any is left out.
        width: columns of the whole line.
        gap: between two cells.
    """
    rest = max(0, width - _AROUND - sum(sizes) - len(gap) * sum(size > 0 for size in sizes))
    spans: list[Span] = []
    for cell, size in zip(cells, (*sizes, rest), strict=True):
        if size:
            spans += [*([Span(gap)] if spans else []), *fitted(cell, size, glyphs)]
    return tuple(spans)


def _plain(part: Span, glyphs: Glyphs) -> Span:
    return part if part.text.isascii() else Span(part.text.translate(glyphs.plain), part.role, part.swatch)


def padded(spans: Iterable[Span], spaces: int) -> Cell:
    """The spans followed by spaces, in the last one's style: another style would add 40 bytes to the line."""
    held = tuple(spans)
    if spaces <= 0:
        return held
    if not held or held[-1].swatch or held[-1].role in GROUNDED:
        return (*held, Span(" " * spaces, Role.FAINT))
    return (*held[:-1], Span(held[-1].text + " " * spaces, held[-1].role))
