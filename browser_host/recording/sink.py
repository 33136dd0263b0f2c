"""The file that a recording is written to: private, new, bounded, compressed if its name ends in `.zst`."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from browser_host import private_files
from browser_host.errors import UsageError, WatchdeckError
from browser_host.recording.recorded_lines import encode, ended

COMPRESSED = ".zst"

FLUSH_EVERY_S = 1.0
"""Seconds that lines may wait in memory while others come; the host's beats bring the rest to disk."""

RESERVE = 4_096
"""Bytes of the bound that are kept for the last line and the end of a compressed file."""


class RecordingFull(WatchdeckError):  # noqa: N818 - says what it is
    """The recording has reached its bound."""


class _Output(Protocol):
    def write(self, data: bytes, /) -> Any: ...
    def flush(self) -> Any: ...
    def close(self) -> Any: ...


class RecordingFile:
    """Takes the lines of a recording.

    Args:
        path: a file that does not exist yet; a name that ends in `.zst` compresses it.
        most: bytes on disk that it never exceeds.
        wall: epoch seconds.

    Raises:
        UsageError: there is a file already, or zstandard is not installed.
        WatchdeckError: it can't be made.
    """

    def __init__(self, path: Path, most: int, wall: Callable[[], float] = time.time) -> None:
        self._path = path
        self._most = most
        self._wall = wall
        self._pending = 0
        self._flushed = time.monotonic()
        self._why = "stopped"
        self.lines = 0
        compress = _compressor() if path.suffix == COMPRESSED else None
        try:
            descriptor = private_files.open_output(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            raise UsageError(f"{path} exists already; name a new file") from None
        except OSError as error:
            raise WatchdeckError(f"can't write {path}: {error.strerror}") from None
        self._file = os.fdopen(descriptor, "wb")
        self._output: _Output = self._file if compress is None else compress(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        try:
            self._put(encode(ended(self._wall(), self._why)))
            self._output.close()
            self._file.close()
        except OSError as failure:
            if kind is None:
                raise self._failed(failure) from None

    @property
    def size(self) -> int:
        """Bytes on disk, and of what waits at most."""
        return self._file.tell() + self._pending

    def write(self, body: Mapping[str, Any]) -> None:
        """Add a line.

        Raises:
            RecordingFull: there is no room for it; nothing was added.
            WatchdeckError: the disk refuses it.
        """
        line = encode(body)
        try:
            if self.size + len(line) > self._most - RESERVE:
                self.flush()
                if self.size + len(line) > self._most - RESERVE:
                    self._why = "the file is full"
                    raise RecordingFull(f"the recording has reached its bound of {self._most} bytes")
            self._put(line)
            if time.monotonic() - self._flushed >= FLUSH_EVERY_S:
                self.flush()
        except OSError as error:
            raise self._failed(error) from None
        self.lines += 1

    def flush(self) -> None:
        """Bring to disk what waits."""
        self._output.flush()
        self._file.flush()
        self._pending = 0
        self._flushed = time.monotonic()

    def _put(self, line: bytes) -> None:
        self._output.write(line)
        self._pending += len(line)

    def _failed(self, error: OSError) -> WatchdeckError:
        return WatchdeckError(f"can't write {self._path}: {error.strerror}")


def _compressor() -> Callable[[BinaryIO], _Output]:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            f"a name that ends in {COMPRESSED} needs zstandard, which is not installed: "
            "pip install 'watchdeck[record]', or name the file .jsonl"
        ) from None
    return lambda file: zstandard.ZstdCompressor().stream_writer(file, closefd=False)
