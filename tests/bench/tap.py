"""A minimal client of the host that reads every event and records the age of its colour."""

import contextlib
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.clockwork import age_ms

_COLOR = re.compile(rb'"type":"session\.color","id":"([^"]+)"[^\n]*?"color":"(#[0-9a-f]{6})"')
_SEQ = re.compile(rb'^\{"seq":(\d+)', re.MULTILINE)


@dataclass(slots=True)
class Tap:
    """What the client has received.

    Args:
        ages_ms: ages of colours by session.
        events: number of events.
        missed: number of skipped event numbers.
    """

    ages_ms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    events: int = 0
    missed: int = 0
    _last: int = 0

    def take(self, lines: bytes) -> None:
        """Read complete lines that have just arrived."""
        now = time.time() * 1000
        for number in _SEQ.findall(lines):
            if self._last:
                self.missed += int(number) - self._last - 1
            self._last = int(number)
            self.events += 1
        for session, color in _COLOR.findall(lines):
            if (age := age_ms(color.decode(), now)) is not None:
                self.ages_ms[session.decode()].append(age)


@contextlib.contextmanager
def tapped(path: Path) -> Iterator[Tap]:
    """Read the host's events in the background until the block ends."""
    tap = Tap()
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(str(path))
        stream.sendall(b"GET /v1/events HTTP/1.1\r\nhost: host\r\n\r\n")
        reader = threading.Thread(target=_read, args=(stream, tap), name="tap")
        reader.start()
        try:
            yield tap
        finally:
            stream.shutdown(socket.SHUT_RDWR)
            reader.join(10)


def _read(stream: socket.socket, tap: Tap) -> None:
    held = b""
    with contextlib.suppress(OSError):  # the block or the host has ended
        while piece := stream.recv(1 << 20):
            lines, newline, held = (held + piece).rpartition(b"\n")
            tap.take(lines + newline)
