"""PNG pictures as pixels of a terminal's size, by Pillow (the extra `preview`)."""

import io
from typing import TYPE_CHECKING

from browser_host.api.bounds import MOST_WIDTH
from browser_host.cli.pictures.half_blocks import Pixels, fit
from browser_host.errors import WatchdeckError

if TYPE_CHECKING:
    from PIL.Image import Image

_BOX = 4
"""`Image.Resampling.BOX`: each pixel is the mean of those that it stands for."""

NEEDS = "pictures in the terminal need Pillow, which is not installed: pip install 'watchdeck[preview]'"


def require() -> None:
    """Check that pictures can be decoded.

    Raises:
        WatchdeckError: Pillow is not installed.
    """
    try:
        import PIL  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise WatchdeckError(NEEDS) from None


def decode(png: bytes, columns: int, lines: int, *, halved: bool = True) -> Pixels:
    """The picture in its own proportions, as large as fits into so many columns and lines.

    Args:
        halved: two pixels in a cell, one above the other; else one.

    Raises:
        WatchdeckError: Pillow is not installed, or it is no picture of a page.
    """
    image = opened(png)
    width, height = fit(*image.size, columns, lines)
    size = (width, height if halved else max(1, height // 2))
    return Pixels(*size, image.resize(size, _BOX).tobytes())


def opened(png: bytes) -> "Image":
    """The picture in RGB.

    Raises:
        WatchdeckError: Pillow is not installed, or it is no picture of a page.
    """
    require()
    from PIL import Image  # noqa: PLC0415 - an extra

    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            if max(image.size) > MOST_WIDTH:  # before it is unpacked
                raise WatchdeckError("the host sent a picture that is too large")
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise WatchdeckError(f"the host sent no picture: {error}") from None
