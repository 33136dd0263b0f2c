"""Discovery: poll the service, open sessions for visitors who appear, release those of visitors who left."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

from browser_host.api.schema import DiscoveryView
from browser_host.browsers.log import Log
from browser_host.errors import Refused
from browser_host.sessions.clock import Clock
from browser_host.sessions.rules.visitor_share import VisitorShare
from browser_host.sessions.session import Source
from browser_host.supervisor.guarded import guarded
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.upscope_worker import UpscopeWorker
from browser_host.tasks import is_set_within
from browser_host.upscope import discovery_plan
from browser_host.upscope.discovery_plan import DiscoveryRules, Look, Memory
from browser_host.upscope.errors import ServiceError
from browser_host.upscope.visitor import Visitor, label_of

MOST_SEEN = 500
"""Visitors requested per poll; if as many are returned, the list may be cut and absence proves nothing."""

JITTER = 0.2
"""The share by which the interval varies, so that many hosts don't poll at once."""


class DiscoveryPoller:
    """Runs discovery at its interval.

    Args:
        search: in the service's own syntax.
        share: of the visitors found; the others belong to other hosts.
        interval_s: seconds between two polls.
        changed: called when what the header shows has changed.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        rest: UpscopeWorker,
        rules: DiscoveryRules,
        *,
        search: str,
        share: VisitorShare,
        interval_s: float,
        clock: Clock,
        log: Log,
        changed: Callable[[], None],
    ) -> None:
        self.state = DiscoveryView(ceiling=rules.max_sessions)
        self._supervisor = supervisor
        self._rest = rest
        self._rules = rules
        self._search = search
        self._share = share
        self._interval_s = interval_s
        self._clock = clock
        self._log = log
        self._changed = changed
        self._memory = Memory()
        self._not_opened: frozenset[str] = frozenset()

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until the host stops."""
        while not stopping.is_set():
            with guarded("discovery", self._log):
                await self.look()
            pause = self._interval_s * (1 + JITTER * (2 * random.random() - 1))  # noqa: S311 - no secret
            await is_set_within(stopping, pause)

    async def look(self) -> None:
        """Poll once, and carry out the resulting plan."""
        try:
            listed = await self._rest.client.visitors(self._search, MOST_SEEN)
        except ServiceError as error:
            self._memory = discovery_plan.interrupted(self._memory)
            self._show(replace(self.state, trouble=str(error)))
            return
        seen = tuple(visitor for visitor in listed if self._share.has(visitor.short_id))
        found = [(visitor, one) for one in self._supervisor.store if (visitor := one.visitor)]
        held = {visitor: one.id for visitor, one in found if one.source is Source.DISCOVERED}
        ended = {visitor for visitor, one in found if one.ended is not None}
        look = Look(
            seen=seen,
            complete=len(listed) < MOST_SEEN,
            held=frozenset(held) - ended,
            failed=self._not_opened,
            taken={visitor for visitor, one in found if one.source is not Source.DISCOVERED},
            book=self._rest.book,
        )
        now = self._clock().mono
        plan = discovery_plan.plan(self._memory, look, self._rules, now)
        self._memory = plan.memory
        for visitor in plan.to_let_go:
            self._supervisor.remove(held[visitor])
        self._not_opened = frozenset(one.short_id for one in plan.to_open if not self._open(one, held))
        self._show(
            DiscoveryView(
                seen=len(seen),
                held=len(look.held) - len(plan.to_let_go) + len(plan.to_open) - len(self._not_opened),
                held_back=plan.held_back + len(self._not_opened),
                ceiling=self._rules.max_sessions,
                links_this_hour=len(self._rest.book.times(now)),
            )
        )

    def _open(self, visitor: Visitor, held: Mapping[str, str]) -> bool:
        if visitor.short_id in held:  # its session ended, and the visitor is back
            self._supervisor.remove(held[visitor.short_id])
        try:
            self._supervisor.add(NewSession(None, Source.DISCOVERED, label_of(visitor), visitor.short_id))
        except Refused as error:
            self._log.warning("discovery.not_opened", visitor=visitor.short_id, why=str(error))
            return False
        return True

    def _show(self, state: DiscoveryView) -> None:
        if state != self.state:
            self.state = state
            self._log.info("discovery.saw", **asdict(state))
            self._changed()
