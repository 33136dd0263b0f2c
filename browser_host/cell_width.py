"""The width of text in terminal columns, for all output."""

_ELLIPSIS = "…"


def cell_width(text: str) -> int:
    """Columns of a text.

    Args:
        text: printable, as from `protocol.text.printable`; other characters count as zero.
    """
    if text.isascii() and text.isprintable():
        return len(text)
    from wcwidth import wcswidth, wcwidth  # noqa: PLC0415 - its tables are for text beyond ASCII alone

    width = wcswidth(text)
    return width if width >= 0 else sum(max(0, wcwidth(character)) for character in text)


def cut(text: str, cells: int) -> str:
    """The text, cut with an ellipsis to at most `cells` columns.

    Args:
        cells: columns; 0 leaves nothing.
    """
    if cell_width(text) <= cells:
        return text
    from wcwidth import iter_graphemes  # noqa: PLC0415 - as above

    kept, left = "", cells - cell_width(_ELLIPSIS)
    for grapheme in iter_graphemes(text):
        left -= cell_width(grapheme)
        if left < 0:
            break
        kept += grapheme
    return kept + _ELLIPSIS if cells > 0 else ""


def padded(text: str, cells: int) -> str:
    """The text cut or padded with spaces to exactly `cells` columns."""
    text = cut(text, cells)
    return text + " " * (cells - cell_width(text))
