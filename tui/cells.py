"""Text in cells of the terminal: cut with an ellipsis, or filled with blanks, to an exact width; pure."""

from collections.abc import Iterable
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size

from tui.glyphs import Glyphs
from tui.tones import GROUNDED, Span, Tone

Cell: TypeAlias = tuple[Span, ...]
"""A cell's spans, exactly as wide as its column."""


def fitted(spans: Cell, width: int, glyphs: Glyphs) -> Cell:
    """The spans cut, with an ellipsis, or filled to exactly `width` cells."""
    fitting: list[Span] = []
    room = width
    for part in spans:
        size = len(part.text) if part.text.isascii() else cell_len(part.text)
        if size > room:
            short = set_cell_size(part.text, max(0, room - 1)) + (glyphs.ellipsis if room else "")
            fitting.append(Span(short, part.tone, part.swatch))
            room = 0
            break
        fitting.append(part)
        room -= size
    return padded(fitting, room)


def padded(spans: Iterable[Span], blanks: int) -> Cell:
    """The spans with blanks behind them, in the last one's style: another would cost the line 40 bytes."""
    held = tuple(spans)
    if blanks <= 0:
        return held
    if not held or held[-1].swatch or held[-1].tone in GROUNDED:
        return (*held, Span(" " * blanks, Tone.FAINT))
    return (*held[:-1], Span(held[-1].text + " " * blanks, held[-1].tone))
