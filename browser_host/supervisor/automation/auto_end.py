"""End sessions by rule: off by default, limited per hour, and once per session each time it becomes stale."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from browser_host.api.peer import Peer
from browser_host.browsers.log import Log
from browser_host.journal.errors import JournalUnavailable
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.clock import Clock
from browser_host.sessions.rules.ledger_rules import refusal
from browser_host.sessions.session import Session
from browser_host.sessions.views import StaleView
from browser_host.supervisor.guarded import guarded
from browser_host.supervisor.instructions import Instructions
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.session_store import SessionStore
from browser_host.tasks import is_set_within

HOUR_S = 3600.0
LOOK_EVERY_S = 1.0
"""Seconds between checks; a rule's limits are minutes."""

CLIENT = "rule"
"""The client of an end by rule, in ledger and journal."""


@dataclass(slots=True)
class Quota:
    """How many ends by rule the current hour still allows.

    Args:
        ceiling: most ends within any hour.
    """

    ceiling: int
    _given: deque[float] = field(default_factory=deque)

    def left(self, now: float) -> int:
        """How many more ends are allowed now, in seconds of the steady clock."""
        while self._given and now - self._given[0] >= HOUR_S:
            self._given.popleft()
        return self.ceiling - len(self._given)

    def take(self, now: float) -> None:
        """Count an end."""
        self._given.append(now)

    def give_back(self) -> None:
        """Uncount the newest end, which was not sent; one older than an hour no longer counts anyway."""
        if self._given:
            self._given.pop()


@dataclass(frozen=True, slots=True)
class _RuleApplies:
    """The condition of an end by rule: when it is posted, the rule still applies for the same reason."""

    auto_end: "AutoEnd"
    session_id: str
    why: StaleView

    def objection(self) -> str | None:
        return self.auto_end.objection(self.session_id, self.why)

    def withdrawn(self) -> None:
        self.auto_end.withdrawn(self.session_id, self.why)


class AutoEnd:
    """Ends sessions that are stale by a named rule.

    A session is tried once each time that it becomes stale: an end that was undone, or that its page did not
    confirm, is not repeated.

    Args:
        policy: names the rules of staleness, and the ceiling.
    """

    def __init__(
        self,
        policy: LivePolicy,
        store: SessionStore,
        instructions: Instructions,
        clock: Clock,
        log: Log,
    ) -> None:
        self._policy = policy
        self._store = store
        self._instructions = instructions
        self._clock = clock
        self._log = log
        self._quota = Quota(policy.now.automatic_per_hour)
        self._tried: dict[str, tuple[str, float]] = {}
        self._full = False

    async def run(self, stopping: asyncio.Event) -> None:
        """End what the rules name until the host stops; nothing while the journal can't be written."""
        while not stopping.is_set():
            with guarded("auto_end", self._log):
                await self.look()
            await is_set_within(stopping, LOOK_EVERY_S)

    async def look(self) -> None:
        """End what the rules name, if it still applies at its turn: journalling takes time."""
        self._instructions.recheck()
        for found, why in self.due():
            session = self._store.get(found.id)
            if session is None or self.objection(found.id, why) is not None:
                self._give_back(found.id)
                continue
            peer = Peer(uid=-1, name=f"rule {why.rule}", client=CLIENT)
            submission = self._instructions.prepare(
                session,
                EndSession(),
                peer,
                delay_s=self._policy.now.undo_s,
                confirm_within_s=self._policy.now.confirm_within_s,
                condition=_RuleApplies(self, session.id, why),
            )
            try:
                (accepted,) = await self._instructions.submit([submission], peer)
            except JournalUnavailable as error:
                self._give_back(session.id)
                self._log.warning("rule.not_ended", id=session.id, why=str(error))
            else:
                if accepted.order is None:
                    self._give_back(session.id)

    def objection(self, session_id: str, why: StaleView) -> str | None:
        """Why a rule no longer ends a session, or None while it does.

        Args:
            why: the staleness that is the reason for its end.
        """
        session, rules = self._store.get(session_id), self._policy.now
        self._quota.ceiling = rules.automatic_per_hour
        if rules.read_only or why.rule not in rules.automatic:
            return f"the host no longer ends by rule {why.rule} (end.automatic, host.read_only)"
        now = self._store.staleness(session) if session is not None else None
        if now is None or (now.rule, now.since) != (why.rule, why.since):
            return f"rule {why.rule} no longer applies"
        if self._quota.left(self._clock().mono) < 0:
            return "the ceiling of ends by rule was lowered (end.automatic_per_hour)"
        return None

    def withdrawn(self, session_id: str, why: StaleView) -> None:
        """Take an end that was withdrawn before it was sent out of the quota; it may be tried again."""
        self._give_back(session_id)
        self._log.info("rule.withdrawn", id=session_id, rule=why.rule)

    def due(self) -> list[tuple[Session, StaleView]]:
        """The sessions to end now: stale by a named rule, not yet tried for it, and still open to an end."""
        rules = self._policy.now
        if not rules.automatic or rules.read_only:
            return []
        self._quota.ceiling = rules.automatic_per_hour
        now = self._clock().mono
        judged = ((session, self._store.staleness(session)) for session in self._store)
        stale = {session.id: (session, why) for session, why in judged if why is not None}
        self._tried = {one: tried for one, tried in self._tried.items() if one in stale}
        found = []
        for session, why in stale.values():
            if why.rule not in rules.automatic or self._tried.get(session.id) == (why.rule, why.since):
                continue
            if refusal(session, EndSession(), self._clock()) is not None:
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

    def _give_back(self, session_id: str) -> None:
        self._tried.pop(session_id, None)
        self._quota.give_back()
