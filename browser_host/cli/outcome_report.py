"""The results of instructions: as data, and as the contract's exit code."""

from collections.abc import Sequence
from typing import Any

from browser_host.api.schema import SCHEMA, SKIPPED, Outcome, PlanEntry, Result
from browser_host.cli.output import say, table, tell
from browser_host.errors import Exit
from browser_host.sessions.ledger import EntryState

CONFIRMED = frozenset({EntryState.CONFIRMED})
"""What counts as success where pages confirm."""

SENT = frozenset({EntryState.CONFIRMED, EntryState.SENT})
"""What counts as success where pages do not confirm."""


def exit_code(results: Sequence[Result], done: frozenset[str]) -> Exit:
    """The exit code of the instructions; skipped sessions don't count.

    Args:
        done: the states that count as success.
    """
    states = [result.state for result in results if result.state != SKIPPED]
    successes = sum(state in done for state in states)
    if successes == len(states):
        return Exit.OK
    if all(state == EntryState.FAILED for state in states):
        return Exit.FAILED  # nothing was sent, so nothing was waited for
    return Exit.SOME_CONFIRMED if successes else Exit.NOTHING_CONFIRMED


def plan_json(plan: Sequence[PlanEntry]) -> list[dict[str, Any]]:
    """The contract's `plan`."""
    return [{"id": e.id, "label": e.label, "status": e.status, "reason": e.reason} for e in plan]


def results_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The contract's `results`."""
    return [
        {"id": r.id, "state": r.state, "via": r.via, "took_ms": r.took_ms, "text": r.text} for r in results
    ]


def tell_outcome(outcome: Outcome, *, as_json: bool, **more: Any) -> None:
    """Write the results to stdout and their totals to stderr.

    Args:
        more: further keys of the document, before the results.
    """
    if as_json:
        results = results_json(outcome.results)
        tell({"schema": SCHEMA, **more, "results": results, "counts": dict(outcome.counts)})
        return
    if outcome.results:
        rows = [(r.id, r.state, r.via, _took(r.took_ms), r.text) for r in outcome.results]
        table(("ID", "STATE", "VIA", "TOOK", "TEXT"), rows)
    say(summary(outcome) or "no session matches; nothing was sent")


def summary(outcome: Outcome) -> str:
    """The counts as text, such as `3 confirmed, 1 unconfirmed`."""
    return ", ".join(f"{count} {state}" for state, count in outcome.counts.items() if count)


PLAN_HEADER = ("ID", "LABEL", "STATUS", "REASON")


def plan_rows(plan: Sequence[PlanEntry]) -> list[tuple[str, str, str, str]]:
    """A plan as rows under `PLAN_HEADER`."""
    return [(entry.id, entry.label, entry.status or "-", entry.reason) for entry in plan]


def _took(milliseconds: int | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds}ms"
