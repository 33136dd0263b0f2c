"""A bulk end before it is run: where it comes from, the frozen plan, who is left out of it; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from browser_host.api.schema import Outcome, Target
from browser_host.sessions import plan as plans
from browser_host.sessions.plan import Changed, Plan, Planned, Skipped
from browser_host.sessions.staleness import Rule
from browser_host.sessions.views import SessionView
from tui.state import Deck

NEWCOMER = "it arrived as the plan was made; a new plan has it"
EMPTY = Plan((), (), 0.0)


class Source(StrEnum):
    """Whom a plan is made of."""

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
    def sources(self) -> tuple[Source, ...]:
        """The sources, in the order of their tabs."""
        return tuple(source for source in Source if source is not Source.RETRY or self.retry)

    @property
    def first(self) -> Source:
        """Where a plan begins: the marks where there are any, else the stale."""
        return Source.MARKED if self.marked else Source.STALE

    def after(self, source: Source, by: int) -> Source:
        """The source so many tabs further, round and round."""
        every = self.sources
        return every[(every.index(source) + by) % len(every)]


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as the operator makes it.

    Args:
        plan: whom the host meant when it was asked; nobody joins it later.
        excluded: those of it that the operator left out.
    """

    source: Source
    rule: Rule = Rule.PENDING
    plan: Plan = EMPTY
    excluded: frozenset[str] = field(default_factory=frozenset)

    @property
    def meant(self) -> tuple[str, ...]:
        """The ids that would be ended."""
        return tuple(entry.id for entry in self.plan.entries if entry.id not in self.excluded)

    @property
    def words(self) -> str:
        """What it is, for a prompt."""
        what = f"stale by {self.rule.value}" if self.source is Source.RULE else self.source.value
        return f"a plan of {len(self.meant)} ({what})"


def target(source: Source, rule: Rule, offer: Offer, deck: Deck) -> Target | None:
    """Whom to ask the host about; None where nobody is meant.

    Ids that the deck does not know any more are left out: one of them would fail the whole question.
    """
    match source:
        case Source.STALE:
            return Target(stale=True)
        case Source.RULE:
            return Target(filter=f"stale:{rule.value}")
    given = {Source.MARKED: offer.marked, Source.SHOWN: offer.shown, Source.RETRY: offer.retry}[source]
    ids = tuple(session_id for session_id in given if session_id in deck.sessions)
    return Target(ids=ids) if ids else None


def frozen(outcome: Outcome, deck: Deck, now: float) -> Plan:
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
    return Plan(tuple(entries), tuple(skipped), now)


def toggled(draft: Draft, session_id: str) -> Draft:
    """The plan without this session, or with it again; nobody from outside can join it."""
    if all(entry.id != session_id for entry in draft.plan.entries):
        return draft
    return replace(draft, excluded=draft.excluded ^ {session_id})


def without(draft: Draft, ids: Collection[str]) -> Draft:
    """The plan without any of these sessions."""
    held = {entry.id for entry in draft.plan.entries}
    return replace(draft, excluded=draft.excluded | held.intersection(ids))


def changes(
    plan: Plan, sessions: Mapping[str, SessionView], ours: Collection[str] = ()
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
