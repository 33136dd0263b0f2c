"""Ending by rule: off unless the configuration names rules, with a ceiling, each session tried once."""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

from browser_host.api.peer import Peer
from browser_host.browsers.log import Log
from browser_host.journal.errors import JournalUnavailable
from browser_host.protocol.instructions import EndSession
from browser_host.sessions.instant import Clock
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.ledger_rules import refusal
from browser_host.sessions.session import Session
from browser_host.sessions.views import StaleView
from browser_host.supervisor.dispatch import Dispatch
from browser_host.supervisor.fleet import Fleet
from browser_host.supervisor.giving import give
from browser_host.supervisor.rules import RulesInForce
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.turns import turn

HOUR_S = 3600.0
LOOK_EVERY_S = 1.0
"""Seconds between two looks; a rule's limits are minutes."""

CLIENT = "rule"
"""What ledger and journal name as the client of an end by rule."""


@dataclass(slots=True)
class Quota:
    """How many ends by rule an hour may still have.

    Args:
        ceiling: ends within any hour.
    """

    ceiling: int
    _given: deque[float] = field(default_factory=deque)

    def left(self, now: float) -> int:
        """How many more may be given now, in seconds of the steady clock."""
        while self._given and now - self._given[0] >= HOUR_S:
            self._given.popleft()
        return self.ceiling - len(self._given)

    def take(self, now: float) -> None:
        """One is given."""
        self._given.append(now)

    def give_back(self) -> None:
        """The newest came to nothing."""
        self._given.pop()


class Warden:
    """Ends sessions that a named rule calls stale.

    A session is tried once for each time that it became stale: an end that somebody took back, or that
    its page did not confirm, is not given again by itself.

    Args:
        rules: name the rules of staleness, and the ceiling.
    """

    def __init__(  # noqa: PLR0917 - the rooms that an end goes through
        self, rules: RulesInForce, fleet: Fleet, dispatch: Dispatch, scribe: Scribe, clock: Clock, log: Log
    ) -> None:
        self._rules = rules
        self._fleet = fleet
        self._dispatch = dispatch
        self._scribe = scribe
        self._clock = clock
        self._log = log
        self._quota = Quota(rules.now.automatic_per_hour)
        self._tried: dict[str, tuple[str, float]] = {}
        self._given: dict[str, tuple[int, StaleView]] = {}
        self._full = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Ends whom the rules name, until the host stops; where the journal can't be written, nobody."""
        while not stopping.is_set():
            with turn("warden", self._log):
                await self.look()
            with contextlib.suppress(TimeoutError):  # the usual end of a pause
                async with asyncio.timeout(LOOK_EVERY_S):
                    await stopping.wait()

    async def look(self) -> None:
        """Ends whom the rules name, each if they still do when it is its turn: the journal takes its time."""
        self._take_back()
        for found, why in self.due():
            session = self._fleet.get(found.id)
            if session is None or not self._holds(session, why):
                self._give_back(found)
                continue
            peer = Peer(uid=-1, name=f"rule {why.rule}", client=CLIENT)
            draft = self._dispatch.draft(
                session,
                EndSession(),
                peer,
                delay_s=self._rules.now.undo_s,
                confirm_within_s=self._rules.now.confirm_within_s,
            )
            try:
                (given,) = await give([draft], peer, self._fleet, self._dispatch, self._scribe)
            except JournalUnavailable as error:
                self._give_back(session)
                self._log.warning("rule.not_ended", id=session.id, why=str(error))
            else:
                if given.order is not None:
                    self._given[session.id] = (given.order.number, why)

    def _take_back(self) -> None:
        """Takes back what still waits for its time to be undone, and whose rule does not hold any more."""
        for session_id, (number, why) in list(self._given.items()):
            session, holding = self._fleet.get(session_id), self._dispatch.find(number)
            if session is None or holding is None or holding.entry.state is not EntryState.QUEUED:
                del self._given[session_id]
            elif not self._holds(session, why):
                del self._given[session_id]
                peer = Peer(uid=-1, name=f"rule {why.rule}, which holds no more", client=CLIENT)
                self._dispatch.take_back(number, peer)
                self._give_back(session)
                self._log.info("rule.taken_back", id=session_id, rule=why.rule)

    def due(self) -> list[tuple[Session, StaleView]]:
        """Whom to end now: stale by a named rule, not tried for it yet, and able to be told."""
        rules = self._rules.now
        if not rules.automatic or rules.read_only:
            return []
        self._quota.ceiling = rules.automatic_per_hour
        now = self._clock().mono
        verdicts = ((session, self._fleet.verdict(session)) for session in self._fleet)
        stale = {session.id: (session, why) for session, why in verdicts if why is not None}
        self._tried = {one: tried for one, tried in self._tried.items() if one in stale}
        found = []
        for session, why in stale.values():
            if why.rule not in rules.automatic or self._tried.get(session.id) == (why.rule, why.since):
                continue
            if refusal(session, EndSession()) is not None:
                continue
            if self._quota.left(now) <= 0:
                if not self._full:
                    self._log.warning("rule.ceiling", per_hour=rules.automatic_per_hour)
                self._full = True
                break
            self._full = False
            self._quota.take(now)
            self._tried[session.id] = (why.rule, why.since)
            found.append((session, why))
        return found

    def _holds(self, session: Session, why: StaleView) -> bool:
        """Whether the rule still ends the session, for the same reason."""
        rules, now = self._rules.now, self._fleet.verdict(session)
        same = now is not None and (now.rule, now.since) == (why.rule, why.since)
        return same and why.rule in rules.automatic and not rules.read_only

    def _give_back(self, session: Session) -> None:
        """An end came to nothing: the session may be tried again."""
        self._tried.pop(session.id, None)
        self._quota.give_back()
