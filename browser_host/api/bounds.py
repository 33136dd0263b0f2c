"""What clients may cost the host, as one frozen value: how many there are, and how long each may take."""

from dataclasses import dataclass

HEAD_LIMIT = 16_384
"""Bytes of a request's line and headers together."""

BACKLOG = 64
"""Clients that may wait to be accepted."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers of the API's server.

    Args:
        clients: connections at once; a dashboard holds two. Who comes beyond is told so, and cut off.
        streams: of them, those that may follow the events: the others are left for commands.
        request_within_s: seconds that a client may take to send a request's head, and again for its body.
        idle_s: seconds that a connection stays open after an answer.
        stalled_s: seconds that a client may take nothing of what is written to it; `watchdeck watch | less`
            stops reading as well.
    """

    clients: int = 200
    streams: int = 100
    request_within_s: float = 10.0
    idle_s: int = 60
    stalled_s: float = 600.0


BOUNDS = Bounds()
