"""Instructions on their way: given, posted when their time has come, and waited for until settled."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from browser_host.api.peer import Peer
from browser_host.browsers.hosting import Hosting
from browser_host.protocol.instructions import Instruction, write
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.happenings import (
    InstructionCancelled,
    InstructionFailed,
    InstructionGiven,
    InstructionPosted,
    InstructionsUnheard,
    InstructionUncertain,
    TimePassed,
)
from browser_host.sessions.instant import Clock, Instant
from browser_host.sessions.ledger import Entry, EntryState, Order
from browser_host.sessions.ledger_rules import next_deadline, overdue_ends, refusal, settled
from browser_host.sessions.session import Session
from browser_host.supervisor.agenda import Agenda
from browser_host.supervisor.fleet import Fleet

_LEDGER_CHANGES = frozenset(change for change in ChangeType if change.value.startswith("instruction."))

SETTLING_SLACK_S = 60.0
"""Seconds beyond its own deadline after which a wait for an instruction is given up: more than the hosting
takes to say what it posted, and than the service has to answer where it is asked."""

RESOLUTION_S = 0.02
"""Seconds between two looks at one ledger, at the least."""


@dataclass(frozen=True, slots=True)
class Given:
    """What became of giving an instruction to one session.

    Args:
        order: the instruction's order, or None where it was refused.
        text: why it was refused, in plain words.
    """

    session_id: str
    order: Order | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """An instruction and the session whose ledger holds it."""

    session_id: str
    entry: Entry


class Dispatch:
    """Gives, posts, takes back and waits for instructions.

    An instruction is posted at most once: it leaves `queued` by being handed to the hosting, and from
    then on it cannot be taken back.

    Args:
        escalate: called with each end that its page did not confirm in time, before that is published.
    """

    def __init__(
        self,
        fleet: Fleet,
        hosting: Hosting,
        agenda: Agenda,
        clock: Clock,
        escalate: Callable[[Session, int], None] | None,
    ) -> None:
        self._fleet = fleet
        self._hosting = hosting
        self._agenda = agenda
        self._clock = clock
        self._last_number = 0
        self._escalate = escalate
        self._handed: set[int] = set()
        self._waiting: dict[int, asyncio.Future[Entry]] = {}

    def draft(
        self,
        session: Session,
        instruction: Instruction,
        peer: Peer,
        *,
        delay_s: float,
        confirm_within_s: float,
    ) -> Given:
        """Makes an instruction's order, or says why the session can't take it; nothing happens yet.

        Args:
            delay_s: seconds before it is posted.
            confirm_within_s: seconds the page then has.
        """
        if why := refusal(session, instruction):
            return Given(session.id, None, why)
        now = self._clock()
        self._last_number += 1
        order = Order(
            number=self._last_number,
            instruction=instruction,
            by=peer.who,
            client=peer.client,
            at=now,
            not_before=Instant(mono=now.mono + delay_s, wall=now.wall + delay_s),
            confirm_within=confirm_within_s,
        )
        return Given(session.id, order)

    def give(self, draft: Given) -> Given:
        """Gives a drafted instruction, unless the session can't take it any more."""
        order, session = draft.order, self._fleet.get(draft.session_id)
        if order is None:
            return draft
        if session is None:
            return Given(draft.session_id, None, "it was removed before anything was sent")
        if why := refusal(session, order.instruction):
            return Given(session.id, None, why)
        if any(entry.order.number > order.number for entry in session.ledger):
            # A page tells its answers apart by rising numbers alone.
            return Given(session.id, None, "another instruction overtook it; nothing was sent")
        self._fleet.apply(session.id, InstructionGiven(order))
        if order.not_before.mono > self._clock().mono:
            self._agenda.at(order.not_before.mono, lambda: self._post(session.id, order))
        else:
            self._post(session.id, order)
        return draft

    def number_from(self, number: int) -> None:
        """Goes on numbering after `number`, so that no two instructions of the journal share an id."""
        self._last_number = max(self._last_number, number)

    def find(self, number: int) -> Holding | None:
        """The instruction with this number and its session, or None where no ledger holds it."""
        for session in self._fleet:
            if (entry := _entry(session, number)) is not None:
                return Holding(session.id, entry)
        return None

    def take_back(self, number: int, peer: Peer) -> Holding | None:
        """Takes an instruction back, if it was not posted yet.

        Returns:
            The instruction as it stands after it; None for one that no ledger holds.
        """
        holding = self.find(number)
        if holding is not None and number not in self._handed:
            self._fleet.apply(holding.session_id, InstructionCancelled(number, f"taken back by {peer.who}"))
        return self.find(number)

    def abandon(self, why: str) -> None:
        """Cancels all that was not handed to the hosting yet; for when nothing is posted any more."""
        for session in tuple(self._fleet):
            for entry in session.ledger:
                if entry.state is EntryState.QUEUED and entry.order.number not in self._handed:
                    self._fleet.apply(session.id, InstructionCancelled(entry.order.number, why))

    def entry(self, given: Given) -> Entry | None:
        """The instruction as it stands now, or None."""
        session = self._fleet.get(given.session_id)
        return (
            _entry(session, given.order.number) if session is not None and given.order is not None else None
        )

    def posted(self, session_id: str, number: int) -> None:
        """The hosting posted an instruction: the page's time to confirm begins."""
        self._handed.discard(number)
        self._watch(session_id, self._fleet.apply(session_id, InstructionPosted(number)))

    def not_posted(self, session_id: str, number: int, text: str) -> None:
        """The hosting could not post an instruction."""
        self._handed.discard(number)
        self._fleet.apply(session_id, InstructionFailed(number, text))

    def uncertain(self, session_id: str, number: int, text: str) -> None:
        """The hosting does not know whether it posted an instruction."""
        self._handed.discard(number)
        self._fleet.apply(session_id, InstructionUncertain(number, text))

    def observe(self, session: Session, changes: Sequence[Change]) -> None:
        """Wakes those that wait for instructions of this session."""
        if self._waiting and any(change.type in _LEDGER_CHANGES for change in changes):
            self._wake([entry for entry in session.ledger if settled(entry)])

    def leave(self, session_id: str, why: str) -> None:
        """Nobody will listen to the session's page any more: what is under way is told as it stands."""
        self._fleet.apply(session_id, InstructionsUnheard(frozenset(self._handed), why))

    async def settle(self, given: Given) -> Entry | None:
        """Waits until an instruction came as far as it can come.

        Returns:
            Its entry, or None where it left the ledger unseen (its session was removed long ago).
        """
        order = given.order
        if order is None:
            return None
        entry = self.entry(given)
        if entry is None or settled(entry):
            return entry
        future = self._waiting.get(order.number)
        if future is None:
            future = self._waiting[order.number] = asyncio.get_running_loop().create_future()
        left = order.not_before.mono - self._clock().mono + order.confirm_within + SETTLING_SLACK_S
        try:
            async with asyncio.timeout(left):
                return await asyncio.shield(future)
        except TimeoutError:
            self._waiting.pop(order.number, None)
            return self.entry(given)

    def _post(self, session_id: str, order: Order) -> None:
        session = self._fleet.get(session_id)
        entry = _entry(session, order.number) if session is not None else None
        if entry is None or entry.state is not EntryState.QUEUED:
            return
        self._handed.add(order.number)
        self._hosting.post(session_id, order.number, write(order.instruction))

    def _watch(self, session_id: str, session: Session | None) -> None:
        deadline = next_deadline(session) if session is not None else None
        if deadline is not None:
            look = max(deadline, self._clock().mono + RESOLUTION_S)
            self._agenda.at(look, lambda: self._look_at(session_id))

    def _look_at(self, session_id: str) -> None:
        session = self._fleet.get(session_id)
        if session is not None and self._escalate is not None:
            for entry in overdue_ends(session, self._clock()):
                self._escalate(session, entry.order.number)
        self._watch(session_id, self._fleet.apply(session_id, TimePassed()))

    def _wake(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            future = self._waiting.pop(entry.order.number, None)
            if future is not None and not future.done():
                future.set_result(entry)


def _entry(session: Session, number: int) -> Entry | None:
    return next((entry for entry in session.ledger if entry.order.number == number), None)
