"""How commands speak: data on stdout, talk on stderr, and nothing that could steer a terminal."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

from browser_host.protocol.text import printable

CELL_LIMIT = 200
"""Characters of one cell; the longest that the host tells is a fault's or an instruction's text."""

LINE_LIMIT = 2_000

_GAP = "  "
_WIDE = frozenset("WF")


def tell(document: Mapping[str, Any]) -> None:
    """One JSON document on a line of stdout."""
    click.echo(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode())


def line(text: str) -> None:
    """One line of data."""
    click.echo(printable(text, LINE_LIMIT))


def say(text: str) -> None:
    """Talk for whoever sits there, each line made printable."""
    for part in text.splitlines():
        click.echo(printable(part, LINE_LIMIT), err=True)


def columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under a header in plain columns, as wide as what stands in them; no boxes are drawn."""
    table = [list(header), *([printable(cell, CELL_LIMIT) for cell in row] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    return [
        _GAP.join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
