"""The fault matrix: each fault, how it is detected, how Watchdeck recovers, and the limits for both."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What follows a fault. The limits hold on two cores that also run other tests.

    Args:
        detection: what the host reports, and where.
        detect_within: seconds from the start of the fault; None if nothing is reported.
        recovery: the state afterwards.
        recover_within: seconds from the end of the fault.
    """

    detection: str
    detect_within: float | None
    recovery: str
    recover_within: float


ROWS: Mapping[str, Row] = {
    # pages
    "renderer killed": Row("sessions of the page lost, page_crashed", 3, "all live", 12),
    "page loops": Row(
        "sessions of the page unresponsive, page_hung", 9, "all live again in the same page", 15
    ),
    "page loops again": Row(
        "sessions of the page lost, page_hung", 18, "all live, including the one that looped", 25
    ),
    "session hangs every page it is in": Row(
        "sessions of the page lost, page_hung",
        30,
        "the others live; the session that hangs its page is isolated and named",
        90,
    ),
    "half of the pages fail to load": Row("blocked, with the reason", 15, "the others live", 15),
    # browsers
    "browser killed": Row("all lost, browser_gone", 3, "all live", 20),
    "browser stopped": Row("all lost", 20, "all live", 45),
    "driver killed": Row("all lost, browser_gone", 3, "all live", 20),
    "driver stopped": Row("all lost", 20, "all live", 45),
    # endpoints on other machines
    "endpoint hung": Row("browsers: not up; its sessions lost, browser_gone", 12, "all live elsewhere", 20),
    "endpoint killed": Row("browsers: not up; its sessions lost, browser_gone", 3, "all live elsewhere", 20),
    "endpoint drained": Row("browsers: draining", 3, "all live elsewhere, none lost", 20),
    "browser killed under the Grid": Row(
        "browsers: not up; its sessions lost, browser_gone", 12, "all live elsewhere", 20
    ),
    "Grid node killed": Row(
        "browsers: not up; its sessions lost, browser_gone", 12, "all live elsewhere", 20
    ),
    "Grid node drained": Row("browsers: its node is being drained", 5, "all live elsewhere, none lost", 20),
    "Grid full": Row("browsers: the Grid is full; no session lost", 40, "browsers: up", 30),
    # host and machine
    "host killed": Row("no host, exit 3", 3, "all live under the same ids", 20),
    "machine suspended": Row("none", None, "all live", 10),
    "clock set forward": Row("none", None, "instructions confirmed", 5),
    "clock set back": Row("none", None, "instructions confirmed", 5),
    "socket deleted": Row("none", None, "the same host answers on a new socket", 10),
    "configuration invalid on reload": Row("health: degraded, with the reason", 5, "health: ok", 5),
    # journal
    "disk full": Row("instructions refused (journal); health: the reason", 3, "instructions confirmed", 8),
    "journal damaged while stopped": Row(
        "instructions refused (journal); health: the reason", 3, "instructions confirmed", 8
    ),
    "journal damaged while running": Row(
        "instructions refused, or damage found by audit verify", 10, "instructions confirmed", 8
    ),
    # service
    "service down": Row("blocked, unreachable", 8, "all live", 35),
    "service does not answer": Row("lost, then loading", 5, "all live", 15),
    "service slow": Row("lost, then loading", 5, "all live", 20),
    # clients
    "terminal closed": Row("none", None, "dashboard exits, host unaffected", 8),
    "terminal closed, host owned by dashboard": Row("none", None, "dashboard, host and browser exit", 20),
    "dashboard killed": Row("none", None, "host and browser exit", 20),
    "client stops reading": Row("none", None, "reading resumes; host.resync where events were missed", 10),
    # several hosts in one view
    "one of several hosts killed": Row("its rows marked lost, no others", 3, "its rows current again", 10),
    "ssh line cut": Row("its rows marked lost, no others", 3, "its rows current again", 15),
    "ssh line slow": Row("none", None, "its rows current, list --host answers", 60),
}
