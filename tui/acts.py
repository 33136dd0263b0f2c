"""What the operator does to sessions, through the host; the rows show what comes of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from browser_host.api.client import HostClient
from browser_host.api.schema import Outcome, Target
from browser_host.errors import WatchdeckError
from tui import undo
from tui.state import Deck

ANSWER_S = 15.0
"""Seconds for the host to say that it took an act; it waits for no page."""

NAMED_AT_MOST = 3
"""Sessions named in a notice."""

TAKEN = frozenset({"queued", "sent", "confirmed"})
"""States of a result that need no notice: the row shows them."""


class Weight(StrEnum):
    """How grave a notice is, in Textual's words."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


Answer = TypeVar("Answer")


class Acts:
    """Gives instructions and ends, and takes ends back.

    Args:
        client: the host's client; its owner closes it.
        say: called with a notice for the operator.
        now: the wall clock, epoch seconds.
    """

    def __init__(
        self,
        client: HostClient,
        say: Callable[[str, Weight], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._say = say
        self._now = now
        self._ends: tuple[undo.GivenEnd, ...] = ()

    def pending(self, deck: Deck) -> tuple[undo.GivenEnd, ...]:
        """The ends given here that can still be taken back."""
        self._ends = undo.still_pending(self._ends, deck, self._now())
        return self._ends

    async def instruct(self, ids: tuple[str, ...], instruction: Mapping[str, Any]) -> None:
        """Gives an instruction; the host's answer is that it is queued."""
        outcome = await self._answer(self._client.instruct(Target(ids=ids), instruction, wait=False))
        if outcome is not None:
            self._tell_failures(outcome)

    async def retry(self, ids: tuple[str, ...]) -> None:
        """Has sessions hosted again that are lost or blocked, without waiting for their next try."""
        tried = await self._answer(self._client.retry(Target(ids=ids)))
        if tried is not None:
            text = (
                f"trying {len(tried)} again"
                if tried
                else "nothing to try again: none of them is lost or blocked"
            )
            self._say(text, Weight.INFORMATION)

    async def end(self, ids: tuple[str, ...], undo_s: float) -> None:
        """Ends sessions, after the host's time to undo.

        Args:
            ids: the sessions that were confirmed.
            undo_s: seconds that the host waits before it posts.
        """
        until = self._now() + undo_s
        outcome = await self._answer(self._client.end(Target(ids=ids), wait=False))
        if outcome is not None:
            self._ends += undo.given_in(outcome, until)
            self._tell_failures(outcome)

    def given(self, outcome: Outcome, undo_s: float) -> None:
        """Ends that were given elsewhere on this dashboard: `z` takes them back, and leaving asks.

        Args:
            undo_s: seconds that the host waits before it posts.
        """
        self._ends += undo.given_in(outcome, self._now() + undo_s)

    async def take_back(self, deck: Deck) -> None:
        """Takes back every end that still waits."""
        pending = self.pending(deck)
        if not pending:
            self._say("nothing waits that could be taken back", Weight.INFORMATION)
            return
        outcome = await self._answer(self._client.cancel([end.instruction for end in pending]))
        if outcome is None:
            return
        taken = {result.instruction for result in outcome.results if result.state == "cancelled"}
        failed = sum(result.state == "failed" for result in outcome.results)
        self._ends = tuple(end for end in self._ends if end.instruction not in taken)
        late = len(pending) - len(taken) - failed
        text = f"took back {len(taken)} of {len(pending)}"
        if failed:
            text += f"; {failed} had failed before anything was sent"
        if late:
            text += f"; {late} had been posted already"
        self._say(text, Weight.WARNING if late or failed else Weight.INFORMATION)

    def _tell_failures(self, outcome: Outcome) -> None:
        failed = [result for result in outcome.results if result.state not in TAKEN]
        if not failed:
            return
        named = "; ".join(f"{result.id}: {result.text or result.state}" for result in failed[:NAMED_AT_MOST])
        more = f"; and {len(failed) - NAMED_AT_MOST} more" if len(failed) > NAMED_AT_MOST else ""
        self._say(f"{len(failed)} of {len(outcome.results)} not done: {named}{more}", Weight.WARNING)

    async def _answer(self, asking: Awaitable[Answer]) -> Answer | None:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await asking
        except WatchdeckError as error:
            self._say(str(error), Weight.ERROR)
        except TimeoutError:
            self._say(
                f"the host did not answer within {ANSWER_S:.0f} s; the rows show what it did", Weight.ERROR
            )
        return None
