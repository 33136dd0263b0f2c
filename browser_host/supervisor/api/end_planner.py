"""Plans bulk ends with what the service says of the visitors, and asks it again right before they run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from browser_host.api.requests import EndRequest
from browser_host.api.schema import PlanEntry
from browser_host.sessions import end_plan
from browser_host.sessions.end_plan import EndPlan, Planned
from browser_host.sessions.staleness import Rule
from browser_host.sessions.views import SessionView
from browser_host.sessions.visitor_state import aged_visitor_words, visitor_words
from browser_host.supervisor.api import responses, targets
from browser_host.supervisor.automation.visitor_poller import VisitorPoller
from browser_host.supervisor.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A plan after the service was asked again.

    Args:
        before: what the service had said of the visitors when the plan was made, by session.
        notes: sentences for whoever runs it.
    """

    plan: EndPlan
    before: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        """The sessions to end."""
        return [entry.id for entry in self.plan.entries]


class EndPlanner:
    """Plans for the API.

    Args:
        visitors: asks the service; None where it is not to be asked.
    """

    def __init__(self, supervisor: Supervisor, visitors: VisitorPoller | None) -> None:
        self._supervisor = supervisor
        self._store = supervisor.store
        self._visitors = visitors

    def plan(self, request: EndRequest, *, only_stale: bool) -> EndPlan:
        """Plan what a request means.

        Args:
            only_stale: leave out sessions that are not stale.

        Raises:
            UnknownSession, UsageError: its targets can't be told.
        """
        known = [session.id for session in targets.sessions(request, self._supervisor)]
        meant = [*known, *targets.unknown(request, self._supervisor)]
        return end_plan.make_plan(
            self._held(), meant, request.exclude, self._store.now(), only_stale=only_stale
        )

    async def recheck(self, plan: EndPlan) -> Rechecked:
        """Ask the service once more about the visitors of a bulk end; nobody joins the plan by it.

        A service that does not answer is named in the notes, and holds nothing up but for a short deadline.
        """
        meant = [session for one in plan.entries if (session := self._store.get(one.id)) is not None]
        is_bulk = len(meant) > 1 or any(_is_gone(entry) for entry in plan.entries)
        asked = [session for session in meant if session.visitor is not None]
        if self._visitors is None or not asked or not is_bulk:
            return Rechecked(plan)
        before = {session.id: visitor_words(session.visitor_state) for session in asked}
        why = await self._visitors.recheck(asked)
        now = end_plan.make_plan(self._held(), [one.id for one in plan.entries], (), self._store.now())
        notes = () if why is None else (f"visitors are shown as they were last seen: {why}",)
        return Rechecked(replace(now, skipped=(*plan.skipped, *now.skipped)), before, notes)

    def rows(self, found: Rechecked) -> list[PlanEntry]:
        """The plan as clients see it, each row with what the service says of its visitor, and said before."""
        return [self._row(entry, found.before.get(entry.id)) for entry in found.plan.entries]

    def _row(self, entry: Planned, before: str | None) -> PlanEntry:
        session = self._store.get(entry.id)
        state = session.visitor_state if session is not None else None
        words = visitor_words(state)
        parts = [entry.reason]
        if not _is_gone(entry):
            parts.append(aged_visitor_words(state, self._store.instant()))
        if before and before != words:
            parts.append(f"was {before}")
        row = replace(entry, reason="; ".join(filter(None, parts)))
        return replace(responses.planned(row), visitor=words or None)

    def _held(self) -> dict[str, SessionView]:
        return {session.id: self._store.aged(session) for session in self._store}


def _is_gone(entry: Planned) -> bool:
    return entry.was.stale is not None and entry.was.stale.rule == Rule.GONE
