"""Parses colours as pages write them, and finds a plain name for a colour."""

import colorsys
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from browser_host.protocol.page_messages import Color
from browser_host.protocol.raw import json_text
from browser_host.protocol.text import printable

RAW_LIMIT = 64
"""Characters kept of a page's colour; a longer text is not parsed."""
_CACHED = 2_048  # texts of at most 64 characters, so under half a megabyte whatever pages post
_AFTER_CSS_3 = {"rebeccapurple": "#663399"}  # the only name that CSS Color 4 added

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_SHORT_HEX = 5  # "#" and four digits
_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,2})?"
_PART = rf"({_NUMBER})(%|deg|grad|rad|turn)?"
_ALPHA = rf"{_NUMBER}%?"
_WITH_COMMAS = re.compile(
    rf"(rgb|hsl)a?\(\s*{_PART}\s*,\s*{_PART}\s*,\s*{_PART}\s*(?:,\s*{_ALPHA}\s*)?\)", re.ASCII
)
_WITH_SPACES = re.compile(rf"(rgb|hsl)a?\(\s*{_PART}\s+{_PART}\s+{_PART}\s*(?:/\s*{_ALPHA}\s*)?\)", re.ASCII)
_DEGREES = {"": 1.0, "deg": 1.0, "grad": 0.9, "rad": 57.29577951308232, "turn": 360.0}

# The first shade of each is the name's own; the others also go by that name. Chosen so that CSS's named
# colours and the usual web palettes get the name that people would use.
_SHADES = {
    "black": "#000000 #1c1c1c",
    "grey": "#808080 #606060 #404040 #a9a9a9 #c8c8c8 #708090",
    "white": "#ffffff #f0f0f0 #f5f5dc #f0f8ff",
    "red": "#ff0000 #b22222 #8b0000 #dc143c #ff5050",
    "orange": "#ff8c00 #ffa54f #e07020 #ff7050",
    "yellow": "#ffff00 #ffd700 #f0e68c #ffffc0",
    "green": "#00a000 #00ff00 #006400 #90ee90 #7fff00 #2e8b57 #6b8e23 #00ff7f #8fbc8f",
    "teal": "#008080 #20b2aa",
    "cyan": "#00ffff #40e0d0 #afeeee #00bcd4",
    "blue": "#0000ff #000080 #1e90ff #87ceeb #4169e1 #4682b4 #b0c8e8 #00bfff #3f51b5",
    "purple": "#800080 #8a2be2 #4b0082 #9370db #c8a0e8 #483d8b",
    "magenta": "#ff00ff #d000b0",
    "pink": "#ffc0cb #ff69b4 #ff1493 #f08090 #db7093 #e91e63",
    "brown": "#8b4513 #a52a2a #795548 #603010 #b08050 #d2b48c",
}
PLAIN_NAMES: Mapping[str, str] = MappingProxyType({name: shades[:7] for name, shades in _SHADES.items()})
"""Every name that `nearest_name` returns, with its own `#rrggbb`."""

_Lab: TypeAlias = tuple[float, float, float]


def parse(text: str) -> str | None:
    """Return the `#rrggbb` of a CSS colour, or None if the text is not one.

    Accepts hex of 3, 4, 6 or 8 digits, `rgb()` and `hsl()` (with or without the `a`) in comma and space
    syntax, and CSS's named colours. Alpha is ignored, and `transparent` is None.

    Args:
        text: at most `RAW_LIMIT` characters; a longer text is not a colour.
    """
    if len(text) > RAW_LIMIT or not text.isascii():
        return None
    color = text.strip().lower()
    if _HEX.fullmatch(color):
        return "#" + "".join(digit * 2 for digit in color[1:4]) if len(color) <= _SHORT_HEX else color[:7]
    return _parse_function(color) if color.endswith(")") else _parse_name(color)


def read(raw: object) -> Color:
    """Return the colour in a page's message, whatever the page posted as one.

    Args:
        raw: usually a string; anything else gets no value, and is kept as JSON text.
    """
    if type(raw) is not str:
        return Color(None, json_text(raw, RAW_LIMIT))
    if len(raw) > RAW_LIMIT:
        return Color(None, printable(raw, RAW_LIMIT))
    return _read_text(raw)


@lru_cache(maxsize=_CACHED)
def nearest_name(value: str) -> str:
    """Return the perceptually nearest of `PLAIN_NAMES` (by distance in OKLab).

    Args:
        value: `#rrggbb`.

    Raises:
        ValueError: the value is not `#rrggbb`.
    """
    lab = _oklab(value)
    return min(_LABS, key=lambda shade: sum((a - b) ** 2 for a, b in zip(shade[0], lab, strict=True)))[1]


@lru_cache(maxsize=_CACHED)
def _read_text(text: str) -> Color:
    return Color(parse(text), printable(text, RAW_LIMIT))


def _parse_name(name: str) -> str | None:
    from webcolors import name_to_hex  # noqa: PLC0415 - takes 2 ms, which no start should wait for

    try:
        return _AFTER_CSS_3.get(name) or name_to_hex(name)
    except ValueError:
        return None


def _parse_function(text: str) -> str | None:
    with_commas = _WITH_COMMAS.fullmatch(text)
    match = with_commas or _WITH_SPACES.fullmatch(text)
    if match is None:
        return None
    name, *parts = match.groups(default="")
    numbers, units = [float(number) for number in parts[::2]], parts[1::2]
    channel_units = units if name == "rgb" else units[1:]
    # CSS allows mixed numbers and percentages only in space syntax; with commas, hsl() needs percentages.
    if not {"", "%"}.issuperset(channel_units) or (with_commas and len(set(channel_units)) > 1):
        return None
    if name == "rgb":
        scaled = (n * 255 / 100 if unit else n for n, unit in zip(numbers, units, strict=True))
        return _hex(*scaled)
    if units[0] not in _DEGREES or (with_commas and not channel_units[0]):
        return None
    saturation, lightness = (min(max(n / 100, 0.0), 1.0) for n in numbers[1:])
    hue = numbers[0] * _DEGREES[units[0]] / 360 % 1
    return _hex(*(255 * channel for channel in colorsys.hls_to_rgb(hue, lightness, saturation)))


def _hex(*channels: float) -> str:
    # Halves round up, as in browsers; Python's round() rounds them to even.
    return "#" + "".join(f"{int(min(max(channel, 0.0), 255.0) + 0.5):02x}" for channel in channels)


def _oklab(value: str) -> _Lab:
    """Convert `#rrggbb` to OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020)."""
    if len(value) != len("#rrggbb") or not _HEX.fullmatch(value):
        raise ValueError(f"colour must be #rrggbb in lower case, not {value!r}")
    r, g, b = (_linear(int(value[at : at + 2], 16) / 255) for at in (1, 3, 5))
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_,
        1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_,
        0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_,
    )


def _linear(channel: float) -> float:
    """Remove the gamma of an sRGB channel from 0 to 1."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - constants of sRGB


_LABS = tuple((_oklab(shade), name) for name, shades in _SHADES.items() for shade in shades.split())
