"""Runs a frozen plan of ends, and takes back what can be when it is interrupted."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from browser_host.api.schema import Outcome, PlanEntry, Result, Target
from browser_host.cli.asking import ask
from browser_host.cli.outcomes import SKIPPED
from browser_host.cli.output import say
from browser_host.errors import UnknownSession, WatchdeckError

if TYPE_CHECKING:
    from browser_host.api.client import HostClient

TRIES = 3
"""Times that the plan is put to the host; a session that was removed meanwhile refuses the whole of it."""

TAKE_BACK_WITHIN_S = 10.0

OPEN = frozenset({"queued", "sent"})
UNCONFIRMED = "unconfirmed"
CANCELLED = "cancelled"

REMOVED = "its session was removed; it is not known what became of the end"
HOST_LOST = "the host went away; what it did is in its history"


async def run_plan(socket: Path, plan: Sequence[PlanEntry], timeout_s: float | None) -> Outcome:
    """Ends exactly the sessions of the plan, whatever has come, gone or changed since it was made.

    Args:
        timeout_s: seconds a page has to confirm, None for the host's own.

    Raises:
        UnknownSession: sessions kept disappearing while they were to be ended.
    """
    async with ask(socket) as client:
        beginning = asyncio.ensure_future(_begin(client, [entry.id for entry in plan], timeout_s))
        try:
            # An interruption must not lose the answer: it says what there is to take back.
            begun = await asyncio.shield(beginning)
            return await _finish(client, begun)
        except asyncio.CancelledError:
            async with asyncio.timeout(TAKE_BACK_WITHIN_S):
                await _take_back(client, await beginning)
            raise


def _given(begun: Outcome) -> list[str]:
    return [result.instruction for result in begun.results if result.instruction is not None]


async def _begin(client: "HostClient", ids: Sequence[str], timeout_s: float | None) -> Outcome:
    gone: list[str] = []
    for last in (False,) * (TRIES - 1) + (True,):
        wanted = [session_id for session_id in ids if session_id not in gone]
        if not wanted:
            break
        try:
            outcome = await client.end(Target(ids=tuple(wanted)), timeout_s=timeout_s, wait=False)
        except UnknownSession:
            if last:
                raise
            known = {session.id for session in (await client.snapshot()).sessions}
            gone = [session_id for session_id in ids if session_id not in known]
        else:
            return _with_gone(outcome, gone)
    return _with_gone(Outcome(results=(), counts={}), gone)


async def _finish(client: "HostClient", begun: Outcome) -> Outcome:
    """The outcome once every end came as far as it can; what can't be heard of any more is unconfirmed."""
    settled = {}
    waiting, lost = _given(begun), REMOVED
    try:
        while waiting:
            try:
                settled = {result.instruction: result for result in (await client.settle(waiting)).results}
            except UnknownSession:
                known = {one.id for one in (await client.snapshot()).sessions}
                left = [one.instruction for one in begun.results if one.instruction and one.id in known]
                waiting = left if left != waiting else []
            else:
                break
    except WatchdeckError as error:
        lost = f"{HOST_LOST} ({error})"
    results = tuple(settled.get(one.instruction) or _unheard(one, lost) for one in begun.results)
    return Outcome(results, Counter(one.state for one in results), begun.plan)


def _unheard(result: Result, why: str) -> Result:
    return replace(result, state=UNCONFIRMED, text=why) if result.state in OPEN else result


def _with_gone(outcome: Outcome, gone: Sequence[str]) -> Outcome:
    if not gone:
        return outcome
    text = "it was removed before it was to be ended"
    results = tuple(Result(session_id, SKIPPED, "page", None, text, None) for session_id in gone)
    counts = {**outcome.counts, SKIPPED: outcome.counts.get(SKIPPED, 0) + len(gone)}
    return replace(outcome, results=(*outcome.results, *results), counts=counts)


async def _take_back(client: "HostClient", begun: Outcome) -> None:
    """Only what this run asked for, and of that what was not posted yet."""
    ours = _given(begun)
    if not ours:
        say("interrupted; nothing was asked for")
        return
    taken = (await client.cancel(ours)).counts.get(CANCELLED, 0)
    say(f"interrupted; taken back: {taken} cancelled; posted before: {len(ours) - taken}")
