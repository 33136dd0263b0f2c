"""The events of `navigation`: what happened to the document of a frame."""

from dataclasses import dataclass
from typing import TypeAlias

from browser_host.sessions.session import Fault


@dataclass(frozen=True, slots=True)
class DocumentCommitted:
    """The frame shows another document.

    Args:
        origins: the origins whose messages are accepted, the newest first, at most two: the last messages of
            the previous document may arrive after the next one was committed, and `event.source` proves them.
        commits: documents since the frame got its address.
    """

    origins: tuple[str, ...]
    commits: int


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The session's page cannot be shown."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class FrameDocumentReplaced:
    """A page that had reported something has another document.

    Args:
        origin: of the new document.
        fault: why it is no longer the session's page; None if it may still be.
    """

    origin: str
    fault: Fault | None


NavigationEvent: TypeAlias = DocumentCommitted | LoadFailed | FrameDocumentReplaced
