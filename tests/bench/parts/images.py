"""What images of watch pages cost: one host loads them, another one beside it does not."""

import time
from collections.abc import Mapping

from tests.bench.figures import Figure
from tests.bench.meter import BROWSER, cost_of
from tests.bench.stand import Hosted, Stand

TITLE = "Images (20 sessions with 20 images of 115 KB each, 500 rows of DOM; both hosts at the same time)"
ROUNDS = 3
SESSIONS = 20
IMAGES = 20
"""In each page."""
SETTLES_S = 10.0

_KEYS = {"with images": "", "without": "images = false\n"}
FIGURES = (
    *(Figure(f"memory of the browser: {name}", "MB") for name in _KEYS),
    Figure("memory of the browser: without / with images", "x"),
    *(Figure(f"loaded by the pages: {name}", "MB") for name in _KEYS),
    Figure("loaded by the pages: without / with images", "x"),
    *(Figure(f"images requested: {name}", "") for name in _KEYS),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round; side by side, so that both share the browser's program with the same processes."""
    sessions = stand.scale.sessions(SESSIONS)
    found: dict[str, float] = {}
    with (
        stand.pages(sessions, 1.0, images=IMAGES) as shown,
        stand.pages(sessions, 1.0, images=IMAGES) as omitted,
        stand.host(shown, more=_KEYS["with images"]) as first,
        stand.host(omitted, more=_KEYS["without"]) as second,
    ):
        for hosted in (first, second):
            hosted.open_s(sessions)
        time.sleep(stand.scale.seconds(SETTLES_S))
        for name, links, hosted in (("with images", shown, first), ("without", omitted, second)):
            found[f"memory of the browser: {name}"] = _browser_mb(hosted)
            record = stand.record(links)
            found[f"loaded by the pages: {name}"] = record["page_bytes"] / 1e6
            found[f"images requested: {name}"] = sum(record["images"].values())
    for what in ("memory of the browser", "loaded by the pages"):
        found[f"{what}: without / with images"] = found[f"{what}: without"] / found[f"{what}: with images"]
    return found


def _browser_mb(hosted: Hosted) -> float:
    return cost_of(hosted.program.pid).memory_mb[BROWSER]
