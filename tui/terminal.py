"""The line to the terminal: that it is gone is noticed at once, and the dashboard then leaves in time."""

import asyncio
import contextlib
import fcntl
import os
import select
import selectors
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.style.cells import text_width
from tui.terminal_output import TerminalOutput
from tui.terminal_reader import TerminalReader, escape_s

if TYPE_CHECKING:
    from io import TextIOWrapper

LEAVE_WITHIN_S = 4.0
"""Seconds from the loss to the process' end; an orderly one takes some 0.3, and 2 on a busy machine."""

LOOK_S = 0.05
"""Seconds between looks at the clock while no byte comes."""

READ_BYTES = 4096

VT340_CELL = (10, 20)
"""Pixels of a character on the terminal that brought sixel pictures; many of today's scale by it."""

_STREAMS = (0, 1, 2)


class TerminalWatcher:
    """Watches the terminal that the dashboard is painted on.

    A SIGHUP is one way to hear that it is gone. A dashboard that is not the terminal's own session, or was
    started with the signal ignored, gets none: the terminal itself is watched too.

    Args:
        terminal: the descriptor that keys are read from.
    """

    def __init__(self, terminal: int) -> None:
        self.is_lost = False
        self._terminal = terminal
        self._held = contextlib.ExitStack()

    def watch(self, leave: Callable[[], object]) -> None:
        """Start to watch, on the running event loop.

        Args:
            leave: called once in the loop when the line is lost.
        """
        loop = asyncio.get_running_loop()

        def lost(*_: object) -> None:
            if not self.is_lost:
                self._lose()
                loop.call_soon_threadsafe(leave)

        # Not the loop's own handler: a write that hangs in the terminal may hold up the loop.
        self._held.callback(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, lost))
        watching = self._held.enter_context(select.epoll())
        watching.register(self._terminal, 0)  # a hang-up is told whatever is asked for
        loop.add_reader(watching.fileno(), lost)
        self._held.callback(loop.remove_reader, watching.fileno())

    def let_go(self) -> None:
        """End the watch."""
        self._held.close()

    def _lose(self) -> None:
        self.is_lost = True
        # Whatever hangs by then is ended by the kernel, and the host's lifeline with it.
        signal.setitimer(signal.ITIMER_REAL, LEAVE_WITHIN_S)
        if is_gone(self._terminal):
            _speak_to_nobody()


def cell_pixels(terminal: int = 0) -> tuple[int, int]:
    """Width and height of a character in pixels, as the terminal tells them, else a VT340's."""
    try:
        lines, columns, width, height = struct.unpack(
            "HHHH", fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8))
        )
    except OSError:
        return VT340_CELL
    if not (lines and columns and width >= columns and height >= lines):
        return VT340_CELL
    return width // columns, height // lines


def is_gone(terminal: int) -> bool:
    """Whether nobody is on the other side of a terminal any more."""
    look = select.poll()
    look.register(terminal, 0)
    return any(told & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, told in look.poll(0))


class TerminalDriver(LinuxDriver):
    """Textual's driver, with a writer that outlives the terminal and a reader that survives any byte.

    Its own writer dies of the first write that fails, and the app then waits for it for ever; its reader
    ends the program at a byte that is no UTF-8.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        if self._file is not None:
            self._file = cast("TextIOWrapper", _Unheard(self._file))
        self._output = TerminalOutput()
        self._reader = TerminalReader(escape_s(os.environ))

    @property
    def is_half_read(self) -> bool:
        """Bytes came of which it is not certain yet what they are: one may be a key that nobody has heard."""
        return self._reader.is_half_read

    def write(self, data: str) -> None:
        """Write to the terminal what of `data` changes it."""
        width, height = self._get_terminal_size()
        if text := self._output.rewritten(data, (width, height), time.monotonic()):
            super().write(text)

    def forget(self) -> None:
        """Take nothing that the terminal shows for certain: another program may have written over it."""
        self._output.forget()

    def stop_application_mode(self) -> None:
        """Give the terminal back, empty: tmux 3.3 puts lines of a screen that grew above the shell's."""
        super().write("\x1b[m\x1b[H\x1b[2J")
        super().stop_application_mode()

    def start_application_mode(self) -> None:
        """Take over the terminal; what was typed before is not for this screen.

        Where it is taken over already, nothing happens: a terminal that closes sends SIGCONT, at which
        Textual would start a second reader and never end the first one.
        """
        if self._key_thread is not None and self._key_thread.is_alive():
            return
        with contextlib.suppress(termios.error):  # no terminal
            termios.tcflush(self.fileno, termios.TCIFLUSH)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except BaseException as error:  # noqa: BLE001 - the thread's last words; without it the screen is deaf
            self._app.call_later(self._app._handle_exception, error)  # noqa: SLF001 - where Textual's errors go

    def run_input_thread(self) -> None:
        """Read the terminal until the dashboard leaves."""
        reader = self._reader
        with selectors.PollSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            empty_at = time.monotonic()
            while not self.exit_event.is_set():
                began = time.monotonic()
                if not selector.select(LOOK_S):
                    empty_at = began + LOOK_S  # so much is certain however late this thread goes on
                    self._process(reader.expire(empty_at))
                    continue
                looked = time.monotonic()
                if data := self._read():
                    self._process(reader.feed(data, time.monotonic(), empty_at))
                else:  # closed: the `TerminalWatcher` sees it too, and the dashboard leaves
                    self.exit_event.wait(LOOK_S)
                empty_at = looked

    def _process(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:  # what Linux says when the other side of a pty is closed
            return b""


def encodable(text: str, encoding: str) -> str:
    """The text with question marks, as wide as they were, for characters that an encoding does not have.

    The stream itself would write them as escapes several cells long, and every column after them would move.
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(one if _has(encoding, one) else "?" * text_width(one) for one in text)
    return text


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class _Unheard:
    """A terminal whose writes fail silently; `TerminalWatcher` reports that it is gone."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(encodable(text, self._file.encoding))

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


def _speak_to_nobody() -> None:
    """What is still said and painted goes nowhere: neither errors nor another's terminal can come of it."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in _STREAMS:
        os.dup2(nowhere, stream)
    os.close(nowhere)
