"""The parts of the benchmark, by name."""

from collections.abc import Mapping

from tests.bench.part import Part
from tests.bench.parts import hosting, keys, start, terminal

PARTS: Mapping[str, Part] = {"hosting": hosting, "terminal": terminal, "keys": keys, "start": start}
