"""The line to the terminal: that it is gone is noticed at once, and the dashboard then leaves in time."""

import asyncio
import contextlib
import os
import select
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from io import TextIOWrapper

LEAVE_WITHIN_S = 1.5
"""Seconds from the loss to the process' end; an orderly one takes some 0.3."""

_STREAMS = (0, 1, 2)


class Line:
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
        """Begins to watch, on the running event loop.

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
        """Ends the watch."""
        self._held.close()

    def _lose(self) -> None:
        self.is_lost = True
        # Whatever hangs by then is ended by the kernel, and the host's lifeline with it.
        signal.setitimer(signal.ITIMER_REAL, LEAVE_WITHIN_S)
        if is_gone(self._terminal):
            _speak_to_nobody()


def is_gone(terminal: int) -> bool:
    """Whether nobody is on the other side of a terminal any more."""
    look = select.poll()
    look.register(terminal, 0)
    return any(told & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, told in look.poll(0))


class LineDriver(LinuxDriver):
    """Textual's driver, with a writer that outlives the terminal.

    Its own dies of the first write that fails, and the app then waits for it for ever.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        if self._file is not None:
            self._file = cast("TextIOWrapper", _Unheard(self._file))


class _Unheard:
    """A terminal's file whose writes fail in silence: that the line is lost is told by the `Line`."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(text)

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
