"""What an endpoint costs: the same sessions on each kind of browsers, side by side."""

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping

from browser_host.sessions.browser_state import BrowserKind
from tests.bench.figures import Figure, quantile
from tests.bench.meter import DRIVER, OWN, cost_of, percent
from tests.bench.remote_browsers import remote_browser
from tests.bench.stand import Hosted, Stand
from tests.bench.tap import tapped
from tests.support.selenium_grid import NoGrid

TITLE = "Each kind of endpoint (40 sessions, one message a second each; all on one machine)"
ROUNDS = 3
SESSIONS = 40
SETTLES_S = 5.0
COUNTS_S = 20.0
COLORS = 60
"""Instructions to one session each, one after the other."""

KINDS = (BrowserKind.LOCAL, BrowserKind.PLAYWRIGHT, BrowserKind.CDP, BrowserKind.GRID)
_WHAT = {
    "event to a client: p50": "ms",
    "event to a client: p99": "ms",
    "a colour confirmed: p50": "ms",
    "a colour confirmed: p99": "ms",
    "memory of the host": "MB",
    "memory of the driver": "MB",
    "CPU of the host": "%",
    "CPU of the driver": "%",
}
FIGURES = tuple(
    Figure(f"{what}: {kind}", unit, may_lack=kind is BrowserKind.GRID)
    for what, unit in _WHAT.items()
    for kind in KINDS
)

_ENDPOINT = """
[[browser.endpoints]]
name = "measured"
kind = "{kind}"
url = "{address}"
max_sessions = 200
"""


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round; without a Grid where the machine has none and can't get one."""
    found: dict[str, float] = {}
    for kind in KINDS:
        try:
            with _hosted(stand, kind) as hosted:
                measured = _measured(stand, hosted)
        except NoGrid as missing:
            print(f"endpoints: no Grid is measured: {missing}", file=sys.stderr)
        else:
            found |= {f"{what}: {kind}": value for what, value in measured.items()}
    return found


@contextlib.contextmanager
def _hosted(stand: Stand, kind: BrowserKind) -> Iterator[Hosted]:
    """Run a host with all sessions live on an endpoint of a kind."""
    sessions = stand.scale.sessions(SESSIONS)
    with contextlib.ExitStack() as stack:
        more = ""
        if kind is not BrowserKind.LOCAL:
            folder = stand.home().path
            address = stack.enter_context(remote_browser(kind, stand.browser, folder))
            more = _ENDPOINT.format(kind=kind, address=address)
        links = stack.enter_context(stand.pages(sessions, 1.0))
        hosted = stack.enter_context(stand.host(links, more=more))
        hosted.open_s(sessions)
        yield hosted


def _measured(stand: Stand, hosted: Hosted) -> Mapping[str, float]:
    time.sleep(stand.scale.seconds(SETTLES_S))
    with tapped(hosted.home.socket) as tap:
        before, began = cost_of(hosted.program.pid, memory=False), time.monotonic()
        time.sleep(stand.scale.seconds(COUNTS_S))
        after, took = cost_of(hosted.program.pid), time.monotonic() - began
    ages = [age for some in tap.ages_ms.values() for age in some]
    ids = [session["id"] for session in hosted.sessions()]
    count = max(3, round(stand.scale.share * COLORS))
    confirmed = [_confirmed_ms(hosted, ids[number % len(ids)], number) for number in range(count)]
    return {
        "event to a client: p50": quantile(ages, 0.5),
        "event to a client: p99": quantile(ages, 0.99),
        "a colour confirmed: p50": quantile(confirmed, 0.5),
        "a colour confirmed: p99": quantile(confirmed, 0.99),
        "memory of the host": after.memory_mb[OWN],
        "memory of the driver": after.memory_mb[DRIVER],
        "CPU of the host": percent(before, after, took, OWN),
        "CPU of the driver": percent(before, after, took, DRIVER),
    }


def _confirmed_ms(hosted: Hosted, session: str, number: int) -> float:
    """Milliseconds from the request for a colour to the answer that the page has it."""
    color = {"action": "switchColor", "color": f"#{number:02x}3456"}
    began = time.monotonic()
    answer = hosted.post("/v1/instructions", {"ids": [session], **color})
    took = time.monotonic() - began
    assert answer["counts"] == {"confirmed": 1}, answer
    return 1000 * took
