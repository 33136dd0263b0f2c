"""The API's endpoints that instruct and end sessions, and cancel or wait for what was submitted."""

from collections.abc import Sequence

from browser_host.api.peer import Peer
from browser_host.api.requests import EndRequest, InstructionRequest, LedgerRequest
from browser_host.api.schema import Outcome, Result
from browser_host.errors import Refused
from browser_host.protocol.page_instructions import EndSession, Raw
from browser_host.sessions.end_plan import UNKNOWN
from browser_host.supervisor.api import responses, targets
from browser_host.supervisor.api.end_planner import EndPlanner, Rechecked
from browser_host.supervisor.api.still_stale import StillStale
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.submission import LedgerRef, Submission
from browser_host.supervisor.supervisor import Supervisor
from browser_host.tasks import in_slices


class InstructionHandlers:
    """Submits what clients request, and answers with the state of each instruction."""

    def __init__(self, supervisor: Supervisor, planner: EndPlanner, policy: LivePolicy) -> None:
        self._supervisor = supervisor
        self._instructions = supervisor.instructions
        self._planner = planner
        self._policy = policy

    async def instruct(self, request: InstructionRequest, peer: Peer) -> Outcome:
        """Instruct sessions, and wait for the results if requested."""
        self._supervisor.require_writable(peer)
        instruction = request.instruction()
        if isinstance(instruction, Raw) and not self._policy.now.raw_instructions:
            raise Refused("raw instructions are not allowed (host.raw_instructions)")
        within = request.timeout_s or self._policy.now.confirm_within_s
        drafts = [
            self._instructions.prepare(session, instruction, peer, delay_s=0, confirm_within_s=within)
            async for session in in_slices(await targets.sessions_in_slices(request, self._supervisor))
        ]
        results = await self._results(await self._instructions.submit(drafts, peer), wait=request.wait)
        gone = (responses.skipped(one, UNKNOWN) for one in targets.unknown(request, self._supervisor))
        return responses.answer([*results, *gone])

    async def end(self, request: EndRequest, peer: Peer) -> Outcome:
        """Plan the end of sessions; without `dry_run`, run the plan at its rate."""
        only_stale = request.while_stale or request.stale is not None
        plan = self._planner.plan(request, only_stale=only_stale)
        if request.dry_run:
            return responses.plan_answer(plan, self._planner.rows(Rechecked(plan)))
        self._supervisor.require_writable(peer)
        found = await self._planner.recheck(plan)
        rules, store = self._policy.now, self._supervisor.store
        drafts = [
            self._instructions.prepare(
                session,
                EndSession(),
                peer,
                delay_s=rules.undo_s + place / rules.ends_per_second,
                confirm_within_s=request.timeout_s or rules.confirm_within_s,
                condition=StillStale(store, session.id) if only_stale else None,
            )
            for place, session in enumerate(self._supervisor.require(found.ids))
        ]
        rows = self._planner.rows(found)
        given = await self._instructions.submit(drafts, peer)
        results = await self._results(given, wait=request.wait)
        return responses.plan_answer(found.plan, rows, results, found.notes)

    async def cancel(self, request: LedgerRequest, peer: Peer) -> Outcome:
        """Cancel what was not posted yet, even on a read-only host; the answer has each state."""
        holdings = targets.holdings(request, self._instructions)
        for holding in holdings:
            self._instructions.cancel(holding.entry.order.number, peer)
        return responses.answer(await self._results([_given(one) for one in holdings], wait=False))

    async def settle(self, request: LedgerRequest) -> Outcome:
        """Wait until instructions are settled."""
        given = [_given(holding) for holding in targets.holdings(request, self._instructions)]
        return responses.answer(await self._results(given, wait=True))

    async def _results(self, given: Sequence[Submission], *, wait: bool) -> list[Result]:
        if wait:
            entries = await self._instructions.wait_for_all(given)
        else:
            entries = [self._instructions.entry(one) for one in given]
        pairs = zip(given, entries, strict=True)
        return [responses.result(one, entry) async for one, entry in in_slices(pairs)]


def _given(holding: LedgerRef) -> Submission:
    return Submission(holding.session_id, holding.entry.order)
