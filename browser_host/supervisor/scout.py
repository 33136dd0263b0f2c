"""Discovery: looks at who is there, opens the sessions of those who appeared, lets go of those who left."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from browser_host.browsers.log import Log
from browser_host.errors import Refused
from browser_host.sessions.instant import Clock
from browser_host.sessions.session import Source
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.rest import Rest
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.turns import turn
from browser_host.upscope import discovery
from browser_host.upscope.discovery import Look, Memory, Rules
from browser_host.upscope.errors import ServiceError
from browser_host.upscope.visitors import Visitor, label_of

MOST_SEEN = 500
"""Visitors asked for at a look; as many back mean that absence says nothing."""

JITTER = 0.2
"""The interval varies by so much, so that many hosts don't ask in step."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What discovery sees and holds, for the header.

    Args:
        held_back: visitors who would be opened if there were no ceiling.
        trouble: why the last look failed, in plain words, or None.
    """

    seen: int = 0
    held: int = 0
    held_back: int = 0
    ceiling: int = 0
    links_this_hour: int = 0
    trouble: str | None = None


class Scout:
    """Runs discovery at its interval.

    Args:
        search: the service's own search words.
        interval_s: seconds between two looks.
        changed: called when what the header shows is different.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        rest: Rest,
        rules: Rules,
        *,
        search: str,
        interval_s: float,
        clock: Clock,
        log: Log,
        changed: Callable[[], None],
    ) -> None:
        self.sight = Sight(ceiling=rules.max_sessions)
        self._supervisor = supervisor
        self._rest = rest
        self._rules = rules
        self._search = search
        self._interval_s = interval_s
        self._clock = clock
        self._log = log
        self._changed = changed
        self._memory = Memory()
        self._not_opened: frozenset[str] = frozenset()

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks again and again until the host stops."""
        while not stopping.is_set():
            with turn("discovery", self._log):
                await self.look()
            pause = self._interval_s * (1 + JITTER * (2 * random.random() - 1))  # noqa: S311 - no secret
            with contextlib.suppress(TimeoutError):  # the usual end of a pause
                async with asyncio.timeout(pause):
                    await stopping.wait()

    async def look(self) -> None:
        """Looks once, and does what the look asks for."""
        try:
            seen = await self._rest.client.visitors(self._search, MOST_SEEN)
        except ServiceError as error:
            self._show(replace(self.sight, trouble=str(error)))
            return
        found = [(visitor, one) for one in self._supervisor.fleet if (visitor := one.visitor)]
        held = {visitor: one.id for visitor, one in found if one.source is Source.DISCOVERED}
        ended = {visitor for visitor, one in found if one.ended is not None}
        look = Look(
            seen=seen,
            complete=len(seen) < MOST_SEEN,
            held=frozenset(held) - ended,
            failed=self._not_opened,
            taken={visitor for visitor, one in found if one.source is not Source.DISCOVERED},
            book=self._rest.book,
        )
        now = self._clock().mono
        plan = discovery.plan(self._memory, look, self._rules, now)
        self._memory = plan.memory
        for visitor in plan.to_let_go:
            self._supervisor.remove(held[visitor])
        self._not_opened = frozenset(one.short_id for one in plan.to_open if not self._open(one, held))
        self._show(
            Sight(
                seen=len(seen),
                held=len(look.held) - len(plan.to_let_go) + len(plan.to_open) - len(self._not_opened),
                held_back=plan.held_back + len(self._not_opened),
                ceiling=self._rules.max_sessions,
                links_this_hour=len(self._rest.book.times(now)),
            )
        )

    def _open(self, visitor: Visitor, held: Mapping[str, str]) -> bool:
        if visitor.short_id in held:  # its session ended, and it came again
            self._supervisor.remove(held[visitor.short_id])
        try:
            self._supervisor.add(NewSession(None, Source.DISCOVERED, label_of(visitor), visitor.short_id))
        except Refused as error:
            self._log.warning("discovery.not_opened", visitor=visitor.short_id, why=str(error))
            return False
        return True

    def _show(self, sight: Sight) -> None:
        if sight != self.sight:
            self.sight = sight
            self._log.info("discovery.saw", **asdict(sight))
            self._changed()
