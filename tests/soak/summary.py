"""What a soak came to, as a table to read. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.soak.run import Outcome, Storm

LAST = 5
"""Storms that are told of a violation."""


def lines(outcome: Outcome) -> Iterator[str]:
    """The table, and what was violated."""
    alone, among = _times(outcome.storms)
    yield "| fault | struck | alone: well after, s (worst) |"
    yield "|---|---|---|"
    for name in sorted(among):
        times = alone.get(name, [])
        worst = f"{max(times):.1f}" if times else "-"
        yield f"| {name} | {among[name]} | {worst} |"
    yield ""
    yield "instructions: " + ", ".join(f"{count} {state}" for state, count in sorted(outcome.fates.items()))
    yield f"sessions ended and hosted again: {outcome.ended}"
    for name, samples in outcome.memory.items():
        yield f"{name}: {samples[0]:.0f} MB at first, {max(samples):.0f} at most, {samples[-1]:.0f} at last"
    if outcome.violation:
        yield ""
        yield f"VIOLATED (seed {outcome.seed}): {outcome.violation}"
        yield from (f"  at {s.at:.0f} s: {', '.join(s.faults)}" for s in outcome.storms[-LAST:])
    else:
        yield f"nothing was violated (seed {outcome.seed})"


def _times(storms: Sequence[Storm]) -> tuple[dict[str, list[float]], dict[str, int]]:
    alone: dict[str, list[float]] = defaultdict(list)
    among: dict[str, int] = defaultdict(int)
    for storm in storms:
        for name in storm.faults:
            among[name] += 1
        if len(storm.faults) == 1 and storm.settled_s is not None:
            alone[storm.faults[0]].append(storm.settled_s)
    return alone, among
