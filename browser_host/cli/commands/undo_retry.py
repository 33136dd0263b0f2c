"""`watchdeck undo` cancels ends that were not posted yet; `watchdeck retry` retries lost sessions."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from browser_host.api.schema import SCHEMA, Outcome, Target
from browser_host.cli.host_client import AnyClient, ask, silent
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.outcome_report import exit_code, tell_outcome
from browser_host.cli.output import lines, report, say, tell
from browser_host.cli.session_targets import with_target
from browser_host.errors import Exit
from browser_host.hosts.resolve import resolved

if TYPE_CHECKING:
    from browser_host.sessions.views import SessionView

TAKEN_BACK = frozenset({"cancelled"})

_END, _WAITING = "endSession", "queued"


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@with_hosts
def undo(invocation: Invocation, ids: tuple[str, ...]) -> Exit:
    """Cancel ends that are not sent yet.

    Your own, or those of the given sessions. Exit code 0: all cancelled or none pending; 4: all sent already;
    5: some sent.
    """
    outcome = ask(invocation.hosts, lambda client: _undo(client, ids))
    if not outcome.results and not invocation.json:
        say("no pending ends to undo")
        return Exit.OK
    code = exit_code(outcome.results, TAKEN_BACK)
    return report(code, lambda: tell_outcome(outcome, as_json=invocation.json))


@click.command()
@with_target
@with_hosts
def retry(invocation: Invocation, sessions: Target) -> Exit:
    """Retry lost or blocked sessions now, and print their ids."""
    retried = ask(invocation.hosts, lambda client: client.retry(sessions))
    say(f"{len(retried)} retried" if retried else "none of them is waiting for a retry")
    if invocation.json:
        return report(Exit.OK, lambda: tell({"schema": SCHEMA, "retried": list(retried)}))
    return report(Exit.OK, lambda: lines(retried))


async def _undo(client: AnyClient, ids: Sequence[str]) -> Outcome:
    held = {session.id: session for session in (await client.snapshot()).sessions}
    named = resolved(ids, held, silent(client), "nothing was cancelled")
    meant = [held[one] for one in named if one in held] if ids else list(held.values())
    waiting = [number for session in meant for number in await _waiting(client, session, own=not ids)]
    return await client.cancel(waiting) if waiting else Outcome(results=(), counts={})


async def _waiting(client: AnyClient, session: "SessionView", *, own: bool) -> list[str]:
    """The session's pending ends; read from the ledger, because a later instruction may hide one."""
    last = session.instruction
    if last is None or session.ended is not None:
        return []
    if last.action == _END:
        found = [(last.id, last.state, last.by)]
    else:
        ledger = (await client.detail(session.id)).ledger
        found = [(entry.id, entry.state, entry.by) for entry in ledger if entry.action == _END]
    mine = f"({os.geteuid()})"  # `by` is a name and a uid, and a name can be anything
    return [number for number, state, by in found if state == _WAITING and (not own or by.endswith(mine))]
