"""Carries out plans through the host, one at a time, and keeps the last run until the next begins."""

import asyncio
import time
from collections.abc import Callable, Sequence

from browser_host.api.client import HostClient
from browser_host.api.schema import Outcome, Target
from browser_host.errors import UnknownSession, WatchdeckError
from browser_host.sessions.plan import Plan
from tui import plan_state, run_state
from tui.plan_state import Draft, Offer
from tui.run_state import Run
from tui.state import Deck

ANSWER_S = 15.0
"""Seconds for the host to say that it took a plan; it waits for no page."""

TRIES = 3
"""Times that a plan is put to the host; a session that was removed meanwhile refuses the whole of it."""

SILENT = (
    f"the host did not answer within {ANSWER_S:.0f} s; it may have taken the ends: the main screen shows them"
)


class BulkEnd:
    """The bulk end of this dashboard.

    Args:
        client: the host's client; its owner closes it.
        given: told of the ends that the host took, and of the seconds in which they can be taken back.
        changed: called when there is something new to show that no deck brings.
        now: the wall clock, epoch seconds.
    """

    def __init__(
        self,
        client: HostClient,
        given: Callable[[Outcome, float], None],
        changed: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._given = given
        self._changed = changed
        self._now = now
        self._deck = Deck()
        self._starting = False
        self.run: Run | None = None
        self.trouble = ""

    @property
    def is_busy(self) -> bool:
        """A run is under way; no other begins before its last result."""
        return self._starting or (self.run is not None and not self.run.is_over)

    def follow(self, deck: Deck, now: float) -> None:
        """Takes in what the deck says of the run, whether or not anybody looks at it."""
        self._deck = deck
        if self.run is not None:
            self.run = run_state.followed(self.run, deck, now)

    async def plan(self, draft: Draft, offer: Offer) -> Plan:
        """Whom the host would end, frozen as they stand; nothing is given by it.

        Raises:
            WatchdeckError: why there is no plan, in plain words.
        """
        wanted = plan_state.target(draft.source, draft.rule, offer, self._deck)
        if wanted is None:
            return Plan((), (), self._now())
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await self._client.end(wanted, dry_run=True)
        except TimeoutError:
            raise WatchdeckError(f"the host did not answer within {ANSWER_S:.0f} s") from None
        return plan_state.frozen(outcome, self._deck, self._now())

    async def carry_out(self, plan: Plan, meant: Sequence[str], ids: Sequence[str], undo_s: float) -> None:
        """Ends sessions of a plan and follows them to their last result.

        Args:
            meant: the ids that get a result.
            ids: those of them that the host is asked to end.
            undo_s: seconds that the host waits before it posts.
        """
        if self.is_busy:
            self.trouble = "a run is under way: the next one can begin after its last result"
            return
        self.run, self._starting, self.trouble = None, True, ""
        began = self._now()
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await self._give(tuple(ids))
            run = run_state.begun(plan, meant, outcome, self._deck, began_at=began, until=began + undo_s)
            self._given(outcome, undo_s)
            self.run = run_state.followed(run, self._deck, self._now())
        except WatchdeckError as error:
            self.trouble = f"nothing was begun: {error}"
        except TimeoutError:
            self.trouble = SILENT
        finally:
            self._starting = False
            self._changed()
        await self._settle()

    async def stop(self) -> None:
        """Takes back what was not posted yet; the run says how that went."""
        run = self.run
        if run is None or run.is_over:
            return
        if not run.queued:
            self._note_stop("all have been posted already: nothing is left to stop")
            return
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await self._client.cancel(run.queued)
        except UnknownSession as error:
            self._note_stop(f"what waited was taken back, but for this: {error}")
        except WatchdeckError as error:
            self._note_stop(f"not stopped: {error}")
        except TimeoutError:
            self._note_stop(f"not known to be stopped: the host did not answer within {ANSWER_S:.0f} s")
        else:
            self._note_stop(run_state.stop_words(outcome.results, run.posted))

    def _note_stop(self, words: str) -> None:
        if self.run is not None:
            self.run = run_state.stopped(self.run, words)
        self._changed()

    async def _give(self, ids: tuple[str, ...]) -> Outcome:
        """Puts the ids to the host, and no others; sessions that were removed meanwhile are let go."""
        for _ in range(TRIES):
            if not ids:
                return Outcome(results=(), counts={})
            try:
                return await self._client.end(Target(ids=ids), wait=False)
            except UnknownSession:
                known = {session.id for session in (await self._client.snapshot()).sessions}
                ids = tuple(session_id for session_id in ids if session_id in known)
        raise WatchdeckError("sessions kept disappearing while they were to be ended")

    async def _settle(self) -> None:
        """Asks for each end's way and time once all have come as far as they can; the deck tells the rest."""
        run = self.run
        if run is None or run.is_over:
            return
        try:
            outcome = await self._settled(run)
        except WatchdeckError:
            return  # the host went away or forgot them: what became of each is told by the next deck
        if self.run is not None and self.run.began_at == run.began_at:
            self.run = run_state.settled(self.run, outcome, self._now())
            self._changed()

    async def _settled(self, run: Run) -> Outcome:
        try:
            return await self._client.settle(run.instructions)
        except UnknownSession:
            known = {session.id for session in (await self._client.snapshot()).sessions}
            held = [s.instruction for s in run.steps.values() if s.instruction and s.id in known]
            return await self._client.settle(held) if held else Outcome(results=(), counts={})
