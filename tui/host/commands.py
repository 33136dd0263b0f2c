"""What the operator does to sessions, through the host; the rows show the outcome."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from browser_host.api.schema import Outcome, Target
from browser_host.errors import WatchdeckError
from browser_host.protocol.pointer_input import PointerInput
from tui.host import pending_ends, repeats
from tui.host.deck import Deck
from tui.host.host_calls import HostCalls
from tui.host.repeats import ANSWER_S, Instructed

NAMED_AT_MOST = 3
"""Sessions named in a notice."""

TAKEN = frozenset({"queued", "sent", "confirmed"})
"""States of a result that the row shows and that need no notice."""


class Weight(StrEnum):
    """The severity of a notice, in Textual's terms."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


Answer = TypeVar("Answer")


class HostCommands:
    """Sends instructions and ends, and undoes ends.

    Args:
        client: the host's client; its owner closes it.
        say: called with a notice for the operator.
        now: the wall clock, epoch seconds.
    """

    def __init__(
        self,
        client: HostCalls,
        say: Callable[[str, Weight], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._say = say
        self._now = now
        self._ends: tuple[pending_ends.PendingEnd, ...] = ()
        self._instructed: Instructed = {}

    def pending(self, deck: Deck) -> tuple[pending_ends.PendingEnd, ...]:
        """The ends requested here that can still be undone."""
        self._ends = pending_ends.still_pending(self._ends, deck, self._now())
        return self._ends

    def instruct(
        self, ids: tuple[str, ...], instruction: Mapping[str, Any], deck: Deck
    ) -> Coroutine[Any, Any, None] | None:
        """Prepare an instruction to those that do not have the same one under way; None if all have.

        It counts as given from now on, whenever the result is awaited.
        """
        now = self._now()
        still_open = tuple(one for one in ids if one in deck.sessions and deck.sessions[one].ended is None)
        left = repeats.fresh(still_open, instruction, self._instructed, deck, now)
        if not left:
            return None
        self._instructed = repeats.noted(self._instructed, left, instruction, now)
        return self._instruct(left, instruction, len(ids) - len(still_open))

    async def _instruct(self, ids: tuple[str, ...], instruction: Mapping[str, Any], ended: int) -> None:
        outcome = await self._answer(self._client.instruct(Target(ids=ids), instruction, wait=False))
        took = outcome if outcome is not None else Outcome(results=(), counts={})
        self._instructed = repeats.answered(self._instructed, ids, instruction, took)
        if outcome is not None:
            self._tell(outcome, ended)

    async def retry(self, ids: tuple[str, ...]) -> None:
        """Retry lost or blocked sessions without waiting for their next attempt."""
        tried = await self._answer(self._client.retry(Target(ids=ids)))
        if tried is not None:
            text = f"Retrying {len(tried)}" if tried else "Nothing to retry: no session is lost or blocked"
            self._say(text, Weight.INFORMATION)

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to a session's page; the next picture shows what it did."""
        await self._answer(self._client.send_input(session_id, sent))

    async def end(self, ids: tuple[str, ...], undo_s: float) -> Outcome | None:
        """End sessions after the host's undo time; return the host's response, None if there is none.

        Args:
            ids: the sessions that were confirmed.
            undo_s: seconds that the host waits before it sends them.
        """
        until = self._now() + undo_s
        outcome = await self._answer(self._client.end(Target(ids=ids), wait=False))
        if outcome is not None:
            self._ends += pending_ends.given_in(outcome, until)
            self._tell(outcome)
        return outcome

    def given(self, outcome: Outcome, undo_s: float) -> None:
        """Take note of ends requested by another part of this dashboard: `z` undoes them, and leaving asks.

        Args:
            undo_s: seconds that the host waits before it sends them.
        """
        self._ends += pending_ends.given_in(outcome, self._now() + undo_s)

    async def undo(self, deck: Deck) -> None:
        """Undo every pending end of this dashboard; if there is none, say whose ends are pending."""
        pending = self.pending(deck)
        if not pending:
            waiting = pending_ends.ends(deck.sessions.values())
            self._say(pending_ends.undo_elsewhere(waiting, os.getuid()), Weight.INFORMATION)
            return
        outcome = await self._answer(self._client.cancel([end.instruction for end in pending]))
        if outcome is None:
            return
        undone = {result.instruction for result in outcome.results if result.state == "cancelled"}
        failed = sum(result.state == "failed" for result in outcome.results)
        self._ends = tuple(end for end in self._ends if end.instruction not in undone)
        sent = len(pending) - len(undone) - failed
        text = f"Undid {len(undone)} of {len(pending)} ends"
        if failed:
            text += f"; {failed} failed before anything was sent"
        if sent:
            text += f"; {sent} already sent"
        self._say(text, Weight.WARNING if sent or failed else Weight.INFORMATION)

    def _tell(self, outcome: Outcome, ended: int = 0) -> None:
        """Say what was not sent, and why.

        Args:
            ended: sessions of the target that were skipped, for they have ended.
        """
        failed = [result for result in outcome.results if result.state not in TAKEN]
        parts = [f"{len(outcome.results) - len(failed)} sent"]
        if ended:
            parts.append(f"{ended} skipped, already ended")
        if failed:
            named = ", ".join(f"{one.id}: {one.text or one.state}" for one in failed[:NAMED_AT_MOST])
            parts.append(f"{len(failed)} failed ({named}{', …' if len(failed) > NAMED_AT_MOST else ''})")
        if len(parts) > 1:
            self._say("; ".join(parts), Weight.WARNING)

    async def _answer(self, asking: Awaitable[Answer]) -> Answer | None:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await asking
        except WatchdeckError as error:
            self._say(str(error), Weight.ERROR)
        except TimeoutError:
            self._say(
                f"No response from the host within {ANSWER_S:.0f} s; the rows show what it did", Weight.ERROR
            )
        return None
