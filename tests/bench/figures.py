"""Figures with their goals, and the table that shows them. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that each round of a part yields.

    Args:
        unit: `s`, `ms`, `MB`, `1/s`, `B/s`, `%` (of a core), or `x` for a ratio of two subjects in one round.
        at_most: upper goal for the median, or None.
        at_least: lower goal for the median, or None.
        may_lack: the machine may have no subject for it; then it is told as not measured.
    """

    name: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    may_lack: bool = False

    def met(self, median: float) -> bool | None:
        """Whether the goal is met; None if there is none."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or median <= self.at_most) and (
            self.at_least is None or median >= self.at_least
        )

    @property
    def goal(self) -> str:
        """The goal as text."""
        bounds = (("≤", self.at_most), ("≥", self.at_least))
        return " ".join(f"{sign} {number(bound)}" for sign, bound in bounds if bound is not None)


def table(title: str, figures: Sequence[Figure], rounds: Sequence[Mapping[str, float]]) -> str:
    """Format a part's figures as Markdown: median and range of its rounds, and the goals."""
    lines = [
        f"### {title}",
        "",
        "| figure | unit | median | range | goal | met |",
        "|---|---|---|---|---|---|",
    ]
    for figure in figures:
        values = [found[figure.name] for found in rounds if figure.name in found]
        if not values:
            missed = "" if figure.may_lack else "**no**"
            lines.append(f"| {figure.name} | {figure.unit} | not measured | | {figure.goal} | {missed} |")
            continue
        median = statistics.median(values)
        spread = f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else "one round"
        is_met = {None: "", True: "yes", False: "**no**"}[figure.met(median)]
        lines.append(
            f"| {figure.name} | {figure.unit} | {number(median)} | {spread} | {figure.goal} | {is_met} |"
        )
    return "\n".join(lines)


def number(value: float) -> str:
    """Format a number with three significant digits."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile by nearest rank; infinity for no values."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
