"""A terminal without an emulator: a pty with a program, and the time at which each byte arrived.

The emulator of `tests.support.terminal` would use the CPU time that is measured.
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
"""Variables that a developer's shell may set and a user's does not; the first doubles the start time."""


class RawTerminal:
    """The output of a program to its terminal; positions in it are byte offsets.

    Args:
        process: the program.
        master: the test's side of the pty; its opener closes it.
        began: epoch seconds just before the start of the program.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, began: float) -> None:
        self.process = process
        self.began = began
        self._master = master
        self._raw = bytearray()
        self._ends: list[int] = []
        self._times: list[float] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="raw-terminal")
        self._reader.start()

    def here(self) -> int:
        """Return the position after all output so far."""
        with self._came:
            return len(self._raw)

    def since(self, place: int) -> bytes:
        """Return the output from a position on."""
        with self._came:
            return bytes(self._raw[place:])

    def at(self, place: int) -> float:
        """Return when the byte before a position arrived, in epoch seconds."""
        with self._came:
            return self._times[bisect.bisect_left(self._ends, place)]

    def until(self, words: bytes, place: int = 0, within: float = COMES_WITHIN_S) -> int:
        """Wait for some bytes, and return the position after them.

        Args:
            place: position at which the search starts.
            within: seconds.
        """
        with self._came:
            if not self._came.wait_for(lambda: words in self._raw[place:], within):
                raise TimeoutError(f"no {words!r} within {within} s: {bytes(self._raw[-2000:])!r}")
            return self._raw.index(words, place) + len(words)

    def press(self, keys: bytes) -> float:
        """Send keys in one write, and return the time in epoch seconds."""
        now = time.time()
        os.write(self._master, keys)
        return now

    def echo_ms(self, keys: bytes, words: bytes) -> float:
        """Send keys, and return the milliseconds until some bytes have come that they lead to."""
        place = self.here()
        pressed = self.press(keys)
        return 1000 * (self.at(self.until(words, place)) - pressed)

    def ended(self) -> None:
        """Read the remaining output of a program that has ended."""
        self._reader.join(ENDS_WITHIN_S)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the program has closed its side
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
def raw_terminal(home: Home, command: Sequence[str | Path], **environment: str) -> Iterator[RawTerminal]:
    """Run a program in its own terminal until the block ends.

    Args:
        environment: further variables; an empty value removes one.
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
    window = RawTerminal(process, master, began)
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
