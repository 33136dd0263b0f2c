"""`watchdeck end`: the plan, the confirmation, the ends and their results."""

import sys
import termios
from collections.abc import Sequence

import click

from browser_host.api.schema import SCHEMA, Outcome, PlanEntry
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.outcome_report import (
    CONFIRMED,
    PLAN_HEADER,
    exit_code,
    plan_json,
    plan_rows,
    results_json,
    tell_outcome,
)
from browser_host.cli.output import report, say, say_table, table, tell
from browser_host.cli.session_targets import target
from browser_host.errors import Exit

NUMBER_ABOVE = 10
"""With more sessions than this, the operator confirms by typing their number."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--stale", is_flag=True, help="Stale sessions.")
@click.option("--filter", "expression", metavar="EXPR", help="Sessions that match EXPR, such as 'age>4h'.")
@click.option("--all", "everyone", is_flag=True, help="All sessions.")
@click.option("--dry-run", is_flag=True, help="Show the plan and end nothing.")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), metavar="S", help="Seconds to wait for a page to confirm."
)
@with_hosts
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
    """End sessions, after showing the plan and asking.

    With --stale, a session that is no longer stale when its turn comes is skipped.

    Ctrl-C cancels the ends that are not sent yet; after SIGHUP or SIGTERM the host continues
    them. Exit code 0: all confirmed by their pages; 4: none in time; 5: only some.
    """
    sessions = target(ids, expression, everyone=everyone, stale=stale)
    if not (yes or dry_run or sys.stdin.isatty()):
        raise click.UsageError("no terminal to ask on; use --yes or --dry-run")
    hosts = invocation.hosts
    planned = ask(hosts, lambda client: client.end(sessions, dry_run=True))
    if dry_run or not planned.plan:
        return _tell_plan(planned, as_json=invocation.json)
    say_table(PLAN_HEADER, plan_rows(planned.plan))
    if not (yes or _agreed(planned.plan)):
        say("nothing was ended")
        return Exit.FAILED
    import asyncio  # noqa: PLC0415 - only ends that run wait for signals too

    from browser_host.cli.ending import run_plan  # noqa: PLC0415 - as above

    outcome = asyncio.run(run_plan(hosts, planned.plan, timeout, while_stale=stale))
    code = exit_code(outcome.results, CONFIRMED)
    plan = plan_json(planned.plan)
    return report(code, lambda: tell_outcome(outcome, as_json=invocation.json, plan=plan))


def _tell_plan(planned: Outcome, *, as_json: bool) -> Exit:
    if as_json:
        results = results_json(planned.results)
        plan = plan_json(planned.plan)
        tell({"schema": SCHEMA, "plan": plan, "results": results, "counts": dict(planned.counts)})
    elif planned.plan:
        table(PLAN_HEADER, plan_rows(planned.plan))
    for result in planned.results:
        say(f"{result.id} skipped: {result.text}")
    say(f"{len(planned.plan)} would be ended" if planned.plan else "nothing to end")
    return Exit.OK


def _agreed(plan: Sequence[PlanEntry]) -> bool:
    """Ask on stderr; input typed before the question does not count."""
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
