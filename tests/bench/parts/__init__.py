"""The parts of the benchmark, by name."""

from collections.abc import Mapping

from tests.bench.part import Part
from tests.bench.parts import (
    cpu,
    endpoints,
    ends,
    events,
    fleet,
    flood,
    growth,
    hosting,
    hosts,
    images,
    keys,
    preview,
    start,
    terminal,
)

PARTS: Mapping[str, Part] = {
    "hosting": hosting,
    "images": images,
    "events": events,
    "ends": ends,
    "flood": flood,
    "fleet": fleet,
    "cpu": cpu,
    "terminal": terminal,
    "keys": keys,
    "preview": preview,
    "endpoints": endpoints,
    "hosts": hosts,
    "start": start,
    "growth": growth,
}

ONLY_BY_NAME = frozenset({"growth"})
"""Parts that take an hour."""
