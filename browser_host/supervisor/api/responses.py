"""The API's answers about instructions and visitors."""

from collections import Counter
from collections.abc import Sequence

from browser_host.api.schema import SKIPPED, Outcome, PlanEntry, Result, VisitorView
from browser_host.sessions.end_plan import EndPlan, Planned
from browser_host.sessions.ledger import Entry, EntryState, Via
from browser_host.supervisor.submission import Submission
from browser_host.upscope.visitor import Visitor, label_of


def result(given: Submission, entry: Entry | None) -> Result:
    """The result for one session.

    Args:
        entry: the instruction now; None if it was refused or has left the ledger.
    """
    if entry is None:
        lost = "result unknown: the session was removed" if given.order else given.text
        return _without_instruction(given.session_id, EntryState.FAILED, lost)
    took = None
    if entry.sent_at is not None:
        # From the hand-over to the page: a confirmation may arrive before the report of posting.
        took = round((entry.finished_at or entry.sent_at).seconds_since(entry.order.not_before) * 1000)
    return Result(given.session_id, entry.state, entry.via, took, _words(entry), entry.id)


def planned(entry: Planned) -> PlanEntry:
    """An entry of a plan."""
    age_s = None if entry.age_s is None else round(entry.age_s, 1)
    return PlanEntry(entry.id, entry.label, entry.status, entry.reason, age_s)


def skipped(session_id: str, why: str) -> Result:
    """The result for a skipped session."""
    return _without_instruction(session_id, SKIPPED, why)


def answer(results: Sequence[Result], plan: Sequence[PlanEntry] = (), notes: Sequence[str] = ()) -> Outcome:
    """The whole answer, with counts by state."""
    return Outcome(tuple(results), Counter(one.state for one in results), tuple(plan), tuple(notes))


def plan_answer(
    plan: EndPlan, rows: Sequence[PlanEntry], results: Sequence[Result] = (), notes: Sequence[str] = ()
) -> Outcome:
    """The answer about a bulk end: its plan, the results, and the skipped sessions."""
    skips = (skipped(skip.id, skip.reason) for skip in plan.skipped)
    return answer([*results, *skips], rows, notes)


def visitor(one: Visitor, session_id: str | None) -> VisitorView:
    """A visitor of the service.

    Args:
        session_id: of the session that is hosted for this visitor already, or None.
    """
    return VisitorView(
        id=one.short_id,
        label=label_of(one),
        identities=tuple(one.identities),
        email=one.email,
        tags=tuple(one.tags),
        last_page=one.last_page,
        is_online=one.is_online,
        is_in_session=one.is_in_session,
        session=session_id,
    )


def _words(entry: Entry) -> str:
    if entry.text or entry.state is not EntryState.SENT:
        return entry.text
    return "sent; pages do not confirm this instruction"


def _without_instruction(session_id: str, state: str, text: str) -> Result:
    return Result(session_id, state, Via.PAGE, None, text, None)
