"""`watchdeck add` and `remove`: choose which sessions are hosted."""

import sys
from collections.abc import Sequence

import click

from browser_host.api.replies import ArrivalState
from browser_host.api.schema import SCHEMA
from browser_host.cli.host_client import AnyClient, ask, ask_one, silent
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import line, report, say, tell
from browser_host.errors import Exit
from browser_host.host_names import host_of
from browser_host.hosts.resolve import resolved

_EXITS = {
    ArrivalState.LIVE: Exit.OK,
    ArrivalState.BLOCKED: Exit.FAILED,
    ArrivalState.REFUSED: Exit.FAILED,
    ArrivalState.PENDING: Exit.NOTHING_CONFIRMED,
}

_NOT_LIVE = {
    ArrivalState.BLOCKED: "blocked",
    ArrivalState.REFUSED: "refused, not added",
    ArrivalState.PENDING: "not live yet; the host keeps trying",
}

LINK_LIMIT = 8192
"""Most characters read from stdin for the link."""


@click.command()
@click.option("--url", metavar="URL", help="The watch link; '-' reads it from stdin, out of process lists.")
@click.option("--visitor", metavar="ID", help="The visitor's short id; the service provides the link.")
@click.option("--label", metavar="TEXT", help="The session's label; its id by default.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=15.0,
    show_default=True,
    metavar="S",
    help="Seconds to wait for the page.",
)
@click.option("--no-wait", is_flag=True, help="Don't wait for the page.")
@with_hosts
def add(
    invocation: Invocation,
    url: str | None,
    visitor: str | None,
    label: str | None,
    timeout: float,
    *,
    no_wait: bool,
) -> Exit:
    """Host a session, by watch link or visitor, and print its id.

    Waits until it is live (exit code 0), blocked or refused (1), or time runs out (4: the host keeps
    trying). A visitor refused by the service is not added.
    """
    if (url is None) == (visitor is None):
        raise click.UsageError(f"give either --url or --visitor; got {'neither' if url is None else 'both'}")
    link = None if url is None else _link(url)
    within_s = None if no_wait else timeout
    arrival = ask_one(
        invocation.one_host,
        lambda client: client.add(url=link, visitor=visitor, label=label, within_s=within_s),
    )
    if invocation.json:
        report(Exit.OK, lambda: tell({"schema": SCHEMA, "id": arrival.id}))
    elif arrival.state is not ArrivalState.REFUSED:
        report(Exit.OK, lambda: line(arrival.id))
    if no_wait:
        return Exit.OK
    if arrival.state is not ArrivalState.LIVE:
        say(f"{arrival.id}: {_NOT_LIVE[arrival.state]}{f': {arrival.text}' if arrival.text else ''}")
    return _EXITS[arrival.state]


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@with_hosts
def remove(invocation: Invocation, ids: tuple[str, ...]) -> Exit:
    """Remove sessions from the host without ending them."""
    removed = ask(invocation.hosts, lambda client: _remove(client, ids))
    if invocation.json:
        return report(Exit.OK, lambda: tell({"schema": SCHEMA, "removed": list(removed)}))
    say(f"{len(removed)} removed, not ended")
    return Exit.OK


def _link(url: str) -> str:
    """Checked here as well as in the host, so that a mistake shows without a host."""
    from browser_host.config.addresses import watch_link  # noqa: PLC0415 - `--help` needs no models

    try:
        return watch_link(sys.stdin.readline(LINK_LIMIT).strip() if url == "-" else url).reveal()
    except ValueError as error:
        raise click.UsageError(f"--url: {error}") from None


async def _remove(client: AnyClient, ids: Sequence[str]) -> Sequence[str]:
    known = [session.id for session in (await client.snapshot()).sessions]
    wanted = resolved(ids, known, silent(client), "nothing was removed")
    removed = [session_id for session_id in wanted if host_of(session_id) not in silent(client)]
    for session_id in removed:
        await client.remove(session_id)
    return removed
