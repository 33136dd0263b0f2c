"""Instructions to sessions: prepared, submitted, posted while they still hold, and waited for."""

import asyncio
from collections.abc import Sequence
from functools import partial

from browser_host.api.peer import Peer
from browser_host.browsers.interface import SessionHost
from browser_host.protocol.page_instructions import Instruction, write
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.clock import Clock, Instant
from browser_host.sessions.ledger import Entry, EntryState, Order
from browser_host.sessions.rules.ledger_rules import find, refusal, settled, withheld
from browser_host.sessions.session import Session
from browser_host.sessions.session_events import (
    InstructionCancelled,
    InstructionFailed,
    InstructionGiven,
    InstructionHandedOver,
    InstructionSent,
    InstructionsUnheard,
    InstructionUnaccounted,
)
from browser_host.supervisor.audit.recorder import AuditRecorder, Intent
from browser_host.supervisor.confirmation_deadlines import ConfirmationDeadlines
from browser_host.supervisor.pacing import Pacing
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.scheduler import Scheduler
from browser_host.supervisor.session_store import SessionStore
from browser_host.supervisor.submission import Condition, LedgerRef, Submission
from browser_host.tasks import in_slices

_LEDGER_CHANGES = frozenset(change for change in ChangeType if change.value.startswith("instruction."))

SETTLING_SLACK_S = 60.0
"""Seconds beyond its own deadline after which a wait for an instruction ends: more than the hosting takes to
report what it posted, and than the service has to answer where it is asked."""

CUT_OFF = "the request ended before its turn; nothing was sent"


