"""Requests to stop or to reload: signals, the lifeline, and clients."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from browser_host.browsers.log import Log
from browser_host.config.options import STAY


class HostSignals:
    """The requests received so far.

    Args:
        stopping: called once, when the host is asked to stop.
    """

    def __init__(self, stopping: Callable[[], None], log: Log) -> None:
        self.stop_asked = asyncio.Event()
        self.reload_asked = asyncio.Event()
        self._stopping = stopping
        self._log = log
        self._terminated = False

    def listen(self, *, lifeline: bool) -> None:
        """Start to handle signals.

        Args:
            lifeline: also stop when standard input closes, because the process that started the host is gone.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.stop, "signal SIGINT")
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        # A closing terminal sends the same signal: the host survives it, and a reload is harmless.
        loop.add_signal_handler(signal.SIGHUP, self.reload_asked.set)
        if lifeline:
            loop.add_reader(sys.stdin.fileno(), self._look_at_lifeline)

    def stop(self, why: str) -> None:
        """Ask the host to stop gracefully."""
        if not self.stop_asked.is_set():
            self._log.info("host.stopping", why=why)
            self._stopping()
            self.stop_asked.set()

    def was_terminated(self) -> bool:
        """Whether SIGTERM stopped it, as for a service before a reboot or an upgrade."""
        return self._terminated

    def _terminate(self) -> None:
        self._terminated = not self.stop_asked.is_set()
        self.stop("signal SIGTERM")

    def _look_at_lifeline(self) -> None:
        told = os.read(sys.stdin.fileno(), 4096)
        if told and STAY not in told:
            return
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        if told:
            self._log.warning("host.left_alone", why="the dashboard that started it failed")
        else:
            self.stop("the lifeline was closed")
