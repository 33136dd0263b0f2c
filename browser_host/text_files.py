"""Text in users' files and variables: read within a deadline, decoded, without a byte-order mark."""

import codecs
import contextlib
import os
import select
import time
from collections.abc import Iterator
from pathlib import Path

_BOM = "\ufeff"

# The longer marks first: UTF-32's begins like UTF-16's.
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

_CHUNK_BYTES = 1 << 16


class EncodingError(ValueError):
    """The text is not UTF-8; the message guesses the encoding and quotes nothing.

    Args:
        at: index of the first wrong byte.
    """

    def __init__(self, found: str, at: int) -> None:
        super().__init__(f"expected UTF-8, got {found}; save it as UTF-8")
        self.at = at


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open a file for reading, following links; a pipe is opened even without a writer.

    Raises:
        OSError: it can't be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def content_of(descriptor: int, limit: int, within_s: float) -> bytes:
    """Everything up to the end, or the first `limit` bytes and one more.

    Args:
        limit: bytes; a device may have no end.
        within_s: seconds that a pipe's writer is waited for.

    Raises:
        TimeoutError: the end was not reached in time.
        OSError: it can't be read.
    """
    deadline = time.monotonic() + within_s
    content = bytearray()
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    while len(content) <= limit:
        left_s = deadline - time.monotonic()
        if left_s <= 0 or not waiting.poll(left_s * 1000):
            raise TimeoutError(
                None, f"nothing more came within {within_s:g} s; is it a pipe without a writer?"
            )
        with contextlib.suppress(BlockingIOError):  # another process read it first
            chunk = os.read(descriptor, min(_CHUNK_BYTES, limit + 1 - len(content)))
            if not chunk:
                break
            content += chunk
    return bytes(content)


def decoded(content: bytes) -> str:
    """The text of a file, without the byte-order mark that some editors put before it.

    Raises:
        EncodingError: it is not in UTF-8.
    """
    for mark, name in _OTHER_ENCODINGS:
        if content.startswith(mark):
            raise EncodingError(name, 0)
    if b"\0" in content[:2]:
        raise EncodingError("what looks like UTF-16", 0)
    try:
        return content.decode().removeprefix(_BOM)
    except UnicodeDecodeError as error:
        found = f"the byte {content[error.start]:02X}, as in Latin-1 or Windows-1252"
        raise EncodingError(found, error.start) from None


def trimmed(text: str) -> str:
    """A value without byte-order mark and surrounding whitespace."""
    return text.strip().removeprefix(_BOM).strip()
