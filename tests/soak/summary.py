"""The summary of a soak as a table. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.soak.run import Outcome, Round

LAST = 5
"""Rounds shown before a violation."""


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the table, and the violation."""
    alone, among = _times(outcome.rounds)
    yield "| fault | times | alone: recovered in, s (worst) |"
    yield "|---|---|---|"
    for name in sorted(among):
        times = alone.get(name, [])
        worst = f"{max(times):.1f}" if times else "-"
        yield f"| {name} | {among[name]} | {worst} |"
    yield ""
    yield "instructions: " + ", ".join(f"{count} {state}" for state, count in sorted(outcome.states.items()))
    yield f"sessions ended and hosted again: {outcome.ended}"
    for name, samples in outcome.memory.items():
        first, most, last = samples[0], max(samples), samples[-1]
        yield f"{name}: {first:.0f} MB at the start, {most:.0f} at most, {last:.0f} at the end"
    if outcome.violation:
        yield ""
        yield f"VIOLATED (seed {outcome.seed}): {outcome.violation}"
        yield from (f"  at {s.at:.0f} s: {', '.join(s.faults)}" for s in outcome.rounds[-LAST:])
    else:
        yield f"no violation (seed {outcome.seed})"


def _times(rounds: Sequence[Round]) -> tuple[dict[str, list[float]], dict[str, int]]:
    alone: dict[str, list[float]] = defaultdict(list)
    among: dict[str, int] = defaultdict(int)
    for round_ in rounds:
        for name in round_.faults:
            among[name] += 1
        if len(round_.faults) == 1 and round_.settled_s is not None:
            alone[round_.faults[0]].append(round_.settled_s)
    return alone, among
