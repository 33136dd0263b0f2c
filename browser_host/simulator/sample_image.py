"""An image as watch pages have them: a PNG with the size of a photograph's thumbnail."""

import struct
import zlib

from browser_host.simulator.seeded import seeded_random

WIDTH, HEIGHT = 320, 240
_TO_NOISE = bytes(value >> 6 for value in range(256))
"""Keeps two bits, which do not compress, as in a photograph: they give the file some 115 KB."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def make_image() -> bytes:
    """Make the image, a gradient with noise; the same bytes each time."""
    chance = seeded_random(1, "image")
    lines = bytearray()
    for y in range(HEIGHT):
        gradient = bytes((x + y) // 4 for x in range(WIDTH) for _ in range(3))
        noise = chance.randbytes(len(gradient)).translate(_TO_NOISE)
        lines.append(0)  # this line has no filter
        lines.extend(map(sum, zip(gradient, noise, strict=True)))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)  # 8 bits, RGB
    return b"".join(
        (_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines)), _chunk(b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    """As in https://www.w3.org/TR/png-3/#5Chunk-layout."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
