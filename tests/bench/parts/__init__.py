"""The parts of the benchmark, by name."""

from collections.abc import Mapping

from tests.bench.part import Part
from tests.bench.parts import ends, events, fleet, flood, hosting

PARTS: Mapping[str, Part] = {
    "hosting": hosting,
    "events": events,
    "ends": ends,
    "flood": flood,
    "fleet": fleet,
}
