"""What came of one request over the network: an answer, or how it broke."""

from dataclasses import dataclass
from enum import Enum, auto


class Stage(Enum):
    """How far a request came before it broke."""

    NOT_SENT = auto()
    """No connection stood: the service certainly has not seen it."""

    DISTRUSTED = auto()
    """The certificate was refused: nothing was sent, and nothing will be."""

    UNDER_WAY = auto()
    """The service may have seen it, and may have done what it asks."""


@dataclass(frozen=True, slots=True)
class Broken:
    """No whole answer came.

    Args:
        why: in plain words, without an address.
    """

    stage: Stage
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A whole answer; its body may hold a watch link, so it has no repr that shows it.

    Args:
        retry_after_s: seconds to wait that it asks for, or None.
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
