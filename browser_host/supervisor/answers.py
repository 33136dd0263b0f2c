"""What the REST service answers to the supervisor: plain values in the past tense, put on its one queue."""

from dataclasses import dataclass
from typing import TypeAlias

from browser_host.secrets import WatchLink


@dataclass(frozen=True, slots=True)
class LinkMade:
    """The service made a watch link for the session's visitor."""

    session_id: str
    link: WatchLink


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """There is no watch link for the session's visitor, and why.

    Args:
        again_in_s: seconds after which asking again makes sense, or None where it does not.
    """

    session_id: str
    text: str
    again_in_s: float | None


@dataclass(frozen=True, slots=True)
class ServiceAnsweredEnd:
    """The service was asked to end the visitor's session, and what it said to that."""

    session_id: str
    number: int
    text: str


Answer: TypeAlias = LinkMade | LinkRefused | ServiceAnsweredEnd
