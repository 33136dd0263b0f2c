"""A real terminal for the dashboard: a pty, an emulator behind it, and every byte of the output."""

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
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import pyte

from tests.support.patience import patient
from tests.support.programs import WATCHDECK, Home
from tests.support.screen import Picture, without_graphics

ENTER, TAB, ESCAPE, PAGE_DOWN, PAGE_UP = "\r", "\t", "\x1b", "\x1b[6~", "\x1b[5~"
YES = "y"
"""What answers a question, once the keys have paused."""

SHOWS_WITHIN_S = 10.0
"""Long enough for a busy machine with two cores."""

SETTLES_WITHIN_S = 0.5
"""From a key that moves the cursor until the screen shows it."""

LEAVES_WITHIN_S = 16.0
"""The dashboard gives its own host 12 s, then signals."""

READS_A_PROMPT_S = 0.7
"""Longer than the pause that a question waits for before an answer counts."""

LISTENS = " y End "
"""The answer that a question shows from the moment at which it takes one."""

HEARS_WITHIN_S = 4.0
"""From an answer until the question is gone."""

READ_BYTES = 65536

ASKS_FOR_FRAMES, HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
"""Synchronised output: the screen is read only between frames, as a good terminal shows it."""

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes stdin the controlling terminal of a new session, then executes the program."""

_OF_OTHER_TERMINALS = ("LC_", "LANG", "TERM", "COLORTERM", "NO_COLOR", "TEXTUAL", "TMUX", "COLUMNS", "LINES")

T = TypeVar("T")


class Terminal:
    """The emulator's side of a pty.

    Args:
        process: the program on the other side, leader of its session.
        master: the test's side.
        slave: the program's side, kept open so that its settings can be read after the program's end.
        size: columns and rows.
        answers: what the terminal answers, by the query.
    """

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        master: int,
        slave: int,
        size: tuple[int, int],
        answers: Mapping[bytes, bytes],
    ) -> None:
        self.process = process
        self._answers = {ASKS_FOR_FRAMES: HAS_FRAMES, **answers}
        self._undrawn = b""
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
        """All bytes that the program has written."""
        with self._changed:
            return bytes(self._raw)

    @property
    def picture(self) -> Picture:
        return self.until(lambda now: now)

    def inks(self, label: str) -> tuple[str, ...]:
        """The colours of the characters in a session's row, `rrggbb` or a name."""
        with self._changed:
            lines = self._picture().lines
            at = next(y for y, line in enumerate(lines) if line[2:].startswith(f"{label} "))
            cells = self._screen.buffer[at]
            return tuple(cells[x].fg for x in range(2, len(lines[at])) if cells[x].data.strip())

    def area_of(self, ground: str) -> tuple[int, int, int, int] | None:
        """Left, top, columns and lines of all cells on a ground, `rrggbb`; None if there are none."""
        with self._changed:
            cells = [
                (x, y)
                for y, row in self._screen.buffer.items()
                for x, cell in row.items()
                if cell.bg == ground
            ]
        if not cells:
            return None
        (left, right), (top, bottom) = ((min(some), max(some)) for some in zip(*cells, strict=True))
        return left, top, right - left + 1, bottom - top + 1

    def until(self, holds: Callable[[Picture], T | None], within: float = SHOWS_WITHIN_S) -> T:
        """Wait until `holds` is true of the screen, and return its result; a failure shows the screen.

        Args:
            within: seconds.
        """
        deadline = time.monotonic() + patient(within)
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
        """Wait until all words are on the screen."""
        return self.until(lambda now: now if all(word in now.text for word in words) else None, within)

    def row_says(self, label: str, *words: str, within: float = SHOWS_WITHIN_S) -> str:
        """Wait until a session's row has all words, and return the row."""

        def complete_row(now: Picture) -> str:
            row = now.row(label)
            return row if all(word in row for word in words) else ""

        return self.until(complete_row, within)

    def press(self, keys: str) -> None:
        """Types keys in one go: what a hand on a slow line does."""
        self.send(keys.encode())

    def send(self, data: bytes) -> None:
        """Sends bytes, whether or not a hand could type them."""
        os.write(self._master, data)

    def ask_to_end(self, *words: str) -> None:
        """Press the key, and read the prompt until it listens."""
        self.press("e")
        self.shows("Cancel", LISTENS, *words)

    def answer(self, keys: str) -> None:
        """Answer the question, and once more where a busy machine dates the keys too early and drops them."""
        with contextlib.suppress(AssertionError):
            self.press(keys)
            self.until(_no_question, HEARS_WITHIN_S)
            return
        self.press(keys)
        self.until(_no_question)

    def prompt_is_gone(self) -> None:
        """Wait until no question is asked any more."""
        self.until(_no_question)
        time.sleep(READS_A_PROMPT_S)  # what is typed on after a cancelled question is dropped until a pause

    def go_to(self, label: str) -> None:
        """Move the cursor to a row by keys."""
        deadline = time.monotonic() + patient(SHOWS_WITHIN_S)
        if label not in self.until(lambda now: now.labels):
            self.press("g")
        while time.monotonic() < deadline:
            now = self.until(lambda now: now if now.cursor in now.labels else None)
            if label in now.labels:
                way = now.labels.index(label) - now.labels.index(now.cursor)
                self.press("j" * way if way > 0 else "k" * -way)
            else:
                self.press(PAGE_DOWN)
            # The frame may be incomplete, or rows may have moved: then look again.
            with contextlib.suppress(AssertionError):
                self.until(lambda now: now.cursor == label, SETTLES_WITHIN_S)
                return
        raise AssertionError(f"the cursor did not reach {label}:\n{self.picture.text}")

    def click(self, label: str) -> None:
        """Click a session's row."""
        lines = self.until(lambda now: now.lines if now.row(label) else None)
        self.click_at(5, next(at for at, line in enumerate(lines) if line[2:].startswith(f"{label} ")))

    def click_on(self, words: str) -> None:
        """Click the last occurrence of some words."""
        lines = self.shows(words).lines
        y = max(at for at, line in enumerate(lines) if words in line)
        self.click_at(lines[y].rindex(words) + 1, y)

    def click_at(self, x: int, y: int) -> None:
        """Click a cell, counted from the left and the top."""
        self.press(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m")

    def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal; the program gets SIGWINCH where that changes anything."""
        with self._changed:
            if (rows, columns) != (self._screen.lines, self._screen.columns):
                self._screen.resize(rows, columns)
                self._screen.reset()
                set_size(self._master, columns, rows)

    def wait(self, within: float = LEAVES_WITHIN_S) -> int:
        """Wait for the program to end and its output to be read; return the exit code.

        Args:
            within: seconds.
        """
        code = self.process.wait(within)
        self._stop_reading()
        return code

    def is_restored(self) -> bool:
        """Whether the terminal settings are those from before the program."""
        return termios.tcgetattr(self._slave) == self._settings

    def hang_up(self) -> None:
        """Close the terminal, which hangs up on the program."""
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
        # No blocking read: the kernel would keep the pty open meanwhile, and no SIGHUP would come.
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            last = False
            while not last:
                last = any(key.fd == self._wake for key, _ in selector.select())
                while piece := self._piece():
                    for query, answer in self._answers.items():
                        if query in piece:
                            os.write(self._master, answer)
                    with self._changed:
                        self._raw += piece
                        drawn, self._undrawn = without_graphics(self._undrawn + piece)
                        self._stream.feed(drawn)
                        self._changed.notify_all()

    def _piece(self) -> bytes:
        try:
            return os.read(self._master, READ_BYTES)
        except OSError:  # nothing more for now
            return b""


def _no_question(now: Picture) -> bool:
    return " Cancel " not in now.text


def set_size(fd: int, columns: int, rows: int) -> None:
    """Set the size of a pty; its program gets SIGWINCH."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def environment_of(home: Home, more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a program in a truecolor terminal.

    Args:
        more: further variables; an empty value removes one.
    """
    kept = {k: v for k, v in home.environment().items() if not k.startswith(_OF_OTHER_TERMINALS)}
    usual = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    # Each dashboard has its own saved view, so that no test starts with the filter of another.
    usual["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="dashboard", dir=home.path)
    return {k: v for k, v in {**kept, **usual, **more}.items() if v}


@contextlib.contextmanager
def terminal(
    home: Home,
    *arguments: str,
    size: tuple[int, int] = (120, 32),
    program: tuple[str | Path, ...] = (WATCHDECK,),
    answers: Mapping[bytes, bytes] = MappingProxyType({}),
    **environment: str,
) -> Iterator[Terminal]:
    """Run the command in its own terminal until the block ends.

    Args:
        size: columns and rows.
        program: what is run, the command unless a test puts something in its way.
        answers: what the terminal answers, by the query.
        environment: beside the home's and a truecolor terminal's; an empty text unsets.
    """
    master, slave = pty.openpty()
    set_size(master, *size)
    process = subprocess.Popen(
        [sys.executable, "-ISc", _TAKE_TERMINAL, *program, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment_of(home, environment),
        start_new_session=True,
    )
    window = Terminal(process, master, slave, size, answers)
    try:
        yield window
    finally:
        window.hang_up()
        try:
            process.wait(LEAVES_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
