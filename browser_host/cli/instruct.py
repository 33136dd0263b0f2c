"""`watchdeck mode`, `color` and `send`: instructions that end nothing."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from browser_host.api.schema import Outcome, Target
from browser_host.cli.asking import ask
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.outcomes import CONFIRMED, SENT, exit_code, tell_outcome
from browser_host.cli.targets import target, with_target
from browser_host.errors import Exit
from browser_host.protocol.instructions import Mode


@click.command()
@click.argument("tool", type=click.Choice([one.value for one in Mode]))
@with_target
@with_invocation
def mode(invocation: Invocation, sessions: Target, tool: str) -> Exit:
    """Choose the tool in sessions: draw, pointer (the spotlight) or cursor.

    No page confirms a mode, so "sent" is success.
    """
    outcome = _instruct(invocation.host_socket, sessions, {"action": "setMode", "mode": tool})
    tell_outcome(outcome, as_json=invocation.json)
    return exit_code(outcome.results, SENT)


@click.command()
@click.argument("words", nargs=-1, metavar="[COLOR] [ID]...")
@click.option("--to", metavar="COLOR", help="The colour: #rrggbb, rgb(…), hsl(…) or a CSS name.")
@click.option("--filter", "expression", metavar="EXPR", help="Those that match, such as 'status:active'.")
@click.option("--all", "everyone", is_flag=True, help="Every session.")
@with_invocation
def color(
    invocation: Invocation, words: tuple[str, ...], to: str | None, expression: str | None, *, everyone: bool
) -> Exit:
    """Switch the colour in sessions, or toggle to each page's next one.

    A first argument that starts with '#' is the colour; any other is an id.
    """
    if words and words[0].startswith("#"):
        if to is not None:
            raise click.UsageError(f"name one colour; got {words[0]} and --to")
        to, words = words[0], words[1:]
    sessions = target(words, expression, everyone=everyone)
    chosen = {} if to is None else {"color": _color(to)}
    outcome = _instruct(invocation.host_socket, sessions, {"action": "switchColor", **chosen})
    tell_outcome(outcome, as_json=invocation.json)
    return exit_code(outcome.results, CONFIRMED)


@click.command()
@click.argument("message", metavar="JSON")
@with_target
@with_invocation
def send(invocation: Invocation, sessions: Target, message: str) -> Exit:
    """Send an instruction as written, where the host allows it (host.raw_instructions).

    JSON is an object such as '{"action": "setMode", "mode": "draw"}'; nothing confirms it.
    """
    try:
        value = json.loads(message)
    except ValueError as error:
        raise click.UsageError(f"expected a JSON object, got something else: {error}") from None
    if not isinstance(value, dict) or not value:
        raise click.UsageError("expected a JSON object with at least one key")
    outcome = _instruct(invocation.host_socket, sessions, {"action": "raw", "message": value})
    tell_outcome(outcome, as_json=invocation.json)
    return exit_code(outcome.results, SENT)


def _color(text: str) -> str:
    from browser_host.protocol import colors  # noqa: PLC0415 - its tables are for this command alone

    value = colors.parse(text)
    if value is None:
        raise click.UsageError(f"{text[:64]!r} is no colour; give #rrggbb, rgb(…), hsl(…) or a CSS name")
    return value


def _instruct(socket: Path, sessions: Target, instruction: Mapping[str, Any]) -> Outcome:
    async def instruct() -> Outcome:
        async with ask(socket) as client:
            return await client.instruct(sessions, instruction)

    return asyncio.run(instruct())
