"""A bulk end before it is run: where it comes from, the frozen plan, who is left out of it; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from browser_host.api.schema import Outcome, Target
from browser_host.sessions import end_plan as plans
from browser_host.sessions.end_plan import Changed, EndPlan, Planned, Skipped
from browser_host.sessions.staleness import Rule
from browser_host.sessions.views import SessionView
from tui.host.deck import Deck

NEWCOMER = "it arrived while the plan was made; R makes a new plan"
EMPTY = EndPlan((), (), 0.0)


class PlanSource(StrEnum):
    """The targets that a plan is made of."""

    STALE = "stale"
    MARKED = "marked"
    SHOWN = "shown"
    RULE = "rule"
    RETRY = "retry"
    """Those of the last run whose end failed or was not confirmed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What plans can be made of, as it was when the key was pressed.

    Args:
        marked: the ids that were marked.
        shown: the ids of the rows that the filter let through, from top to bottom.
        retry: the ids that the last run left open.
    """

    marked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[PlanSource, ...]:
        """The sources, in the order of their tabs."""
        return tuple(source for source in PlanSource if source is not PlanSource.RETRY or self.retry)

    @property
    def first(self) -> PlanSource:
        """Where a plan begins: the marks if there are any, else the stale."""
        return PlanSource.MARKED if self.marked else PlanSource.STALE


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as the operator makes it.

    Args:
        plan: the host's response when it was asked; it never grows.
        excluded: those of it that the operator left out.
    """

    source: PlanSource
    rule: Rule = Rule.PENDING
    plan: EndPlan = EMPTY
    excluded: frozenset[str] = field(default_factory=frozenset)

    @property
    def meant(self) -> tuple[str, ...]:
        """The ids that would be ended."""
        return tuple(entry.id for entry in self.plan.entries if entry.id not in self.excluded)

    @property
    def is_of_the_stale(self) -> bool:
        """Whether its sessions are planned because they are stale; one that no longer is gets no end."""
        return self.source in {PlanSource.STALE, PlanSource.RULE}

    @property
    def words(self) -> str:
        """What it is, for a prompt."""
        what = f"stale by {self.rule.value}" if self.source is PlanSource.RULE else self.source.value
        return f"{len(self.meant)} planned sessions ({what})"


def target(source: PlanSource, rule: Rule, offer: Offer, deck: Deck) -> Target | None:
    """The target to ask the host about; None if it is empty.

    Ids that the deck does not know any more are left out: one of them would fail the whole question.
    """
    match source:
        case PlanSource.STALE:
            return Target(stale=True)
        case PlanSource.RULE:
            return Target(filter=f"stale:{rule.value}")
    given = {PlanSource.MARKED: offer.marked, PlanSource.SHOWN: offer.shown, PlanSource.RETRY: offer.retry}[
        source
    ]
    ids = tuple(session_id for session_id in given if session_id in deck.sessions)
    return Target(ids=ids) if ids else None


def frozen(outcome: Outcome, deck: Deck, now: float) -> EndPlan:
    """The host's plan with the sessions as they are known at this moment (epoch seconds)."""
    entries: list[Planned] = []
    skipped = [
        Skipped(result.id, _label(deck, result.id), result.text)
        for result in outcome.results
        if result.id not in {entry.id for entry in outcome.plan}
    ]
    for entry in outcome.plan:
        view = deck.sessions.get(entry.id)
        if view is None:
            skipped.append(Skipped(entry.id, entry.label, NEWCOMER))
            continue
        age = None if view.opened_at is None else max(0.0, now - view.opened_at)
        was = replace(view, status=entry.status)
        entries.append(Planned(entry.id, entry.label, entry.status, entry.reason, age, was))
    return EndPlan(tuple(entries), tuple(skipped), now)


def toggled(draft: Draft, session_id: str) -> Draft:
    """The plan without this session, or with it again; no other can join it."""
    if all(entry.id != session_id for entry in draft.plan.entries):
        return draft
    return replace(draft, excluded=draft.excluded ^ {session_id})


def without(draft: Draft, ids: Collection[str]) -> Draft:
    """The plan without any of these sessions."""
    held = {entry.id for entry in draft.plan.entries}
    return replace(draft, excluded=draft.excluded | held.intersection(ids))


def changes(
    plan: EndPlan, sessions: Mapping[str, SessionView], ours: Collection[str] = ()
) -> Mapping[str, Changed]:
    """What is different for the planned since, by id.

    Args:
        ours: instructions of the plan's own run, which are no change of the session's.
    """
    seen = dict(sessions)
    for entry in plan.entries:
        view = seen.get(entry.id)
        if view is not None and view.instruction is not None and view.instruction.id in ours:
            seen[entry.id] = replace(view, instruction=entry.was.instruction)
    return {changed.id: changed for changed in plans.changed_since(plan, seen)}


def _label(deck: Deck, session_id: str) -> str:
    view = deck.sessions.get(session_id)
    return view.label if view is not None else ""
