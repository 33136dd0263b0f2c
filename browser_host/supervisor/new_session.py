"""A session that is to be hosted, as whoever asks for it names it."""

from dataclasses import dataclass

from browser_host.secrets import WatchLink
from browser_host.sessions.session import Source


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be hosted.

    Args:
        link: None where the REST service is to be asked for one for the visitor.
        label: at most `LABEL_LIMIT` characters; an empty one becomes the id.
        visitor: the visitor's short id, or None.
    """

    link: WatchLink | None
    source: Source
    label: str = ""
    visitor: str | None = None

    @property
    def identity(self) -> str:
        """What its id is made from: the visitor where one is known, for links come and go."""
        return self.visitor or (self.link.reveal() if self.link else "")
