"""Asks the REST service about the visitors of hosted sessions, at an interval and right before a bulk end."""

import asyncio
import itertools
import math
import random
from collections.abc import Callable, Iterable

from browser_host.browsers.log import Log
from browser_host.sessions.clock import Clock
from browser_host.sessions.session import Session
from browser_host.sessions.staleness import next_look
from browser_host.supervisor.guarded import guarded
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.session_store import SessionStore
from browser_host.supervisor.upscope_worker import VisitorsLookedUp
from browser_host.tasks import is_set_within
from browser_host.upscope import visitor_looks
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import ServiceError
from browser_host.upscope.visitor import report_of
from browser_host.upscope.visitor_looks import VisitorLook

RECHECK_WITHIN_S = 2.0
"""Seconds that a bulk end waits for the service."""

SOONEST_S = 0.25
"""Seconds between two looks at least, unless the interval is shorter."""

JITTER = 0.1
"""The interval is shorter by up to so much, so that many hosts don't ask in step; never longer."""


class VisitorPoller:
    """Keeps the sessions' visitor states current; what it finds goes through the supervisor's queue.

    Args:
        client: of the service; a look uses one connection at a time.
        agent_id: this host's own at the service, which is no other agent.
        interval_s: seconds between two looks while the service answers.
        receive: takes what a look found.
        changed: called when `trouble` is different.
    """

    def __init__(
        self,
        client: UpscopeClient,
        store: SessionStore,
        policy: LivePolicy,
        *,
        agent_id: str,
        interval_s: float,
        receive: Callable[[VisitorsLookedUp], None],
        clock: Clock,
        log: Log,
        changed: Callable[[], None],
    ) -> None:
        self.trouble: str | None = None
        """Why the last look failed, or None."""
        self._client = client
        self._store = store
        self._policy = policy
        self._agent_id = agent_id
        self._interval_s = interval_s
        self._receive = receive
        self._clock = clock
        self._log = log
        self._changed = changed
        self._looks = itertools.count(1)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at all visitors at the interval until the host stops, and between at those who may be gone."""
        failures, all_at = 0, -math.inf
        while not stopping.is_set():
            pause = self._interval_s
            with guarded("visitors", self._log):
                at_all = self._clock().mono >= all_at
                found = await self.look(self._hosted() if at_all else self._due())
                failures = failures + 1 if found.trouble else 0
                if at_all or found.trouble:
                    interval = self._interval_s * (1 - JITTER * random.random())  # noqa: S311 - no secret
                    all_at = self._clock().mono + visitor_looks.pause_s(interval, failures, found.trouble)
                pause = self._pause_s(all_at)
            await is_set_within(stopping, pause)

    async def look(self, sessions: Iterable[Session] | None = None) -> VisitorLook:
        """Look once at the visitors of sessions, those checked longest ago first; of all unless given."""
        number = next(self._looks)
        oldest_first = sorted(self._hosted() if sessions is None else sessions, key=_checked_at)
        wanted = _visitors(oldest_first)
        found = await visitor_looks.look(self._client, wanted) if wanted else VisitorLook()
        self._take(number, found, found.unseen)
        self._show(found.trouble)
        return found

    async def recheck(self, sessions: Iterable[Session]) -> str | None:
        """Look at the visitors of sessions with one short request; one that just failed is not repeated.

        Missing this deadline interrupts no count of the rule `gone`: it is shorter than the service's own.

        Returns:
            Why the service did not answer, or None.
        """
        wanted = _visitors(sessions)
        if not wanted or self.trouble is not None:
            return self.trouble
        number = next(self._looks)
        found = await visitor_looks.look_once(self._client, wanted, RECHECK_WITHIN_S)
        self._take(number, found, frozenset())
        return None if found.trouble is None else str(found.trouble)

    def _take(self, number: int, found: VisitorLook, unseen: frozenset[str]) -> None:
        reports = {one: report_of(visitor, self._agent_id) for one, visitor in found.seen.items()}
        self._receive(VisitorsLookedUp(number, reports, unseen))

    def _show(self, trouble: ServiceError | None) -> None:
        text = None if trouble is None else str(trouble)
        if text != self.trouble:
            self.trouble = text
            if text is None:
                self._log.info("visitors.seen_again")
            else:
                self._log.warning("visitors.not_seen", why=text)
            self._changed()

    def _hosted(self) -> list[Session]:
        return [one for one in self._store if one.visitor is not None and one.ended is None]

    def _due(self) -> list[Session]:
        now = self._clock().mono
        return [session for session, due in self._clocks() if now >= due]

    def _clocks(self) -> Iterable[tuple[Session, float]]:
        rules = self._policy.now.stale
        clocks = ((session, next_look(session, rules.limits(session.label))) for session in self._hosted())
        return ((session, due) for session, due in clocks if due is not None)

    def _pause_s(self, all_at: float) -> float:
        next_at = min((due for _, due in self._clocks()), default=math.inf)
        soonest = min(SOONEST_S, self._interval_s)
        return max(soonest, min(all_at, next_at) - self._clock().mono)


def _visitors(sessions: Iterable[Session]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.visitor for one in sessions if one.visitor is not None))


def _checked_at(session: Session) -> float:
    return session.visitor_state.checked_at.mono if session.visitor_state is not None else -math.inf
