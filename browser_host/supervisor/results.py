"""What became of instructions, as the contract's JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from browser_host.api.schema import SCHEMA
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.plan import Planned
from browser_host.supervisor.dispatch import Given

SKIPPED = "skipped"
"""Nothing was given: there was nothing to do, and the text says why."""


def result(given: Given, entry: Entry | None) -> Mapping[str, Any]:
    """The result for one session.

    Args:
        entry: the instruction as it stands now; None where it was refused, or has left the ledger.
    """
    if entry is None:
        lost = "it is not known what became of it: the session was removed" if given.order else given.text
        return _row(given.session_id, EntryState.FAILED.value, "page", None, lost, None)
    took = None
    if entry.sent_at is not None:
        # Since it was handed to the page: a confirmation may come before the news that it was posted.
        took = round((entry.finished_at or entry.sent_at).seconds_since(entry.order.not_before) * 1000)
    return _row(given.session_id, entry.state.value, entry.via.value, took, _words(entry), entry.id)


def planned(entry: Planned) -> Mapping[str, Any]:
    """An entry of a plan."""
    return {
        "id": entry.id,
        "label": entry.label,
        "status": entry.status,
        "reason": entry.reason,
        "age_s": None if entry.age_s is None else round(entry.age_s, 1),
    }


def skipped(session_id: str, why: str) -> Mapping[str, Any]:
    """The result for a session that was left alone."""
    return _row(session_id, SKIPPED, "page", None, why, None)


def answer(results: Sequence[Mapping[str, Any]], **more: Any) -> Mapping[str, Any]:
    """The whole answer, with counts by state."""
    return {"schema": SCHEMA, **more, "results": list(results), "counts": _counts(results)}


def _counts(results: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    return dict(Counter(result["state"] for result in results))


def _words(entry: Entry) -> str:
    if entry.text or entry.state is not EntryState.SENT:
        return entry.text
    return "sent; no page confirms this instruction"


def _row(  # noqa: PLR0917 - the contract's keys, in its order
    session_id: str, state: str, via: str, took_ms: int | None, text: str, instruction: str | None
) -> Mapping[str, Any]:
    return {
        "id": session_id,
        "state": state,
        "via": via,
        "took_ms": took_ms,
        "text": text,
        "instruction": instruction,
    }
