"""Commands to a group's hub: those of one loop iteration share a call, and each gets one outcome."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from browser_host.bridge.cdp import CdpError

MAX_WAITING = 2_000
"""Commands that wait to be handed over; 200 ends with their credit are a tenth of it."""
_MAX_TOGETHER = 200
"""Sixty in one call cost about as much as one; more would only endanger the call's deadline."""
_MAX_CALLS = 8
"""Concurrent calls. A call lasts until the last of its pages has answered; others must not wait for that."""

Command: TypeAlias = tuple[object, ...]
"""The command's name in hub.js, and its arguments."""
Carry: TypeAlias = Callable[[Sequence[Command]], Awaitable[Sequence[object]]]
"""Hands commands to the hub and returns its answers, in order."""


class CommandOutcome(Enum):
    """The outcome of a command."""

    DONE = auto()
    REFUSED = auto()
    """It could not be done: the page is gone."""
    NEVER = auto()
    """It was never handed over, or reached the page after its deadline and was ignored."""
    WITHDRAWN = auto()
    """It was no longer wanted when it was about to be handed over."""
    UNCERTAIN = auto()
    """It was handed over, and no answer came in time."""


Done: TypeAlias = Callable[[CommandOutcome], None]


Claim: TypeAlias = Callable[[], bool]
"""Called once, when a command is about to be handed over; False withdraws it."""


def _ignore(_: CommandOutcome) -> None:
    """For commands whose outcome nobody needs."""


def always() -> bool:
    """The claim of a command that is never withdrawn."""
    return True


@dataclass(frozen=True, slots=True, eq=False)
class _Submitted:
    command: Command
    done: Done
    claim: Claim
    until: float


class CommandQueue:
    """The commands to one hub; `run` hands them over, `close` answers the rest.

    Args:
        within: seconds that a command may wait to be handed over, and again for its answer.
    """

    def __init__(self, carry: Carry, within: float) -> None:
        self._carry = carry
        self._within = within
        self._waiting: deque[_Submitted] = deque()
        self._carried: dict[_Submitted, None] = {}
        self._submitted = asyncio.Event()
        self._calls = asyncio.Semaphore(_MAX_CALLS)
        self._closed = False

    def submit(self, command: Command, done: Done = _ignore, claim: Claim = always) -> None:
        """Queue a command; `done` is called exactly once, possibly before this returns.

        Args:
            claim: called when the command is about to be handed over, which may be seconds later.
        """
        if self._closed or len(self._waiting) >= MAX_WAITING:
            done(CommandOutcome.NEVER)
            return
        self._waiting.append(_Submitted(command, done, claim, _now() + self._within))
        self._submitted.set()

    async def run(self) -> None:
        """Hand commands over until cancelled."""
        async with asyncio.TaskGroup() as calls:
            while True:
                await self._submitted.wait()
                self._submitted.clear()
                while self._waiting:
                    await self._calls.acquire()
                    calls.create_task(self._call(self._next()))

    def close(self) -> None:
        """Answer every command that is still open, and take no more."""
        self._closed = True
        for submitted in list(self._carried):
            self._answer(submitted, CommandOutcome.UNCERTAIN)
        while self._waiting:
            self._waiting.popleft().done(CommandOutcome.NEVER)

    def _next(self) -> list[_Submitted]:
        now = _now()
        together: list[_Submitted] = []
        while self._waiting and len(together) < _MAX_TOGETHER:
            submitted = self._waiting.popleft()
            if submitted.until <= now:
                submitted.done(CommandOutcome.NEVER)
            elif not submitted.claim():
                submitted.done(CommandOutcome.WITHDRAWN)
            else:
                together.append(submitted)
                self._carried[submitted] = None
        return together

    async def _call(self, taken: Sequence[_Submitted]) -> None:
        # Those missing have been answered: the queue was closed.
        together = [submitted for submitted in taken if submitted in self._carried]
        outcomes = [CommandOutcome.UNCERTAIN] * len(together)
        try:
            async with asyncio.timeout(self._within):
                if together:
                    answers = await self._carry([submitted.command for submitted in together])
                    outcomes = [_outcome(answer) for answer in answers]
        except (CdpError, TimeoutError):
            pass  # the commands may have been carried out
        finally:
            self._calls.release()
        for submitted, outcome in zip(together, outcomes, strict=True):
            self._answer(submitted, outcome)

    def _answer(self, submitted: _Submitted, outcome: CommandOutcome) -> None:
        if submitted in self._carried:
            del self._carried[submitted]
            submitted.done(outcome)


def _outcome(answer: object) -> CommandOutcome:
    """The outcome that the hub's answer stands for; null means that the page did not answer in time."""
    match answer:
        case True:
            return CommandOutcome.DONE
        case "TimeoutError":
            return CommandOutcome.NEVER
        case None:
            return CommandOutcome.UNCERTAIN
        case _:
            return CommandOutcome.REFUSED


def _now() -> float:
    return asyncio.get_running_loop().time()
