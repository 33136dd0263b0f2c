"""What every transport does, and the error that it raises."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from browser_host.errors import NoHost

CONNECT_S = 3.0
"""Seconds to reach the socket; it is on this machine."""

OK = 200
FIRST_ERROR = 400
"""The least HTTP status of an error."""

NOBODY = "nobody answers"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the host.

    Args:
        status: of HTTP.
        content: the body.
    """

    status: int
    content: bytes


class Transport(Protocol):
    """Carries requests to one host; every method raises `NoHost` if it does not answer."""

    async def request(self, method: str, path: str, body: bytes | None, answer_s: float | None) -> Answer:
        """Send a request and return its answer, whatever its status.

        Args:
            path: with its query.
            body: JSON.
            answer_s: seconds of silence before it is given up; None for no limit.
        """

    def lines(self, path: str, silence_s: float) -> AsyncGenerator[str | Answer, None]:
        """Yield the lines of an endless answer, or its refusal as the only item.

        Args:
            silence_s: seconds of silence after which it counts as lost.
        """

    async def close(self) -> None:
        """Close every connection."""


def no_host(socket: Path, why: str) -> NoHost:
    """The error for a host that does not answer, or stopped answering."""
    return NoHost(f"no host on {socket} ({why}); start one with: watchdeck host")
