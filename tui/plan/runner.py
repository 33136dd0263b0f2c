"""Carries out plans through the host, one at a time, and keeps the last run until the next begins."""

import asyncio
import time
from collections.abc import Callable, Sequence

from browser_host.api.schema import Outcome, Target
from browser_host.errors import UnknownSession, WatchdeckError
from browser_host.sessions.end_plan import EndPlan
from tui.host.deck import Deck
from tui.host.host_calls import HostCalls
from tui.plan.draft import Draft, Offer, frozen, target
from tui.plan.run import Run, begun, followed, settled, stop_words, stopped

ANSWER_S = 15.0
"""Seconds for the host to say that it took a plan; it waits for no page."""

TRIES = 3
"""Times that a plan is put to the host; a session that was removed meanwhile refuses the whole of it."""

SILENT = f"No response from the host within {ANSWER_S:.0f} s; the main screen shows which ends it accepted"


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
        client: HostCalls,
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
        """Take in what the deck says of the run, whether or not anybody looks at it."""
        self._deck = deck
        if self.run is not None:
            self.run = followed(self.run, deck, now)

    async def plan(self, draft: Draft, offer: Offer) -> EndPlan:
        """Plan the ends, with the sessions as they are now; nothing is sent.

        Raises:
            WatchdeckError: why there is no plan.
        """
        wanted = target(draft.source, draft.rule, offer, self._deck)
        if wanted is None:
            return EndPlan((), (), self._now())
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await self._client.end(wanted, dry_run=True)
        except TimeoutError:
            raise WatchdeckError(f"no response from the host within {ANSWER_S:.0f} s") from None
        return frozen(outcome, self._deck, self._now())

    async def carry_out(
        self, draft: Draft, ids: Sequence[str], undo_s: float, *, while_stale: bool = False
    ) -> None:
        """End sessions of a plan and follow them to their last result.

        Args:
            draft: what was planned; its `meant` get a result.
            ids: those of them that the host is asked to end.
            while_stale: one is ended only if it is still stale when its end is posted.
            undo_s: seconds that the host waits before it posts.
        """
        if self.is_busy:
            self.trouble = "A bulk end is under way; start the next one when it is over"
            return
        self.run, self._starting, self.trouble = None, True, ""
        began = self._now()
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await self._give(tuple(ids), while_stale=while_stale)
            run = begun(draft.plan, draft.meant, outcome, self._deck, began_at=began, until=began + undo_s)
            self.trouble = "; ".join(outcome.notes)
            self._given(outcome, undo_s)
            self.run = followed(run, self._deck, self._now())
        except WatchdeckError as error:
            self.trouble = f"Nothing sent: {error}"
        except TimeoutError:
            self.trouble = SILENT
        finally:
            self._starting = False
            self._changed()
        await self._settle()

    async def stop(self) -> None:
        """Take back what was not posted yet; the run says how that went."""
        run = self.run
        if run is None or run.is_over:
            return
        if not run.queued:
            self._note_stop("All ends are sent; nothing to stop")
            return
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await self._client.cancel(run.queued)
        except UnknownSession as error:
            self._note_stop(f"Stopped, except: {error}")
        except WatchdeckError as error:
            self._note_stop(f"Not stopped: {error}")
        except TimeoutError:
            self._note_stop(f"Perhaps not stopped: no response from the host within {ANSWER_S:.0f} s")
        else:
            self._note_stop(stop_words(outcome.results, run.posted))

    def _note_stop(self, words: str) -> None:
        if self.run is not None:
            self.run = stopped(self.run, words)
        self._changed()

    async def _give(self, ids: tuple[str, ...], *, while_stale: bool) -> Outcome:
        """Put the ids to the host, and no others; sessions that were removed meanwhile are let go."""
        for _ in range(TRIES):
            if not ids:
                return Outcome(results=(), counts={})
            try:
                return await self._client.end(Target(ids=ids), wait=False, while_stale=while_stale)
            except UnknownSession:
                known = {session.id for session in (await self._client.snapshot()).sessions}
                ids = tuple(session_id for session_id in ids if session_id in known)
        raise WatchdeckError("sessions kept disappearing while they were being ended")

    async def _settle(self) -> None:
        """Ask for each end's way and time once all have come as far as they can; the deck tells the rest."""
        run = self.run
        if run is None or run.is_over:
            return
        try:
            outcome = await self._settled(run)
        except WatchdeckError:
            return  # the host went away or forgot them: what became of each is told by the next deck
        if self.run is not None and self.run.began_at == run.began_at:
            self.run = settled(self.run, outcome, self._now())
            self._changed()

    async def _settled(self, run: Run) -> Outcome:
        try:
            return await self._client.settle(run.instructions)
        except UnknownSession:
            known = {session.id for session in (await self._client.snapshot()).sessions}
            held = [s.instruction for s in run.steps.values() if s.instruction and s.id in known]
            return await self._client.settle(held) if held else Outcome(results=(), counts={})
