"""A slot: one iframe of the host page and what the browser itself says of it."""

from dataclasses import dataclass, field

from browser_host.secrets import WatchLink

NO_ORIGIN = "null"
"""How a browser writes the origin of a document that has none (sandboxed, `data:`, `about:blank`)."""


@dataclass(slots=True, eq=False)
class Slot:
    """One iframe, from being given a link to being taken away.

    Args:
        number: rises with every iframe of the page, so that what an older one said is nobody's.
        frame: the browser's id of the frame.
        origins: what the frame's documents were committed with, the newest first, at most two. The one
            before stays good: its last words may arrive after the next document was committed, and
            `event.source` proves them.
        loader: the browser's id of the navigation under way or committed.
        status: of the newest HTTP answer, or None.
        commits: documents committed since it was given the link.
        spoke: whether a message of it was taken.
    """

    number: int
    frame: str
    session_id: str
    link: WatchLink
    origins: tuple[str, ...] = ()
    loader: str = ""
    status: int | None = None
    commits: int = 0
    spoke: bool = field(default=False)

    @property
    def origin(self) -> str | None:
        """Where instructions go; None before the first document."""
        return self.origins[0] if self.origins else None

    def commit(self, origin: str) -> str | None:
        """Learns a committed document's origin; returns it where the frame left its own after it spoke."""
        before = self.origin
        self.commits += 1
        if origin != before:
            self.origins = (origin, *self.origins)[:2]
        return origin if before is not None and origin != before and self.spoke else None
