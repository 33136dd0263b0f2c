"""What is measured, what is wanted of it, and the table that tells both. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that each round of a part gives.

    Args:
        unit: `s`, `ms`, `MB`, `1/s`, `B/s`, `%` (of a core), or `x` for a ratio of two subjects of one round.
        at_most: what is wanted of the median, or None.
        at_least: the same, from below.
    """

    name: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    def met(self, median: float) -> bool | None:
        """Whether it is as it is wanted; None where nothing is."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or median <= self.at_most) and (
            self.at_least is None or median >= self.at_least
        )

    @property
    def goal(self) -> str:
        """What is wanted, in words."""
        bounds = (("≤", self.at_most), ("≥", self.at_least))
        return " ".join(f"{sign} {number(bound)}" for sign, bound in bounds if bound is not None)


def table(title: str, figures: Sequence[Figure], rounds: Sequence[Mapping[str, float]]) -> str:
    """A part's figures as Markdown: median, least and most of its rounds, and what is wanted."""
    lines = [
        f"### {title}",
        "",
        "| what | unit | median | least to most | wanted | |",
        "|---|---|---|---|---|---|",
    ]
    for figure in figures:
        values = [found[figure.name] for found in rounds if figure.name in found]
        if not values:
            lines.append(f"| {figure.name} | {figure.unit} | not measured | | {figure.goal} | **no** |")
            continue
        median = statistics.median(values)
        spread = f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else "one round"
        verdict = {None: "", True: "yes", False: "**no**"}[figure.met(median)]
        lines.append(
            f"| {figure.name} | {figure.unit} | {number(median)} | {spread} | {figure.goal} | {verdict} |"
        )
    return "\n".join(lines)


def number(value: float) -> str:
    """Three figures of a number, as people write them."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which so large a share of the values lies (nearest rank); nothing gives infinity."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
