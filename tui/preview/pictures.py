"""A picture as a terminal's own graphics, at a bounded cost: kitty's protocol or sixel."""

import base64
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from browser_host.errors import WatchdeckError
from tui.preview.drawing import MOST_BYTES, Drawing, draw
from tui.terminal_graphics import TerminalGraphics

if TYPE_CHECKING:
    from PIL.Image import Image

_FAST_OCTREE = 2
"""`Image.Quantize.FASTOCTREE`, a fifth of the time of the others."""

_NEAREST = 0
"""`Image.Resampling.NEAREST`: pixels that are repeated are cheap."""

NEEDS = "sixel pictures need textual-image, which is not installed: pip install 'watchdeck[preview]'"

CHUNK = 4096
"""Characters of base64 in one escape sequence (kitty's protocol)."""

_COLORS = (256, 64, 16)
"""Colours of a picture, tried in turn until it costs no more than it may; then half its pixels."""

_HOPELESS = 3
"""Times the bound from which fewer colours don't help; each try takes a noisy picture 0.1 s and more."""

_IMAGE = 8107
"""The id of our one image in the terminal: a new picture takes the place of the old one."""

ERASE = {
    TerminalGraphics.CELLS: "",
    TerminalGraphics.SIXEL: "",
    TerminalGraphics.KITTY: f"\x1b_Ga=d,d=I,i={_IMAGE},q=2\x1b\\",
}
"""What takes the picture away, where the characters that are written over it do not."""


def draw_as(
    graphics: TerminalGraphics,
    png: bytes,
    room: tuple[int, int],
    cell: tuple[int, int],
    *,
    halved: bool,
) -> Drawing:
    """Draw a picture as large as fits, as simple as `MOST_BYTES` require.

    Args:
        room: columns and lines.
        cell: width and height of a character in pixels.
        halved: the terminal has half-blocks.

    Raises:
        WatchdeckError: Pillow or textual-image is not installed, or it is no picture of a page.
    """
    if graphics is TerminalGraphics.CELLS:
        return draw(png, *room, halved=halved)
    from browser_host.cli.pictures import decoding, half_blocks  # noqa: PLC0415 - most never show a picture

    image = decoding.opened(png)
    columns, halves = half_blocks.fit(*image.size, *room)
    lines = max(1, round(halves / 2))
    width, height = columns * cell[0], lines * cell[1]
    for pixels in _smaller(image, width, height):
        for colors in _COLORS:
            if graphics is TerminalGraphics.KITTY:
                sent = _kitty(pixels, colors, columns, lines)
            else:
                sent = _sixel(pixels, colors, width, height)
            if len(sent) <= MOST_BYTES:
                return Drawing((), len(sent), (columns, lines), sent)
            if len(sent) > _HOPELESS * MOST_BYTES:
                break
    raise WatchdeckError("the picture can't be drawn within the bytes that it may cost")


def _smaller(image: "Image", width: int, height: int) -> Iterator["Image"]:
    """The picture in so many pixels, then in half of them each way, until one is left."""
    while width and height:
        yield image.resize((width, height))
        width, height = width // 2, height // 2


def _kitty(image: "Image", colors: int, columns: int, lines: int) -> str:
    """The picture as a PNG, which the terminal stretches over its cells."""
    written = io.BytesIO()
    image.quantize(colors, _FAST_OCTREE).save(written, "PNG")
    data = base64.b64encode(written.getvalue()).decode()
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    # C=1: the cursor stays, q=2: no answers.
    first = f"a=T,f=100,i={_IMAGE},p=1,c={columns},r={lines},C=1,q=2,"
    heads = (first, *("q=2," for _ in chunks[1:]))
    pairs = enumerate(zip(heads, chunks, strict=True), 1)
    return "".join(f"\x1b_G{head}m={int(at < len(chunks))};{part}\x1b\\" for at, (head, part) in pairs)


def _sixel(image: "Image", colors: int, width: int, height: int) -> str:
    """The picture stretched here to so many pixels, for the terminal draws each as it is."""
    try:
        from textual_image._sixel import SixelOptions, image_to_sixels  # noqa: PLC0415 - an extra
    except ImportError:
        raise WatchdeckError(NEEDS) from None
    quantized = image.quantize(colors, _FAST_OCTREE).convert("RGB")
    return image_to_sixels(quantized.resize((width, height), _NEAREST), SixelOptions(colors=colors))
