"""Limits on what clients may cost the host: how many there are, and how long each may take."""

from dataclasses import dataclass

HEAD_LIMIT = 16_384
"""Bytes of a request's line and headers together."""

BACKLOG = 64
"""Clients that may wait to be accepted."""

LEAST_WIDTH, PAGE_WIDTH, MOST_WIDTH = 16, 640, 1_280
"""Pixels of a picture's width: the least, a watch page's own, and the most."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers of the API's server.

    Args:
        clients: connections at once; a dashboard uses two. Further clients are refused.
        streams: how many of them may follow the events; the rest is left for commands.
        request_within_s: seconds that a client may take to send a request's head, and again for its body.
        idle_s: seconds that a connection stays open after an answer.
        stalled_s: seconds that a client may read nothing of what is written to it; `watchdeck watch | less`
            also stops reading.
    """

    clients: int = 200
    streams: int = 100
    request_within_s: float = 10.0
    idle_s: int = 60
    stalled_s: float = 600.0


BOUNDS = Bounds()