class Instructions:
    """Prepares, submits, posts, cancels and waits for instructions.

    An instruction is posted at most once. Whether it may be is asked when its time has come, and once more
    when the hosting is about to hand it to the browser; from then on it cannot be cancelled.

    Args:
        policy: a read-only host posts nothing, whenever it became one.
        deadlines: told of what was posted.
        recorder: writes each instruction down before it is accepted.
        pacing: held while an instruction is open, so that its confirmation is read at once.
    """

    def __init__(
        self,
        store: SessionStore,
        hosting: SessionHost,
        scheduler: Scheduler,
        clock: Clock,
        *,
        policy: LivePolicy,
        deadlines: ConfirmationDeadlines,
        recorder: AuditRecorder,
        pacing: Pacing,
    ) -> None:
        self._store = store
        self._hosting = hosting
        self._scheduler = scheduler
        self._clock = clock
        self._policy = policy
        self._deadlines = deadlines
        self._recorder = recorder
        self._pacing = pacing
        self._last_number = 0
        self._open: dict[int, Submission] = {}
        self._waiting: dict[int, asyncio.Future[Entry]] = {}

    def prepare(
        self,
        session: Session,
        instruction: Instruction,
        peer: Peer,
        *,
        delay_s: float,
        confirm_within_s: float,
        condition: Condition | None = None,
    ) -> Submission:
        """Makes an instruction's order, or tells why the session can't take it; nothing happens yet.

        Args:
            delay_s: seconds before it is posted.
            confirm_within_s: seconds the page then has.
            condition: what it depends on until it is posted.
        """
        now = self._clock()
        if why := refusal(session, instruction, now):
            return Submission(session.id, None, why)
        self._last_number += 1
        order = Order(
            number=self._last_number,
            instruction=instruction,
            by=peer.who,
            client=peer.client,
            at=now,
            not_before=Instant(mono=now.mono + delay_s, wall=now.wall + delay_s) if delay_s else now,
            confirm_within=confirm_within_s,
        )
        return Submission(session.id, order, begun_at=session.begun_at, condition=condition)

    async def submit(self, submissions: Sequence[Submission], peer: Peer) -> list[Submission]:
        """Writes instructions down, and only then accepts them, each as its session is at that moment.

        Where the request ends in the middle, what it has not come to is journalled as skipped.

        Returns:
            Each as it was accepted, or with the reason why its session can't take it any more.

        Raises:
            JournalUnavailable: they are not on disk; none was accepted.
        """
        drafts = [(one, self._store.get(one.session_id)) async for one in in_slices(submissions)]
        intents = [
            Intent(session, one.order, peer)
            for one, session in drafts
            if one.order is not None and session is not None
        ]
        await self._recorder.intend(intents)
        accepted: list[Submission] = []
        try:
            # In slices: a thousand in a row would keep every other client waiting.
            async for one in in_slices(submissions):
                accepted.append(self.accept(one))  # noqa: PERF401 - known even if it ends in the middle
        finally:
            self._drop_refused(intents, accepted)
        return accepted

    def _drop_refused(self, intents: Sequence[Intent], accepted: Sequence[Submission]) -> None:
        """Journals that nothing is sent for intents that were refused, or whose turn never came."""
        fates = {one.session_id: one for one in accepted}
        for intent in intents:
            fate = fates.get(intent.session.id)
            if fate is None:
                self._recorder.drop(intent, CUT_OFF)
            elif fate.order is None:
                self._recorder.drop(intent, fate.text)

    def accept(self, submission: Submission) -> Submission:
        """Queues an instruction that is written down, unless the session can't take it any more."""
        order, session = submission.order, self._store.get(submission.session_id)
        if order is None:
            return submission
        if session is None:
            return Submission(submission.session_id, None, "it was removed before anything was sent")
        if why := refusal(session, order.instruction, self._clock()):
            return Submission(session.id, None, why)
        if any(entry.order.number > order.number for entry in session.ledger):
            # A page tells its answers apart by rising numbers alone.
            return Submission(session.id, None, "another instruction overtook it; nothing was sent")
        self._open[order.number] = submission
        self._pacing.hold(order.number)
        self._store.apply(session.id, InstructionGiven(order))
        if order.not_before.mono > self._clock().mono:
            self._scheduler.at(order.not_before.mono, lambda: self._post(submission, order))
        else:
            self._post(submission, order)
        return submission

    def number_from(self, number: int) -> None:
        """Goes on numbering after `number`, so that no two instructions of the journal share an id."""
        self._last_number = max(self._last_number, number)

    def ref(self, number: int) -> LedgerRef | None:
        """The instruction with this number and its session, or None where no ledger holds it."""
        for session in self._store:
            if (entry := find(session, number)) is not None:
                return LedgerRef(session.id, entry)
        return None

    def cancel(self, number: int, peer: Peer) -> LedgerRef | None:
        """Cancels an instruction, if it was not handed to the browser yet.

        Returns:
            The instruction as it stands after it; None for one that no ledger holds.
        """
        ref = self.ref(number)
        if ref is not None:
            self._store.apply(ref.session_id, InstructionCancelled(number, f"taken back by {peer.who}"))
        return self.ref(number)

    def recheck(self) -> None:
        """Cancels what is queued and may not be sent any more, instead of leaving it there until its time."""
        for submission in tuple(self._open.values()):
            if submission.order is not None:
                self._may_be_sent(submission, submission.order)

    def abandon(self, why: str) -> None:
        """Cancels all that was not handed to the browser yet; for when nothing is posted any more."""
        for session in tuple(self._store):
            for entry in session.ledger:
                if withheld(entry):
                    self._store.apply(session.id, InstructionCancelled(entry.order.number, why))

    def entry(self, submission: Submission) -> Entry | None:
        """The instruction as it stands now, or None."""
        session = self._store.get(submission.session_id)
        if session is None or submission.order is None:
            return None
        return find(session, submission.order.number)

    def posted(self, session_id: str, number: int) -> None:
        """The hosting posted an instruction: the page's time to confirm begins."""
        self._store.apply(session_id, InstructionSent(number))
        self._deadlines.watch(session_id)

    def not_posted(self, session_id: str, number: int, text: str) -> None:
        """The hosting could not post an instruction."""
        self._store.apply(session_id, InstructionFailed(number, text))

    def uncertain(self, session_id: str, number: int, text: str) -> None:
        """The hosting does not know whether it posted an instruction."""
        self._store.apply(session_id, InstructionUnaccounted(number, text))

    def objection_to_asking(self, session_id: str, number: int) -> str | None:
        """Why the service must not be asked to end a session, or None where its end is still unconfirmed."""
        session, submission = self._store.get(session_id), self._open.get(number)
        entry = find(session, number) if session is not None else None
        if session is None or entry is None or submission is None:
            return "the end is not open any more"
        if entry.state is not EntryState.SENT:
            return f"the end is {entry.state.value} already"
        return self._objection(session, submission)

    def observe(self, session: Session, changes: Sequence[Change]) -> None:
        """Wakes those that wait for instructions of this session."""
        if self._open and any(change.type in _LEDGER_CHANGES for change in changes):
            self._wake([entry for entry in session.ledger if settled(entry)])

    def leave(self, session_id: str, why: str) -> None:
        """Nobody listens to the session's page any more: reports what is under way as it stands."""
        self._store.apply(session_id, InstructionsUnheard(why))

    async def wait(self, submission: Submission) -> Entry | None:
        """Waits until an instruction is settled.

        Returns:
            Its entry, or None where it left the ledger unseen (its session was removed long ago).
        """
        (entry,) = await self.wait_for_all([submission])
        return entry

    async def wait_for_all(self, submissions: Sequence[Submission]) -> list[Entry | None]:
        """Waits until instructions are settled, as `wait` does; a thousand keep nobody else waiting."""
        ends = [(one, self._end_of(one)) async for one in in_slices(submissions)]
        return [await self._ended(one, end) async for one, end in in_slices(ends)]

    def _end_of(self, submission: Submission) -> "Entry | asyncio.Future[Entry] | None":
        """The entry of an instruction that is settled, or what will have it."""
        order, entry = submission.order, self.entry(submission)
        if order is None or entry is None or settled(entry):
            return entry
        future = self._waiting.get(order.number)
        if future is None:
            future = self._waiting[order.number] = asyncio.get_running_loop().create_future()
        return future

    async def _ended(
        self, submission: Submission, end: "Entry | asyncio.Future[Entry] | None"
    ) -> Entry | None:
        if not isinstance(end, asyncio.Future):
            return end
        order = submission.order
        if order is None:
            return None
        if end.done():
            return end.result()
        # Twice: where the service is asked, the page has as long again after its answer.
        left = order.not_before.mono - self._clock().mono + 2 * order.confirm_within + SETTLING_SLACK_S
        try:
            async with asyncio.timeout(left):
                return await asyncio.shield(end)
        except TimeoutError:
            self._waiting.pop(order.number, None)
            return self.entry(submission)

    def _post(self, submission: Submission, order: Order) -> None:
        if self._may_be_sent(submission, order):
            message = write(order.instruction)
            claim = partial(self._claim, submission, order)
            self._hosting.post(submission.session_id, order.number, message, claim)

    def _claim(self, submission: Submission, order: Order) -> bool:
        """Whether the instruction goes to the browser at this moment; from then on it is under way."""
        if not self._may_be_sent(submission, order):
            return False
        self._store.apply(submission.session_id, InstructionHandedOver(order.number))
        return True

    def _may_be_sent(self, submission: Submission, order: Order) -> bool:
        """Whether a queued instruction may be sent as things stand; one that may not is cancelled."""
        session = self._store.get(submission.session_id)
        entry = find(session, order.number) if session is not None else None
        if session is None or entry is None or not withheld(entry):
            return False
        why = self._objection(session, submission)
        if why is not None:
            self._store.apply(session.id, InstructionCancelled(order.number, f"nothing was sent: {why}"))
            if submission.condition is not None:
                submission.condition.withdrawn()
        return why is None

    def _objection(self, session: Session, submission: Submission) -> str | None:
        """Why an instruction does not hold any more, or None."""
        if self._policy.now.read_only:
            return "this host is read-only now (host.read_only)"
        if session.begun_at != submission.begun_at:
            return "its page was opened again, or another session began in it"
        return submission.condition.objection() if submission.condition is not None else None

    def _wake(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._open.pop(entry.order.number, None)
            self._pacing.release(entry.order.number)
            future = self._waiting.pop(entry.order.number, None)
            if future is not None and not future.done():
                future.set_result(entry)
