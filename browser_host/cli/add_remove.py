"""`watchdeck add` and `remove`: which sessions are hosted."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli.asking import ask
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.output import line, say, tell
from browser_host.errors import UnknownSession

LINK_LIMIT = 8192
"""Characters read from stdin in search of the link's line."""


@click.command()
@click.option(
    "--url", metavar="URL", help="The watch link; '-' reads it from stdin, which no process list shows."
)
@click.option("--visitor", metavar="ID", help="The visitor's short id; the service is asked for a link.")
@click.option("--label", metavar="TEXT", help="What the session is called; its id unless given.")
@with_invocation
def add(invocation: Invocation, url: str | None, visitor: str | None, label: str | None) -> None:
    """Host one more session, by its watch link or its visitor, and print its id."""
    if (url is None) == (visitor is None):
        raise click.UsageError(f"give either --url or --visitor; got {'neither' if url is None else 'both'}")
    link = None if url is None else _link(url)
    session_id = asyncio.run(_add(invocation.host_socket, link, visitor, label))
    if invocation.json:
        tell({"schema": SCHEMA, "id": session_id})
    else:
        line(session_id)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@with_invocation
def remove(invocation: Invocation, ids: tuple[str, ...]) -> None:
    """Forget sessions without ending them."""
    wanted = tuple(dict.fromkeys(ids))
    asyncio.run(_remove(invocation.host_socket, wanted))
    if invocation.json:
        tell({"schema": SCHEMA, "removed": list(wanted)})
    else:
        say(f"{len(wanted)} removed; they were not ended")


def _link(url: str) -> str:
    """Checked here as well as at the host, so that a mistake is told without one."""
    from browser_host.config.addresses import watch_link  # noqa: PLC0415 - `--help` needs no models

    try:
        return watch_link(sys.stdin.readline(LINK_LIMIT).strip() if url == "-" else url).reveal()
    except ValueError as error:
        raise click.UsageError(f"--url: {error}") from None


async def _add(socket: Path, url: str | None, visitor: str | None, label: str | None) -> str:
    async with ask(socket) as client:
        return await client.add(url=url, visitor=visitor, label=label)


async def _remove(socket: Path, ids: Sequence[str]) -> None:
    async with ask(socket) as client:
        known = {session.id for session in (await client.snapshot()).sessions}
        unknown = [session_id for session_id in ids if session_id not in known]
        if unknown:
            raise UnknownSession(f"no session has the id {', '.join(unknown)}; nothing was removed")
        for session_id in ids:
            await client.remove(session_id)
