"""What became of instructions: told as data, and as the contract's exit code."""

from collections.abc import Sequence
from typing import Any

from browser_host.api.schema import SCHEMA, Outcome, PlanEntry, Result
from browser_host.cli.output import columns, line, say, tell
from browser_host.errors import Exit

SKIPPED = "skipped"
"""The host's word for a session that was left alone."""

CONFIRMED = frozenset({"confirmed"})
"""What counts as done where the page's own word can be had."""

SENT = frozenset({"confirmed", "sent"})
"""What counts as done where no page confirms."""


def exit_code(results: Sequence[Result], done: frozenset[str]) -> Exit:
    """How far the instructions came; sessions that were left alone don't count.

    Args:
        done: the states that count as done.
    """
    counted = [result.state in done for result in results if result.state != SKIPPED]
    if all(counted):
        return Exit.OK
    return Exit.SOME_CONFIRMED if any(counted) else Exit.NOTHING_CONFIRMED


def plan_json(plan: Sequence[PlanEntry]) -> list[dict[str, Any]]:
    """The contract's `plan`."""
    return [{"id": e.id, "label": e.label, "status": e.status, "reason": e.reason} for e in plan]


def results_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The contract's `results`."""
    return [
        {"id": r.id, "state": r.state, "via": r.via, "took_ms": r.took_ms, "text": r.text} for r in results
    ]


def tell_outcome(outcome: Outcome, *, as_json: bool, **more: Any) -> None:
    """The results on stdout, and their sum on stderr.

    Args:
        more: further keys of the document, before the results.
    """
    if as_json:
        results = results_json(outcome.results)
        tell({"schema": SCHEMA, **more, "results": results, "counts": dict(outcome.counts)})
        return
    if outcome.results:
        rows = [(r.id, r.state, r.via, _took(r.took_ms), r.text) for r in outcome.results]
        for row in columns(("ID", "STATE", "VIA", "TOOK", "TEXT"), rows):
            line(row)
    say(summary(outcome) or "no session matches; nothing was sent")


def summary(outcome: Outcome) -> str:
    """The counts in words, such as `3 confirmed, 1 unconfirmed`."""
    return ", ".join(f"{count} {state}" for state, count in outcome.counts.items() if count)


def plan_lines(plan: Sequence[PlanEntry]) -> list[str]:
    """A plan in columns."""
    rows = [(entry.id, entry.label, entry.status or "-", entry.reason) for entry in plan]
    return columns(("ID", "LABEL", "STATUS", "REASON"), rows)


def _took(milliseconds: int | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds}ms"
