"""The plan of a bulk end: its sessions, frozen, and what changed since it was made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from browser_host.protocol.page_instructions import Action
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.rules.ledger_rules import WHY_NOT
from browser_host.sessions.session import Hosting
from browser_host.sessions.views import SessionView

UNKNOWN = "the host no longer knows it"
"""Why an unknown session is skipped."""

NOT_STALE = "it is no longer stale"

ASKED_FOR = "asked for"
"""The reason of an end without a rule."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A session to end.

    Args:
        reason: the text of its staleness, or that it was requested.
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
    """A skipped session, and why."""

    id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class EndPlan:
    """A bulk end before it is run; it never ends a session that is not in `entries`."""

    entries: tuple[Planned, ...]
    skipped: tuple[Skipped, ...]
    made_at: float


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a planned session since; `void` if there is nothing left to end."""

    id: str
    text: str
    void: bool


def make_plan(
    views: Mapping[str, SessionView],
    targets: Iterable[str],
    exclude: Collection[str],
    now: float,
    *,
    only_stale: bool = False,
) -> EndPlan:
    """Plan the end of sessions, each once, in the order of the targets.

    Args:
        views: the sessions by id.
        targets: ids of the sessions.
        exclude: ids to leave out.
        now: epoch seconds.
        only_stale: skip those that are not stale (any more).
    """
    entries: list[Planned] = []
    skipped: list[Skipped] = []
    for target in dict.fromkeys(targets):
        view = views.get(target)
        label = view.label if view else ""
        why = "excluded" if target in exclude else why_not(view)
        if only_stale and why is None and view is not None and view.stale is None:
            why = NOT_STALE
        if view is None or why is not None:
            skipped.append(Skipped(target, label, why or UNKNOWN))
            continue
        age = None if view.opened_at is None else max(0.0, now - view.opened_at)
        reason = view.stale.text if view.stale else ASKED_FOR
        entries.append(Planned(target, label, view.status, reason, age, view))
    return EndPlan(tuple(entries), tuple(skipped), now)


def why_not(view: SessionView | None) -> str | None:
    """Why a session can't be ended now, or None if it can; a session of None is unknown."""
    if view is None:
        return UNKNOWN
    if view.ended is not None:
        return WHY_NOT[Hosting.ENDED]
    last = view.instruction
    if last is not None and last.action == Action.END_SESSION and last.state in _PENDING:
        return f"an end is pending already, given by {last.by}"
    if view.process is None:
        why = WHY_NOT.get(view.hosting, _NO_PAGE)
        return f"{why}: {view.error.text}" if view.error else why
    return None


def changed_since(plan: EndPlan, views: Mapping[str, SessionView]) -> tuple[Changed, ...]:
    """The planned sessions whose status, hosting or staleness is not what it was when the plan was made.

    Other events are no change: a page that talks would else be one for ever.
    """
    changes = []
    for entry in plan.entries:
        view = views.get(entry.id)
        why = why_not(view)
        if view is None or why is not None:
            changes.append(Changed(entry.id, why or UNKNOWN, void=True))
        elif text := _difference(entry.was, view):
            changes.append(Changed(entry.id, text, void=False))
    return tuple(changes)


def _difference(was: SessionView, now: SessionView) -> str:
    if now.status != was.status:
        return f"its status is {now.status or 'unknown'} now, and was {was.status or 'unknown'}"
    if now.hosting != was.hosting:
        return f"its hosting is {now.hosting} now, and was {was.hosting}"
    if visitor := _visitor_difference(was, now):
        return visitor
    before, after = (view.stale.rule if view.stale else None for view in (was, now))
    if before == after:
        return ""
    return f"it is no longer stale ({before})" if after is None else f"it is stale now ({after})"


def _visitor_difference(was: SessionView, now: SessionView) -> str:
    """What the service reports of the visitor now, if that is not what it reported."""
    before, after = was.visitor_state, now.visitor_state
    if after is None or (before and (before.online, before.in_session)) == (after.online, after.in_session):
        return ""
    if after.online is False:
        return "the visitor is offline now"
    known = {True: "the visitor is in session now", False: "the visitor is not in session now", None: ""}
    return known[after.in_session]


_NO_PAGE = "it has no page"
_PENDING = frozenset({EntryState.QUEUED, EntryState.SENT})
