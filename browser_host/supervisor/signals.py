"""What tells a running host to end or to read its configuration anew: signals, a lifeline, a client."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from browser_host.browsers.log import Log


class HostSignals:
    """What the host was told so far.

    Args:
        stopping: called once, when the host is told to end.
    """

    def __init__(self, stopping: Callable[[], None], log: Log) -> None:
        self.stop_asked = asyncio.Event()
        self.reload_asked = asyncio.Event()
        self._stopping = stopping
        self._log = log
        self._terminated = False

    def listen(self, *, lifeline: bool) -> None:
        """Takes signals from now on.

        Args:
            lifeline: end also when standard input closes: whoever started the host is gone, however it went.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.stop, "signal SIGINT")
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        # A terminal that closes says the same: the host outlives its line, and reading anew does no harm.
        loop.add_signal_handler(signal.SIGHUP, self.reload_asked.set)
        if lifeline:
            loop.add_reader(sys.stdin.fileno(), self._look_at_lifeline)

    def stop(self, why: str) -> None:
        """Tells the host to end in order."""
        if not self.stop_asked.is_set():
            self._log.info("host.stopping", why=why)
            self._stopping()
            self.stop_asked.set()

    def was_terminated(self) -> bool:
        """Whether SIGTERM ends it: so is a service before a reboot, or for its next version."""
        return self._terminated

    def _terminate(self) -> None:
        self._terminated = not self.stop_asked.is_set()
        self.stop("signal SIGTERM")

    def _look_at_lifeline(self) -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self.stop("the lifeline was let go")
