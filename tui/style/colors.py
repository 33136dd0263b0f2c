"""How a session's own colour is told: a swatch for the eye, hex and the nearest plain name for everyone."""

from browser_host.protocol.page_colors import nearest_name
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable

_SWATCH_CELLS = 2
_NAMED_FROM = 14
"""Cells from which the name fits behind swatch and hex."""


def color_spans(color: str | None, raw: str | None, width: int, glyphs: Glyphs) -> tuple[Span, ...]:
    """A colour in `width` cells.

    Args:
        color: `#rrggbb`, or None if the page named none that is known.
        raw: the page's own word, shown where it is no colour that we know.
    """
    if color is None:
        return (Span(printable(raw), Role.MUTED),) if raw else (Span(glyphs.none, Role.FAINT),)
    if width < _NAMED_FROM:
        return (Span(glyphs.swatch, swatch=color), Span(f" {color}"))
    return (
        Span(glyphs.swatch * _SWATCH_CELLS, swatch=color),
        Span(f" {color} "),
        Span(nearest_name(color), Role.MUTED),
    )
