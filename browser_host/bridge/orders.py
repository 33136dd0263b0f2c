"""Orders to a page's script: what is given in one tick of the loop goes in one call, each answered once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from browser_host.bridge.cdp import CdpError

MAX_WAITING = 2_000
"""Orders not handed over yet; 200 ends and their credits are a tenth."""
_MAX_TOGETHER = 200
"""Sixty in one call cost about what one costs; more only makes the call's deadline harder to keep."""

Order: TypeAlias = tuple[object, ...]
"""The order's name in bridge.js, and its arguments."""
Carry: TypeAlias = Callable[[Sequence[Order]], Awaitable[Sequence[object]]]
"""Hands orders to the page and returns its answers, in order."""


class Outcome(Enum):
    """What became of an order."""

    DONE = auto()
    REFUSED = auto()
    """The page's script could not do it: the slot is gone."""
    NEVER = auto()
    """It was never handed to the page."""
    UNCERTAIN = auto()
    """It was handed over, and no answer came in time."""


Done: TypeAlias = Callable[[Outcome], None]


def _ignore(_: Outcome) -> None:
    """For orders whose outcome shows by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    order: Order
    done: Done
    until: float


class Orders:
    """The orders to one page; `run` carries them, `close` answers what is left.

    Args:
        within: seconds an order may take, from being given to its answer being known.
    """

    def __init__(self, carry: Carry, within: float) -> None:
        self._carry = carry
        self._within = within
        self._waiting: deque[_Given] = deque()
        self._carried: list[_Given] = []
        self._some = asyncio.Event()
        self._closed = False

    def give(self, order: Order, done: Done = _ignore) -> None:
        """Takes an order; `done` is called exactly once, maybe at once."""
        if self._closed or len(self._waiting) >= MAX_WAITING:
            done(Outcome.NEVER)
            return
        self._waiting.append(_Given(order, done, _now() + self._within))
        self._some.set()

    async def run(self) -> None:
        """Carries orders until it is cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                await self._carry_some()

    def close(self) -> None:
        """Answers every order that has no answer yet; takes no more."""
        self._closed = True
        self._answer_carried(Outcome.UNCERTAIN)
        while self._waiting:
            self._waiting.popleft().done(Outcome.NEVER)

    async def _carry_some(self) -> None:
        now = _now()
        while self._waiting and len(self._carried) < _MAX_TOGETHER:
            given = self._waiting.popleft()
            if given.until <= now:
                given.done(Outcome.NEVER)
            else:
                self._carried.append(given)
        if not self._carried:
            return
        try:
            async with asyncio.timeout_at(self._carried[0].until):
                answers = await self._carry([given.order for given in self._carried])
        except (CdpError, TimeoutError):
            self._answer_carried(Outcome.UNCERTAIN)
            return
        outcomes = [Outcome.DONE if answer is True else Outcome.REFUSED for answer in answers]
        carried, self._carried = self._carried, []
        for given, outcome in zip(carried, outcomes, strict=True):
            given.done(outcome)

    def _answer_carried(self, outcome: Outcome) -> None:
        carried, self._carried = self._carried, []
        for given in carried:
            given.done(outcome)


def _now() -> float:
    return asyncio.get_running_loop().time()
