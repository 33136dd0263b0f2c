"""Which pictures a terminal can show, by its own answer; pure but for the message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from textual.message import Message


class TerminalGraphics(IntEnum):
    """How a picture is shown, the better the greater."""

    CELLS = 0
    """As colours of characters, which every terminal can."""
    SIXEL = 1
    KITTY = 2


_QUERY_ID = 8107
"""Ours, so that an answer to another program's question means nothing."""

_ASKS_FOR_KITTY = f"\x1b_Gi={_QUERY_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
"""A query of kitty's protocol (sw.kovidgoyal.net/kitty/graphics-protocol)."""

_ASKS_FOR_ATTRIBUTES = "\x1b[c"
"""DA1."""

_MULTIPLEXERS = ("TMUX", "STY")
"""What tmux and screen set: they have no kitty's protocol, and take its query for a window's title."""

_KITTY = re.compile(rf"\x1b_Gi={_QUERY_ID};OK.{{1,2}}", re.DOTALL)
_ATTRIBUTES = re.compile(r"\x1b\[\?(\d{1,3}(?:;\d{1,3}){0,15})c")
_SIXEL = "4"
"""The attribute of DA1 for sixel pictures (VT340)."""


@dataclass
class GraphicsAnswered(Message):
    """The terminal can show such pictures."""

    graphics: TerminalGraphics


def query(environ: Mapping[str, str]) -> str:
    """What asks the terminal which pictures it can show.

    Args:
        environ: the process's environment.
    """
    if any(name in environ for name in _MULTIPLEXERS):
        return _ASKS_FOR_ATTRIBUTES
    return _ASKS_FOR_KITTY + _ASKS_FOR_ATTRIBUTES


def answered(sequence: str) -> TerminalGraphics | None:
    """What an answer to a `query` says; None if it is none, or names neither protocol."""
    if _KITTY.fullmatch(sequence):
        return TerminalGraphics.KITTY
    attributes = _ATTRIBUTES.fullmatch(sequence)
    has_sixel = attributes is not None and _SIXEL in attributes[1].split(";")
    return TerminalGraphics.SIXEL if has_sixel else None
