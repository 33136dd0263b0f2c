"""Styles as Select Graphic Rendition (SGR) sequences set them: read, and written as differences."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

REMEMBERED = 2048
"""Styles and steps between them that are remembered; colours of pages need not ever repeat."""

_COLOR_FIELDS = {"5": 1, "2": 3}
"""Numbers that follow the kind of an extended colour: of the palette, or red, green and blue."""

_OFF = {
    **dict.fromkeys(("1", "2"), "22"),
    "3": "23",
    **dict.fromkeys(("4", "21"), "24"),
    **dict.fromkeys(("5", "6"), "25"),
    "7": "27",
    "8": "28",
    "9": "29",
    **dict.fromkeys(("51", "52"), "54"),
    "53": "55",
}
"""What takes each attribute away; some take two."""

_SHOWN_ON_BLANKS = frozenset(("4", "5", "6", "7", "9", "21", "51", "52", "53"))


class Pen(NamedTuple):
    """The style that characters are painted in.

    Args:
        foreground: the SGR parameters that set it; empty for the terminal's own.
        attributes: the SGR parameters of bold, underline and the like.
    """

    foreground: str = ""
    background: str = ""
    attributes: frozenset[str] = frozenset()


PLAIN = Pen()


@lru_cache(maxsize=REMEMBERED)
def applied(pen: Pen, parameters: str) -> Pen:
    """The pen after an SGR sequence.

    Args:
        parameters: what stands between `ESC [` and `m`.
    """
    foreground, background, attributes = pen
    fields = iter(parameters.split(";"))
    for code in fields:
        match code:
            case "" | "0" | "00":
                foreground, background, attributes = PLAIN
            case "38":
                foreground = _extended(code, fields)
            case "48":
                background = _extended(code, fields)
            case "39":
                foreground = ""
            case "49":
                background = ""
            case _ if code.isdecimal() and (30 <= int(code) < 38 or 90 <= int(code) < 98):  # noqa: PLR2004
                foreground = code
            case _ if code.isdecimal() and (40 <= int(code) < 48 or 100 <= int(code) < 108):  # noqa: PLR2004
                background = code
            case _ if code in _OFF.values():
                attributes = frozenset(one for one in attributes if _OFF.get(one) != code)
            case _:
                attributes |= {code}
    return Pen(foreground, background, attributes)


@lru_cache(maxsize=REMEMBERED)
def blank(pen: Pen) -> Pen:
    """What can be seen of a pen where it paints a space."""
    return pen if pen.attributes & _SHOWN_ON_BLANKS else Pen(background=pen.background)


def for_blanks(held: Pen | None, wanted: Pen) -> Pen:
    """A pen that paints spaces like the wanted one, with as little change as can be."""
    if held is None or (held.attributes | wanted.attributes) & _SHOWN_ON_BLANKS:
        return wanted
    return held._replace(background=wanted.background)


@lru_cache(maxsize=REMEMBERED)
def change(before: Pen | None, after: Pen) -> str:
    """The shortest sequence that makes one pen of another.

    Args:
        before: None where it is not known.
    """
    if before == after:
        return ""
    if after == PLAIN:
        return "\x1b[m"
    whole = _sequence(["0", *sorted(after.attributes), after.foreground, after.background])
    if before is None:
        return whole
    off = {_OFF.get(one, "") for one in before.attributes - after.attributes}
    if "" in off:
        return whole
    on = {one for one in after.attributes if one not in before.attributes or _OFF.get(one) in off}
    steps = [*sorted(off), *sorted(on)]
    if after.foreground != before.foreground:
        steps.append(after.foreground or "39")
    if after.background != before.background:
        steps.append(after.background or "49")
    return min(_sequence(steps), whole, key=len)


def _extended(code: str, fields: Iterator[str]) -> str:
    kind = next(fields, "")
    return ";".join((code, kind, *islice(fields, _COLOR_FIELDS.get(kind, 0))))


def _sequence(parameters: Iterable[str]) -> str:
    return f"\x1b[{';'.join(filter(None, parameters))}m"
