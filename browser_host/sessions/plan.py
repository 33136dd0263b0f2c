"""The plan of a bulk end: whom it means, frozen as they stood, and what changed since it was made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from browser_host.protocol.instructions import Action
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.ledger_rules import WHY_NOT
from browser_host.sessions.session import Hosting
from browser_host.sessions.views import SessionView

ASKED_FOR = "asked for"
"""The reason of an end that no rule calls for."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A session that is to be ended.

    Args:
        reason: why it is meant: the words of its staleness, or that it was asked for.
        age_s: seconds since its page was opened, or None.
        was: the session when the plan was made.
    """

    id: str
    label: str
    status: str | None
    reason: str
    age_s: float | None
    was: SessionView


@dataclass(frozen=True, slots=True)
class Skipped:
    """A session that was meant and is left alone, and why."""

    id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A bulk end before it is run; nobody outside `entries` is ever instructed by it."""

    entries: tuple[Planned, ...]
    skipped: tuple[Skipped, ...]
    made_at: float


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to a planned session since; `void` where there is nothing left to end."""

    id: str
    text: str
    void: bool


def make_plan(
    views: Mapping[str, SessionView], targets: Iterable[str], exclude: Collection[str], now: float
) -> Plan:
    """Plans the end of sessions; each is named once, in the order of the targets.

    Args:
        views: the sessions by id.
        targets: the ids that are meant.
        exclude: ids that are left out of it.
        now: epoch seconds.
    """
    entries: list[Planned] = []
    skipped: list[Skipped] = []
    for target in dict.fromkeys(targets):
        view = views.get(target)
        label = view.label if view else ""
        why = "excluded" if target in exclude else why_not(view)
        if view is None or why is not None:
            skipped.append(Skipped(target, label, why or _UNKNOWN))
            continue
        age = None if view.opened_at is None else max(0.0, now - view.opened_at)
        reason = view.stale.text if view.stale else ASKED_FOR
        entries.append(Planned(target, label, view.status, reason, age, view))
    return Plan(tuple(entries), tuple(skipped), now)


def why_not(view: SessionView | None) -> str | None:
    """Why a session can't be ended now, or None where it can; None stands for a session not known."""
    if view is None:
        return _UNKNOWN
    if view.ended is not None:
        return WHY_NOT[Hosting.ENDED]
    last = view.instruction
    if last is not None and last.action == Action.END_SESSION and last.state in _PENDING:
        return f"an end is pending already, given by {last.by}"
    if view.page is None:
        why = WHY_NOT.get(view.hosting, _NO_PAGE)
        return f"{why}: {view.error.text}" if view.error else why
    return None


def changed_since(plan: Plan, views: Mapping[str, SessionView]) -> tuple[Changed, ...]:
    """What is different now for those whom the plan means; who is as they were is not named."""
    changes = []
    for entry in plan.entries:
        was, view = entry.was, views.get(entry.id)
        why = why_not(view)
        if view is None or why is not None:
            changes.append(Changed(entry.id, why or _UNKNOWN, void=True))
        elif view.status != was.status:
            text = f"its status is {view.status} now, and was {was.status or 'not named yet'}"
            changes.append(Changed(entry.id, text, void=False))
        elif was.stale is not None and view.stale is None:
            changes.append(Changed(entry.id, f"it is not stale any more ({was.stale.rule})", void=False))
        elif view.events != was.events:
            changes.append(Changed(entry.id, "it spoke again", void=False))
    return tuple(changes)


_UNKNOWN = "the host does not know it any more"
_NO_PAGE = "it lives in no page"
_PENDING = frozenset({EntryState.QUEUED, EntryState.SENT})
