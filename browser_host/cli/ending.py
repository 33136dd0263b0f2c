"""Runs a frozen plan of ends, and takes back what can be when it is interrupted."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from browser_host.api.schema import Outcome, PlanEntry, Result, Target
from browser_host.cli.asking import ask
from browser_host.cli.outcomes import SKIPPED, summary
from browser_host.cli.output import say
from browser_host.errors import UnknownSession

if TYPE_CHECKING:
    from browser_host.api.client import HostClient

TRIES = 3
"""Times that the plan is put to the host; a session that was removed meanwhile refuses the whole of it."""

TAKE_BACK_WITHIN_S = 10.0

END = "endSession"
QUEUED = "queued"


async def run_plan(socket: Path, plan: Sequence[PlanEntry], timeout_s: float | None) -> Outcome:
    """Ends exactly the sessions of the plan, whatever has come, gone or changed since it was made.

    Args:
        timeout_s: seconds a page has to confirm, None for the host's own.

    Raises:
        UnknownSession: sessions kept disappearing while they were to be ended.
    """
    ids = [entry.id for entry in plan]
    began = time.time()
    async with ask(socket) as client:
        try:
            return await _end(client, ids, timeout_s)
        except asyncio.CancelledError:
            async with asyncio.timeout(TAKE_BACK_WITHIN_S):
                await _take_back(client, frozenset(ids), began)
            raise


async def _end(client: "HostClient", ids: Sequence[str], timeout_s: float | None) -> Outcome:
    gone: list[str] = []
    for last in (False,) * (TRIES - 1) + (True,):
        wanted = [session_id for session_id in ids if session_id not in gone]
        if not wanted:
            break
        try:
            outcome = await client.end(Target(ids=tuple(wanted)), timeout_s=timeout_s)
        except UnknownSession:
            if last:
                raise
            known = {session.id for session in (await client.snapshot()).sessions}
            gone = [session_id for session_id in ids if session_id not in known]
        else:
            return _with_gone(outcome, gone)
    return _with_gone(Outcome(results=(), counts={}), gone)


def _with_gone(outcome: Outcome, gone: Sequence[str]) -> Outcome:
    if not gone:
        return outcome
    text = "it was removed before it was to be ended"
    results = tuple(Result(session_id, SKIPPED, "page", None, text, None) for session_id in gone)
    counts = {**outcome.counts, SKIPPED: outcome.counts.get(SKIPPED, 0) + len(gone)}
    return replace(outcome, results=(*outcome.results, *results), counts=counts)


async def _take_back(client: "HostClient", ids: frozenset[str], began: float) -> None:
    """Only what this run asked for: an end of the plan's sessions that was queued since it began."""
    sessions = (await client.snapshot()).sessions
    orders = [(s.id, s.instruction) for s in sessions if s.id in ids and s.instruction is not None]
    ours = [order.id for _, order in orders if order.action == END and order.at >= round(began, 3) - 0.001]
    waiting = [order.id for _, order in orders if order.id in ours and order.state == QUEUED]
    if not waiting:
        say(f"interrupted; {len(ours)} ends were posted already, none could be taken back")
        return
    taken = await client.cancel(waiting)
    posted = len(ours) - len(waiting)
    say(f"interrupted; taken back: {summary(taken)}; posted before: {posted}")
