"""The fault matrix: what is done to Watchdeck, what it says of it, what comes back, and within how long."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What follows a fault. The limits hold on two cores that run other tests as well.

    Args:
        said: what is said of it, and where.
        said_within: seconds from the fault; None where nothing is to be said.
        back: what is as before.
        back_within: seconds from the fault's end.
    """

    said: str
    said_within: float | None
    back: str
    back_within: float


ROWS: Mapping[str, Row] = {
    # pages
    "renderer killed": Row("its page's sessions lost, page_crashed", 3, "all live", 12),
    "page loops": Row("its page's sessions unresponsive, page_hung", 9, "all live, in the same page", 15),
    "page loops again": Row("its page's sessions lost, page_hung", 18, "all live, the culprit too", 25),
    "session loops whatever page it is in": Row(
        "its page's sessions lost, page_hung", 30, "the others live, the culprit named and apart", 90
    ),
    "half of the pages refuse": Row("blocked, and why", 15, "the others live", 15),
    # browsers
    "browser killed": Row("all lost, browser_gone", 3, "all live", 20),
    "browser stopped": Row("all lost", 20, "all live", 45),
    "driver killed": Row("all lost, browser_gone", 3, "all live", 20),
    "driver stopped": Row("all lost", 20, "all live", 45),
    # host and machine
    "host killed": Row("no host, exit 3", 3, "all live under their ids", 20),
    "machine suspended": Row("nothing", None, "all live", 10),
    "clock set forward": Row("nothing", None, "instructions confirmed", 5),
    "clock set back": Row("nothing", None, "instructions confirmed", 5),
    "socket deleted": Row("nothing", None, "the same host answers, at a socket made anew", 10),
    "configuration turned to nonsense": Row("health: degraded, and why", 5, "health: ok", 5),
    # journal
    "disk full": Row("refused, journal; health: why", 3, "instructions confirmed", 8),
    "journal damaged while stopped": Row("refused, journal; health: why", 3, "instructions confirmed", 8),
    "journal damaged while running": Row(
        "refused, or found by audit verify", 10, "instructions confirmed", 8
    ),
    # service
    "service down": Row("blocked, unreachable", 8, "all live", 35),
    "service does not answer": Row("lost, then loading", 5, "all live", 15),
    "service slow": Row("lost, then loading", 5, "all live", 20),
    # clients
    "terminal closed": Row("nothing", None, "dashboard gone, host as before", 8),
    "terminal of an own host closed": Row("nothing", None, "dashboard, host and browser gone", 20),
    "dashboard killed": Row("nothing", None, "its own host and browser gone", 20),
    "client stops reading": Row("nothing", None, "it reads on, told where it missed events", 10),
}
