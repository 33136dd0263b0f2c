"""A real terminal with the dashboard in it: a pty, an emulator behind it, and every byte that came."""

import contextlib
import fcntl
import os
import pty
import selectors
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pyte

from tests.support.programs import WATCHDECK, Home
from tests.support.screen import Picture

ENTER, TAB, ESCAPE, PAGE_DOWN = "\r", "\t", "\x1b", "\x1b[6~"

SHOWS_WITHIN_S = 10.0
"""A picture that a busy machine with two cores has not shown by then, is not coming."""

SETTLES_WITHIN_S = 0.5
"""From a key that moves the cursor to the picture of it."""

LEAVES_WITHIN_S = 16.0
"""The dashboard gives its own host 12 s, then signals."""

READS_A_PROMPT_S = 0.4
"""Longer than a prompt is deaf."""

READ_BYTES = 65536

ASKS_FOR_FRAMES, HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
"""Synchronised output: a picture is looked at when it is whole, as a good terminal shows it."""

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes stdin the controlling terminal of a new session, and becomes the program."""

_OF_OTHER_TERMINALS = ("LC_", "LANG", "TERM", "COLORTERM", "NO_COLOR", "TEXTUAL", "TMUX", "COLUMNS", "LINES")

T = TypeVar("T")


class Terminal:
    """The emulator's side of a pty.

    Args:
        process: the program on the other side, leader of its session.
        master: our side.
        slave: the program's side, held so that its settings can be read after its end.
        size: columns and rows.
    """

    def __init__(
        self, process: "subprocess.Popen[bytes]", master: int, slave: int, size: tuple[int, int]
    ) -> None:
        self.process = process
        self._master, self._slave = master, slave
        self._settings = termios.tcgetattr(slave)
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._raw = bytearray()
        self._changed = threading.Condition(threading.RLock())
        self._wake, self._waker = os.pipe()
        self._open = True
        os.set_blocking(master, False)
        self._reader = threading.Thread(target=self._read, name="terminal")
        self._reader.start()

    @property
    def raw(self) -> bytes:
        """Every byte that the program wrote."""
        with self._changed:
            return bytes(self._raw)

    @property
    def picture(self) -> Picture:
        return self.until(lambda now: now)

    def inks(self, label: str) -> tuple[str, ...]:
        """The colours of the letters in a session's row, `rrggbb` or a name."""
        with self._changed:
            lines = self._picture().lines
            at = next(y for y, line in enumerate(lines) if line[2:].startswith(f"{label} "))
            cells = self._screen.buffer[at]
            return tuple(cells[x].fg for x in range(2, len(lines[at])) if cells[x].data.strip())

    def until(self, holds: Callable[[Picture], T | None], within: float = SHOWS_WITHIN_S) -> T:
        """What `holds` says of the first picture of which it is true, or the picture in the failure.

        Args:
            within: seconds.
        """
        deadline = time.monotonic() + within
        with self._changed:
            while not (found := None if self._is_drawing() else holds(self._picture())):
                left = deadline - time.monotonic()
                ended = self.process.poll() is not None
                if left <= 0 or (not self._changed.wait(min(left, SETTLES_WITHIN_S)) and ended):
                    why = (
                        f"the dashboard ended ({self.process.poll()})" if ended else f"not within {within} s"
                    )
                    raise AssertionError(f"{why}:\n{self._picture().text}")
        return found

    def shows(self, *words: str, within: float = SHOWS_WITHIN_S) -> Picture:
        """The first picture with all of the words somewhere on it."""
        return self.until(lambda now: now if all(word in now.text for word in words) else None, within)

    def row_says(self, label: str, *words: str, within: float = SHOWS_WITHIN_S) -> str:
        """The session's row as soon as it has all of the words."""

        def said(now: Picture) -> str:
            row = now.row(label)
            return row if all(word in row for word in words) else ""

        return self.until(said, within)

    def press(self, keys: str) -> None:
        """Types keys in one go: what a hand on a slow line does."""
        os.write(self._master, keys.encode())

    def ask_to_end(self, *words: str) -> None:
        """Presses the key, and reads the prompt until it listens."""
        self.press("e")
        self.shows("Cancel", *words)
        time.sleep(READS_A_PROMPT_S)

    def prompt_is_gone(self) -> None:
        """Waits until no prompt is up."""
        self.until(lambda now: "Cancel" not in now.text)

    def go_to(self, label: str) -> None:
        """Moves the cursor to a row by keys, looking where it got."""
        deadline = time.monotonic() + SHOWS_WITHIN_S
        if label not in self.until(lambda now: now.labels):
            self.press("g")
        while time.monotonic() < deadline:
            now = self.until(lambda now: now if now.cursor in now.labels else None)
            if label in now.labels:
                way = now.labels.index(label) - now.labels.index(now.cursor)
                self.press("j" * way if way > 0 else "k" * -way)
            else:
                self.press(PAGE_DOWN)
            # A picture may be half drawn, or rows may have moved meanwhile: then it is looked at again.
            with contextlib.suppress(AssertionError):
                self.until(lambda now: now.cursor == label, SETTLES_WITHIN_S)
                return
        raise AssertionError(f"the cursor does not get to {label}:\n{self.picture.text}")

    def click(self, label: str) -> None:
        """Presses and releases the mouse's first button on a session's row."""
        lines = self.until(lambda now: now.lines if now.row(label) else None)
        self._click_at(5, next(at for at, line in enumerate(lines) if line[2:].startswith(f"{label} ")))

    def click_on(self, words: str) -> None:
        """The same on words, where they stand last."""
        lines = self.shows(words).lines
        y = max(at for at, line in enumerate(lines) if words in line)
        self._click_at(lines[y].rindex(words) + 1, y)

    def _click_at(self, x: int, y: int) -> None:
        self.press(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m")

    def resize(self, columns: int, rows: int) -> None:
        """The window becomes another; the program hears of it by SIGWINCH."""
        with self._changed:
            self._screen.resize(rows, columns)
            self._screen.reset()
            set_size(self._master, columns, rows)

    def wait(self, within: float = LEAVES_WITHIN_S) -> int:
        """The exit code, once all that the program wrote has been read.

        Args:
            within: seconds.
        """
        code = self.process.wait(within)
        self._stop_reading()
        return code

    def is_restored(self) -> bool:
        """Echo, lines and signals are as they were before the program."""
        return termios.tcgetattr(self._slave) == self._settings

    def hang_up(self) -> None:
        """Closes the window, and with it the line."""
        self._stop_reading()
        if self._open:
            self._open = False
            for fd in (self._slave, self._master, self._wake, self._waker):
                os.close(fd)

    def _is_drawing(self) -> bool:
        return self._raw.rfind(FRAME_BEGINS) > self._raw.rfind(FRAME_ENDS)

    def _picture(self) -> Picture:
        return Picture(tuple(self._screen.display))

    def _stop_reading(self) -> None:
        if self._reader.is_alive():
            os.write(self._waker, b".")
            self._reader.join(SHOWS_WITHIN_S)

    def _read(self) -> None:
        # Never a blocking read: the kernel would hold the pty open while it lasts, and no SIGHUP would come.
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            last = False
            while not last:
                last = any(key.fd == self._wake for key, _ in selector.select())
                while piece := self._piece():
                    if ASKS_FOR_FRAMES in piece:
                        os.write(self._master, HAS_FRAMES)
                    with self._changed:
                        self._raw += piece
                        self._stream.feed(piece)
                        self._changed.notify_all()

    def _piece(self) -> bytes:
        try:
            return os.read(self._master, READ_BYTES)
        except OSError:  # nothing more for now
            return b""


def set_size(fd: int, columns: int, rows: int) -> None:
    """Makes a pty so large; the program on it hears of it by SIGWINCH."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def environment_of(home: Home, more: Mapping[str, str]) -> dict[str, str]:
    """A program's environment on a terminal with all colours.

    Args:
        more: beside the usual; an empty text unsets.
    """
    kept = {k: v for k, v in home.environment().items() if not k.startswith(_OF_OTHER_TERMINALS)}
    usual = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    # What a dashboard remembers of its view is its own, so that no test begins with another's filter.
    usual["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="dashboard", dir=home.path)
    return {k: v for k, v in {**kept, **usual, **more}.items() if v}


@contextlib.contextmanager
def terminal(
    home: Home, *arguments: str, size: tuple[int, int] = (120, 32), **environment: str
) -> Iterator[Terminal]:
    """Runs the command on a terminal of its own; what is left of both is ended when the test is.

    Args:
        size: columns and rows.
        environment: beside the home's and a truecolor terminal's; an empty text unsets.
    """
    master, slave = pty.openpty()
    set_size(master, *size)
    process = subprocess.Popen(
        [sys.executable, "-ISc", _TAKE_TERMINAL, WATCHDECK, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment_of(home, environment),
        start_new_session=True,
    )
    window = Terminal(process, master, slave, size)
    try:
        yield window
    finally:
        window.hang_up()
        try:
            process.wait(LEAVES_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
