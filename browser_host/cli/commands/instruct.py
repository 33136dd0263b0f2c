"""`watchdeck mode`, `color` and `send`: instructions other than ends."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from browser_host.api.schema import Outcome, Target
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.outcome_report import CONFIRMED, SENT, exit_code, tell_outcome
from browser_host.cli.output import report
from browser_host.cli.session_targets import target, with_target
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit
from browser_host.protocol.page_instructions import Action, Mode


@click.command()
@click.argument("tool", type=click.Choice([one.value for one in Mode]))
@with_target
@with_hosts
def mode(invocation: Invocation, sessions: Target, tool: str) -> Exit:
    """Set the tool of sessions: draw, pointer or cursor.

    The pointer is the spotlight. Pages do not confirm a mode, so "sent" counts as success.
    """
    outcome = _instruct(invocation.hosts, sessions, {"action": Action.SET_MODE, "mode": tool})
    return _reported(invocation, outcome, SENT)


@click.command()
@click.argument("words", nargs=-1, metavar="[COLOR] [ID]...")
@click.option("--to", metavar="COLOR", help="The colour: #rrggbb, rgb(…), hsl(…) or a CSS name.")
@click.option(
    "--filter", "expression", metavar="EXPR", help="Sessions that match EXPR, such as 'status:active'."
)
@click.option("--all", "everyone", is_flag=True, help="All sessions.")
@with_hosts
def color(
    invocation: Invocation, words: tuple[str, ...], to: str | None, expression: str | None, *, everyone: bool
) -> Exit:
    """Set the colour of sessions, or switch each to its next colour.

    A first argument that starts with '#' is a colour; anything else is an id.
    """
    if words and words[0].startswith("#"):
        if to is not None:
            raise click.UsageError(f"name one colour; got {words[0]} and --to")
        to, words = words[0], words[1:]
    sessions = target(words, expression, everyone=everyone)
    chosen = {} if to is None else {"color": _color(to)}
    outcome = _instruct(invocation.hosts, sessions, {"action": Action.SWITCH_COLOR, **chosen})
    return _reported(invocation, outcome, CONFIRMED)


@click.command()
@click.argument("message", metavar="JSON")
@with_target
@with_hosts
def send(invocation: Invocation, sessions: Target, message: str) -> Exit:
    """Send a raw instruction, if host.raw_instructions allows it.

    JSON is an object such as '{"action": "setMode", "mode": "draw"}'; pages do not confirm it.
    """
    try:
        value = json.loads(message)
    except ValueError as error:
        raise click.UsageError(f"invalid JSON object: {error}") from None
    if not isinstance(value, dict) or not value:
        raise click.UsageError("expected a JSON object with at least one key")
    outcome = _instruct(invocation.hosts, sessions, {"action": Action.RAW, "message": value})
    return _reported(invocation, outcome, SENT)


def _reported(invocation: Invocation, outcome: Outcome, done: frozenset[str]) -> Exit:
    return report(exit_code(outcome.results, done), lambda: tell_outcome(outcome, as_json=invocation.json))


def _color(text: str) -> str:
    from browser_host.protocol import page_colors  # noqa: PLC0415 - its tables are for this command alone

    value = page_colors.parse(text)
    if value is None:
        raise click.UsageError(f"{text[:64]!r} is not a colour; use #rrggbb, rgb(…), hsl(…) or a CSS name")
    return value


def _instruct(hosts: Sequence[HostAddress], sessions: Target, instruction: Mapping[str, Any]) -> Outcome:
    return ask(hosts, lambda client: client.instruct(sessions, instruction))
