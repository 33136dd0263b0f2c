"""`watchdeck end`: the plan, the question, the ends, and a result for each."""

import asyncio
import sys
import termios
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from browser_host.api.schema import SCHEMA, Outcome, PlanEntry, Target
from browser_host.cli.asking import ask
from browser_host.cli.ending import run_plan
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.outcomes import (
    CONFIRMED,
    exit_code,
    plan_json,
    plan_lines,
    results_json,
    tell_outcome,
)
from browser_host.cli.output import line, say, tell
from browser_host.cli.targets import target
from browser_host.errors import Exit

NUMBER_ABOVE = 10
"""From more sessions than this on the answer to the question is their number."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--stale", is_flag=True, help="Those that the host calls stale.")
@click.option("--filter", "expression", metavar="EXPR", help="Those that match, such as 'age>4h'.")
@click.option("--all", "everyone", is_flag=True, help="Every session.")
@click.option("--dry-run", is_flag=True, help="Show the plan and end nothing.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), metavar="S", help="Seconds a page has to confirm its end."
)
@with_invocation
def end(
    invocation: Invocation,
    ids: tuple[str, ...],
    expression: str | None,
    timeout: float | None,
    *,
    stale: bool,
    everyone: bool,
    dry_run: bool,
    yes: bool,
) -> Exit:
    """End sessions: shows the plan, asks, ends, and tells what became of each.

    With --stale it asks again where one of them is not stale any more when the answer comes.

    Ctrl-C takes back the ends that still wait their time to undo. Exit code 0: all confirmed by their
    pages; 4: none in time; 5: some.
    """
    sessions = target(ids, expression, everyone=everyone, stale=stale)
    if not (yes or dry_run or sys.stdin.isatty()):
        raise click.UsageError("without a terminal to ask on, --yes is needed (or --dry-run)")
    socket = invocation.host_socket
    planned = asyncio.run(_plan(socket, sessions))
    if dry_run or not planned.plan:
        return _tell_plan(planned, as_json=invocation.json)
    say("\n".join(plan_lines(planned.plan)))
    if not (yes or _agreed_knowingly(socket, planned.plan, stale=stale)):
        say("nothing was ended")
        return Exit.FAILED
    outcome = asyncio.run(run_plan(socket, planned.plan, timeout))
    tell_outcome(outcome, as_json=invocation.json, plan=plan_json(planned.plan))
    return exit_code(outcome.results, CONFIRMED)


async def _plan(socket: Path, sessions: Target) -> Outcome:
    async with ask(socket) as client:
        return await client.end(sessions, dry_run=True)


def _tell_plan(planned: Outcome, *, as_json: bool) -> Exit:
    if as_json:
        results = results_json(planned.results)
        plan = plan_json(planned.plan)
        tell({"schema": SCHEMA, "plan": plan, "results": results, "counts": dict(planned.counts)})
    elif planned.plan:
        for row in plan_lines(planned.plan):
            line(row)
    for result in planned.results:
        say(f"{result.id} is left alone: {result.text}")
    say(f"{len(planned.plan)} would be ended" if planned.plan else "nothing to end")
    return Exit.OK


def _agreed_knowingly(socket: Path, plan: Sequence[PlanEntry], *, stale: bool) -> bool:
    """Asks, and asks again while the answer came without knowing that somebody is not stale any more."""
    known: set[str] = set()
    while _agreed(plan):
        fresh = asyncio.run(_not_stale_any_more(socket, plan)) if stale else []
        if known.issuperset(entry.id for entry in fresh):
            return True
        known.update(entry.id for entry in fresh)
        say("changed since the plan was made:")
        say("\n".join(plan_lines(fresh)))
    return False


async def _not_stale_any_more(socket: Path, plan: Sequence[PlanEntry]) -> list[PlanEntry]:
    async with ask(socket) as client:
        now = {session.id: session for session in (await client.snapshot()).sessions}
    return [
        replace(entry, status=session.status, reason="not stale any more")
        for entry in plan
        if (session := now.get(entry.id)) is not None and session.ended is None and session.stale is None
    ]


def _agreed(plan: Sequence[PlanEntry]) -> bool:
    """Asks on stderr; what was typed before the question stood there does not count as an answer."""
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    count = len(plan)
    if count > NUMBER_ABOVE:
        question, yes = f"End these {count} sessions? Type their number to end them", {str(count)}
    else:
        question, yes = (
            f"End {'this session' if count == 1 else f'these {count} sessions'}? [y/N]",
            {"y", "yes"},
        )
    answer = click.prompt(question, default="", show_default=False, err=True)
    return str(answer).strip().lower() in yes
