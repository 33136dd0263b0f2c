"""A session to host, as described by the requester."""

from dataclasses import dataclass

from browser_host.secrets import WatchLink
from browser_host.sessions.session import Source


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to host.

    Args:
        link: None if the REST service provides one for the visitor.
        label: at most `LABEL_LIMIT` characters; an empty one becomes the id.
        visitor: the visitor's short id, or None.
    """

    link: WatchLink | None
    source: Source
    label: str = ""
    visitor: str | None = None

    @property
    def identity(self) -> str:
        """What its id is made from: the visitor if known, because links are replaced."""
        return self.visitor or (self.link.reveal() if self.link else "")
