"""The outcome of one request over the network: an answer, or how it failed."""

from dataclasses import dataclass
from enum import Enum, auto


class Stage(Enum):
    """How far a request got before it failed."""

    NOT_SENT = auto()
    """There was no connection: the service has certainly not received it."""

    DISTRUSTED = auto()
    """The certificate was refused: nothing was sent, and nothing will be."""

    WITHDRAWN = auto()
    """The caller no longer wanted it when it was about to be sent: the service has not received this
    attempt."""

    UNDER_WAY = auto()
    """The service may have received it, and may have carried it out."""


@dataclass(frozen=True, slots=True)
class Broken:
    """There was no complete answer.

    Args:
        why: the cause, without an address.
    """

    stage: Stage
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class ServiceAnswer:
    """A complete answer; the body may contain a watch link, so the repr does not show it.

    Args:
        retry_after_s: seconds to wait as requested, or None.
        redirect_host: where a redirect leads, or None.
        unreadable: why the body was not read, or an empty text.
    """

    status: int
    body: bytes
    content_type: str = ""
    retry_after_s: float | None = None
    redirect_host: str | None = None
    unreadable: str = ""

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"
