"""A host that the dashboard starts as its child and that cannot outlive it: it holds the child's lifeline.

The lifeline is the child's stdin. The kernel closes our end of it however the dashboard dies, so a
SIGKILL or a closed terminal ends the host as surely as leaving does.
"""

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

from browser_host.cli import launch
from browser_host.cli.launch import READY_WITHIN_S, TERM_WITHIN_S, HostCommand, StopResult
from browser_host.config.options import STAY

CLOSE_WITHIN_S = 12.0
"""Seconds from the lifeline's end to the host's: it promises ten."""


class OwnedHost:
    """A child host that is ready to serve; `close` ends it.

    Args:
        process: the child, whose stdin is its lifeline.
        log: the file with its stderr.
        socket: where it serves.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: Path, socket: Path) -> None:
        self._process = process
        self.log = log
        self.socket = socket

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """What the child ended with, None while it runs; a signal's number, negative, if one ended it."""
        return self._process.poll()

    def close(
        self, close_within_s: float = CLOSE_WITHIN_S, term_within_s: float = TERM_WITHIN_S
    ) -> StopResult:
        """End the child, by the gentlest means that works, within both deadlines and a moment."""
        return launch.end(self._process, close_within_s, term_within_s)

    def leave_running(self) -> None:
        """Tell the child that it outlives its lifeline, and let go of it."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it has ended meanwhile
                self._process.stdin.write(STAY)
                self._process.stdin.close()

    def let_go(self) -> None:
        """Let go of the lifeline and waits for nothing: the child ends in order by itself."""
        if self._process.stdin is not None:
            self._process.stdin.close()


def start(
    command: HostCommand, say: Callable[[str], None], ready_within_s: float = READY_WITHIN_S
) -> OwnedHost:
    """Start a host, and wait until it serves.

    Args:
        command: what to run; the lifeline is asked for in its arguments.
        say: called with each line that the child says on its way up.
        ready_within_s: seconds it is given.

    Raises:
        HostDidNotStart: it ended, spoke something else, or said nothing in time; nothing of it is left.
    """
    started = launch.launch(command, say, stdin=subprocess.PIPE, ready_within_s=ready_within_s)
    return OwnedHost(started.process, command.log, Path(started.ready["socket"]))
