"""Notifications to the service manager that started the host, in systemd's protocol (`sd_notify`)."""

import os
import socket
import time
from collections.abc import Callable, MutableMapping

from browser_host.browsers.log import Log
from browser_host.protocol.text import printable
from browser_host.supervisor.supervisor import JUDGE_EVERY_S

STATUS_LIMIT = 200
"""Characters of the status line that `systemctl status` shows."""


class Notifier:
    """Reports the host's state to the service manager, if there is one.

    Args:
        address: of its datagram socket, `/path` or `@abstract`; empty without a service manager.
        watchdog_s: seconds after which silence counts as a hang; None without a watchdog.
        clock: steady, seconds.
    """

    def __init__(
        self,
        address: str,
        watchdog_s: float | None,
        log: Log,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog_s = watchdog_s
        self._log = log
        self._clock = clock
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._socket is not None:
            self._socket.settimeout(0)  # a manager that does not read must not hold up the host
        self._beaten = clock()
        self._status = ""
        self._failing = False

    def ready(self) -> None:
        """The host serves; after `reloading`, the new configuration is in force."""
        self._send("READY=1")

    def reloading(self) -> None:
        """The host reloads its configuration, until `ready` is sent again."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The host has started to stop."""
        self._send("STOPPING=1")

    def beat(self, status: Callable[[], str]) -> None:
        """Report that the supervisor has just checked all sessions, which proves that it runs.

        Args:
            status: gives the line for `systemctl status`; called only where a service manager listens.
        """
        if self._socket is None:
            return
        words = []
        said = printable(status(), STATUS_LIMIT)
        if said != self._status:
            self._status = said
            words.append(f"STATUS={said}")
        now = self._clock()
        # At half of its interval at the latest: the next beat may be too late.
        if self._watchdog_s is not None and now + JUDGE_EVERY_S - self._beaten > self._watchdog_s / 2:
            self._beaten = now
            words.append("WATCHDOG=1")
        if words:
            self._send(*words)

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, *words: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(words).encode(), self._address)
        except OSError as error:
            if not self._failing:  # once: a missing manager would be logged every second
                self._log.warning("notify.failed", what=words[0], why=str(error))
            self._failing = True
        else:
            self._failing = False


def notifier_of(environ: MutableMapping[str, str], log: Log) -> Notifier:
    """The notifier requested by the environment.

    Args:
        environ: the variables for this are removed, so that no child acts as the service.
    """
    address = environ.pop("NOTIFY_SOCKET", "")
    watchdog_us = environ.pop("WATCHDOG_USEC", "")
    watched = environ.pop("WATCHDOG_PID", "")
    if address and address[0] not in "/@":
        log.warning("notify.address_not_understood", address=address)
        address = ""
    is_meant = watched in ("", str(os.getpid()))
    is_number = watchdog_us.isascii() and watchdog_us.isdigit() and int(watchdog_us) > 0
    return Notifier(address, int(watchdog_us) / 1e6 if is_meant and is_number else None, log)
