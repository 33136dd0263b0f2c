"""400 sessions at once: opening, correct statuses, and a client that keeps up."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from browser_host.protocol.page_messages import Status
from browser_host.secrets import WatchLink
from tests.bench.figures import Figure, quantile
from tests.bench.meter import BROWSER, DRIVER, OWN, cost_of, percent
from tests.bench.stand import Stand
from tests.bench.tap import tapped

TITLE = "400 sessions at once (one message a second each, four kinds of pages)"
ROUNDS = 1
SESSIONS = 400
COUNTS_S = 20.0
SETTLES_S = 10.0
SCENARIO = "clock,waiting,authorisation,clock"
_STATUSES = frozenset(status.value for status in Status)

FIGURES = (
    Figure("open all", "s"),
    Figure("live sessions", "%", at_least=100.0),
    Figure("statuses that differ from the page's last report", "", at_most=0.0),
    Figure("memory per session, all processes", "MB"),
    Figure("pages", ""),
    Figure("from a page to a client: p50", "ms"),
    Figure("from a page to a client: p99", "ms"),
    Figure("events that a client missed", "", at_most=0.0),
    Figure("CPU of the host", "%"),
    Figure("CPU of driver and browser", "%"),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round."""
    sessions = stand.scale.sessions(SESSIONS)
    with (
        stand.pages(sessions, 1.0, scenario=SCENARIO, polls_per_second=20.0) as links,
        stand.host(links) as hosted,
    ):
        took = hosted.open_s(sessions)
        time.sleep(stand.scale.seconds(SETTLES_S))
        with tapped(hosted.home.socket) as tap:
            before = cost_of(hosted.program.pid, memory=False)
            seconds = stand.scale.seconds(COUNTS_S)
            time.sleep(seconds)
            after = cost_of(hosted.program.pid)
        found = hosted.sessions()
        wrong = _wrong(found, links, stand.record(links))
    ages = [age for all_ages in tap.ages_ms.values() for age in all_ages]
    return {
        "open all": took,
        "live sessions": 100 * sum(one["hosting"] == "live" for one in found) / sessions,
        "statuses that differ from the page's last report": len(wrong),
        "memory per session, all processes": after.total_mb / sessions,
        "pages": len({one["process"] for one in found}),
        "from a page to a client: p50": quantile(ages, 0.5),
        "from a page to a client: p99": quantile(ages, 0.99),
        "events that a client missed": tap.missed,
        "CPU of the host": percent(before, after, seconds, OWN),
        "CPU of driver and browser": percent(before, after, seconds, DRIVER, BROWSER),
    }


def _wrong(found: Sequence[Mapping[str, Any]], links: Sequence[str], record: Mapping[str, Any]) -> list[str]:
    """The sessions whose status differs from the last that their page reported to the simulator."""
    reported: defaultdict[str, str] = defaultdict(str)
    for event in record["life"]:
        if event["text"] in _STATUSES:
            reported[event["link"]] = event["text"]
    assert len(reported) == len(links) == len({WatchLink(link).fingerprint for link in links})
    return [one["id"] for one in found if one["status"] != reported[one["link"]]]
