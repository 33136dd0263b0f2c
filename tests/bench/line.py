"""A terminal that is only read: a pty with a program on it, and when each byte of it came.

No emulator stands behind it, as one does in `tests.support.terminal`: it would use the processor that is
measured.
"""

import bisect
import contextlib
import os
import pty
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.programs import ENDS_WITHIN_S, ROOT, Home
from tests.support.terminal import ASKS_FOR_FRAMES, HAS_FRAMES, READ_BYTES, environment_of, set_size

SIZE = (160, 45)
"""Columns and rows."""

COMES_WITHIN_S = 20.0

AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONUNBUFFERED": ""}
"""What a developer's shell may set and a user's does not; the first alone doubles the time of a start."""


class Line:
    """What a program sends to its terminal; places in it are counted in bytes from the first.

    Args:
        process: the program.
        master: our side of its pty; closed by whoever opened it.
        began: epoch seconds just before the program was started.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, began: float) -> None:
        self.process = process
        self.began = began
        self._master = master
        self._raw = bytearray()
        self._ends: list[int] = []
        self._times: list[float] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="line")
        self._reader.start()

    def here(self) -> int:
        """The place behind all that has come."""
        with self._came:
            return len(self._raw)

    def since(self, place: int) -> bytes:
        """What came from there on."""
        with self._came:
            return bytes(self._raw[place:])

    def at(self, place: int) -> float:
        """When the byte before a place came, in epoch seconds."""
        with self._came:
            return self._times[bisect.bisect_left(self._ends, place)]

    def until(self, words: bytes, place: int = 0, within: float = COMES_WITHIN_S) -> int:
        """The place behind these words, once they have come.

        Args:
            place: where the search begins.
            within: seconds.
        """
        with self._came:
            if not self._came.wait_for(lambda: words in self._raw[place:], within):
                raise TimeoutError(f"{words!r} did not come within {within} s: {bytes(self._raw[-2000:])!r}")
            return self._raw.index(words, place) + len(words)

    def press(self, keys: bytes) -> float:
        """Types keys in one go, and says when."""
        now = time.time()
        os.write(self._master, keys)
        return now

    def ended(self) -> None:
        """Reads what is left of a program that has ended."""
        self._reader.join(ENDS_WITHIN_S)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # nobody is on the other side any more
            while piece := os.read(self._master, READ_BYTES):
                now = time.time()
                if ASKS_FOR_FRAMES in piece:
                    os.write(self._master, HAS_FRAMES)
                with self._came:
                    self._raw += piece
                    self._ends.append(len(self._raw))
                    self._times.append(now)
                    self._came.notify_all()


@contextlib.contextmanager
def line(home: Home, command: Sequence[str | Path], **environment: str) -> Iterator[Line]:
    """A program on a terminal of its own until the block ends.

    Args:
        environment: beside the home's; an empty text unsets.
    """
    master, slave = pty.openpty()
    set_size(master, *SIZE)
    surroundings = environment_of(home, {**AS_INSTALLED, **environment})
    began = time.time()
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=surroundings,
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(slave)
    window = Line(process, master, began)
    try:
        yield window
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        window.ended()
        os.close(master)
