"""`watchdeck history` and `watchdeck audit`: the journal, read with or without a running host.

Hosts of `[[hosts]]` report what their own journals have.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, common, with_hosts, with_invocation
from browser_host.cli.output import line, say, table, tell
from browser_host.errors import Exit
from browser_host.sessions.durations import OFF, parse_duration

if TYPE_CHECKING:
    from browser_host.journal.chain import Mark
    from browser_host.journal.reader import Reader
    from browser_host.journal.verify import Verification

LIMIT = 1000
"""Entries shown by default."""

HEADER = ("SEQ", "AT", "BY", "CLIENT", "ACTION", "SESSION", "LABEL", "OUTCOME", "TEXT")


class Ago(click.ParamType[float]):
    """A duration such as `1h`, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds of the duration; `off` is refused."""
        try:
            seconds = parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds == OFF:
            self.fail("expected a duration such as 1h", param, ctx)
        return seconds


class NotedMark(click.ParamType["Mark"]):
    """A mark in the form that `audit verify` prints."""

    name = "mark"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Mark":
        """The parsed mark."""
        from browser_host.journal.chain import Mark  # noqa: PLC0415 - `--help` needs no hashes

        try:
            return Mark.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--session", metavar="ID", help="Entries of one session.")
@click.option("--since", type=Ago(), metavar="DURATION", help="Entries of the last DURATION, such as 1h.")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=LIMIT, show_default=True, help="Most entries shown."
)
@click.option("--reported", is_flag=True, help="Include what the pages reported.")
@click.option("--filter", "expression", default="", metavar="EXPR", help="Such as 'action:endSession !ada'.")
@with_hosts
def history(
    invocation: Invocation,
    session: str | None,
    since: float | None,
    limit: int,
    expression: str,
    *,
    reported: bool,
) -> None:
    """Show what people and rules did, with results; newest last.

    EXPR is words that an entry must contain, 'column:word' for one column (by, client, action, session,
    label, outcome, text), and '!' before a word that it must not contain.
    """
    moment = None if since is None else time.time() - since
    hosts = invocation.hosts
    if hosts[0].name:
        entries: Sequence[Mapping[str, Any]] = ask(
            hosts,
            lambda client: client.history(
                session, limit, since=moment, reported=reported, expression=expression or None
            ),
        )
    else:
        with _reader(invocation) as reader:
            entries = reader.history(
                since=moment, session=session, limit=limit, reported=reported, expression=expression
            )
    if invocation.json:
        tell({"schema": SCHEMA, "entries": list(entries)})
        return
    if entries:
        table(HEADER, [_row(entry) for entry in entries])
    say(f"{len(entries)} entries" + ("; older ones may exist, see --limit" if len(entries) == limit else ""))


@click.group()
@common
def audit() -> None:
    """Verify the journal, or export it as JSON lines."""


@audit.command("verify")
@click.option("--noted", type=NotedMark(), metavar="SEQ:HASH", help="A head noted earlier, elsewhere.")
@with_invocation
def audit_verify(invocation: Invocation, noted: "Mark | None") -> Exit:
    """Verify the journal's hash chain; exit code 1 if it is broken.

    Names the first row that was changed, is missing or moved. Whoever can write the file can also recompute
    all hashes: note the printed head on another machine and pass it with --noted to detect that.
    """
    with _reader(invocation) as reader:
        verified = reader.verify(noted)
    if invocation.json:
        tell(_document(verified))
    else:
        for remark in verified.remarks:
            say(f"note: {remark}")
        line(f"unsound: {verified.finding.text}" if verified.finding else f"sound: {verified.rows} rows")
        line(f"{'last sound row' if verified.finding else 'head'} {verified.head}")
    return Exit.FAILED if verified.finding else Exit.OK


@audit.command("export")
@with_invocation
def audit_export(invocation: Invocation) -> None:
    """Print every entry with its hashes as JSON lines, oldest first."""
    with _reader(invocation) as reader:
        for entry in reader.export():
            tell(entry)


def _reader(invocation: Invocation) -> "Reader":
    from browser_host.journal.reader import Reader  # noqa: PLC0415 - `--help` needs no database

    return Reader(invocation.configuration().settings.journal.path)


def _row(entry: Mapping[str, Any]) -> Sequence[str]:
    at = entry["at"] and datetime.fromisoformat(entry["at"]).astimezone().isoformat(" ", "seconds")
    names = ("by", "client", "action", "session", "label", "outcome")
    return (str(entry["seq"]), at or "?", *(entry[name] or "-" for name in names), entry["text"] or "")


def _document(verified: "Verification") -> Mapping[str, Any]:
    found = verified.finding
    return {
        "schema": SCHEMA,
        "sound": found is None,
        "rows": verified.rows,
        "first": verified.first,
        "head": str(verified.head),
        "finding": found and {"flaw": found.flaw, "seq": found.seq, "text": found.text},
        "remarks": list(verified.remarks),
    }
