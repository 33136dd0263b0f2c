"""The file that a recording is read from: a regular file, unpacked where it is compressed."""

import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from browser_host import private_files
from browser_host.errors import UsageError, WatchdeckError
from browser_host.recording import line_reader
from browser_host.recording.line_reader import Ended, RecordingError
from browser_host.recording.recorded_lines import LINE_LIMIT

MOST_UNPACKED = 2_000_000_000
"""Bytes on disk that a compressed recording may take while it is shown."""

_MAGIC = b"\x28\xb5\x2f\xfd"
"""Of Zstandard's frames (RFC 8878, 3.1.1)."""

_LARGEST_WINDOW = 1 << 23
"""Bytes of memory that a compressed file may ask for; the recorder's levels need 2 MB."""

_PIECE = 1 << 20


def opened(path: Path) -> BinaryIO:
    """Open a recording to read its lines from anywhere in it.

    Raises:
        UsageError: there is no such file, or zstandard is not installed.
        RecordingError: it can't be unpacked.
        WatchdeckError: it can't be opened.
    """
    try:
        descriptor = private_files.open_output(path, os.O_RDONLY)
    except FileNotFoundError:
        raise UsageError(f"no file {path}") from None
    except OSError as error:
        raise WatchdeckError(f"can't read {path}: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(f"{path} is not a regular file")
    file = os.fdopen(descriptor, "rb")
    if file.peek(len(_MAGIC))[: len(_MAGIC)] != _MAGIC:
        return file
    with file:
        return _unpacked(file)


def whole_lines(file: BinaryIO) -> tuple[int, bool]:
    """The bytes up to the end of the last whole line, and whether that line says that the recorder stopped.

    Without one the recorder was killed, or still runs: what is there can be shown.
    """
    size = file.seek(0, os.SEEK_END)
    begins = max(0, size - 2 * LINE_LIMIT)
    file.seek(begins)
    tail = file.read(2 * LINE_LIMIT)
    end = tail.rfind(b"\n") + 1
    if not end:
        raise RecordingError(f"the recording has a line of more than {LINE_LIMIT} bytes")
    try:
        last = line_reader.read(tail[tail.rfind(b"\n", 0, end - 1) + 1 : end])
    except RecordingError:
        last = None  # reading it in its turn reports the error
    return begins + end, isinstance(last, Ended)


def _unpacked(packed: BinaryIO) -> BinaryIO:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "the recording is compressed, and zstandard is not installed: pip install 'watchdeck[record]'"
        ) from None
    unpacked = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - its owner closes it
    try:
        with zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(packed) as stream:
            while unpacked.tell() <= MOST_UNPACKED and (piece := stream.read(_PIECE)):
                unpacked.write(piece)
    except zstandard.ZstdError:
        unpacked.close()
        raise RecordingError("the recording can't be unpacked: it is damaged") from None
    except BaseException:
        unpacked.close()
        raise
    if unpacked.tell() > MOST_UNPACKED:
        unpacked.close()
        raise RecordingError(f"the recording has more than {MOST_UNPACKED} bytes when unpacked")
    unpacked.seek(0)
    return unpacked
