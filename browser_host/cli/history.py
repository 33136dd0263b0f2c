"""`watchdeck history` and `watchdeck audit`: the journal, read with or without a running host."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli.invocation import Invocation, common, with_invocation
from browser_host.cli.output import columns, line, say, tell
from browser_host.errors import Exit
from browser_host.sessions.durations import OFF, parse_duration

if TYPE_CHECKING:
    from browser_host.journal.chain import Mark
    from browser_host.journal.reader import Reader
    from browser_host.journal.verdict import Verdict

LIMIT = 1000
"""Entries shown where no other number is asked for."""

HEADER = ("SEQ", "AT", "BY", "CLIENT", "ACTION", "SESSION", "LABEL", "OUTCOME", "TEXT")


class Ago(click.ParamType[float]):
    """A duration such as `1h`, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds of the duration as written; without an end is none."""
        try:
            seconds = parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds == OFF:
            self.fail("a time to look back over has a length, such as 1h", param, ctx)
        return seconds


class NotedMark(click.ParamType["Mark"]):
    """A mark as `audit verify` printed it."""

    name = "mark"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Mark":
        """The mark as written."""
        from browser_host.journal.chain import Mark  # noqa: PLC0415 - `--help` needs no hashes

        try:
            return Mark.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--session", metavar="ID", help="Of one session.")
@click.option("--since", type=Ago(), metavar="DURATION", help="Not older than this, such as 1h.")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=LIMIT, show_default=True, help="The newest so many."
)
@with_invocation
def history(invocation: Invocation, session: str | None, since: float | None, limit: int) -> None:
    """What happened, who did it, and what became of it; the newest last."""
    moment = None if since is None else time.time() - since
    with _reader(invocation) as reader:
        entries = reader.history(since=moment, session=session, limit=limit)
    if invocation.json:
        tell({"schema": SCHEMA, "entries": list(entries)})
        return
    if entries:
        for row in columns(HEADER, [_row(entry) for entry in entries]):
            line(row)
    say(
        f"{len(entries)} entries"
        + ("; there may be older ones, see --limit" if len(entries) == limit else "")
    )


@click.group()
@common
def audit() -> None:
    """The journal as evidence: is it whole, and all of it as JSON lines."""


@audit.command("verify")
@click.option("--noted", type=NotedMark(), metavar="SEQ:HASH", help="A head noted down elsewhere, earlier.")
@with_invocation
def audit_verify(invocation: Invocation, noted: "Mark | None") -> Exit:
    """Follow the chain of hashes; exit code 1 names the first row that is tampered with, missing or moved.

    Whoever may write the journal's file may also compute its hashes anew. Note the head that this prints on
    another machine, and give it back with --noted: it alone shows a chain that was rewritten as a whole.
    """
    with _reader(invocation) as reader:
        verdict = reader.verify(noted)
    if invocation.json:
        tell(_document(verdict))
    else:
        for remark in verdict.remarks:
            say(f"note: {remark}")
        line(f"unsound: {verdict.finding.text}" if verdict.finding else f"sound: {verdict.rows} rows")
        line(f"{'last sound row' if verdict.finding else 'head'} {verdict.head}")
    return Exit.FAILED if verdict.finding else Exit.OK


@audit.command("export")
@with_invocation
def audit_export(invocation: Invocation) -> None:
    """Every entry with its hashes, oldest first, a line of JSON each."""
    with _reader(invocation) as reader:
        for entry in reader.export():
            tell(entry)


def _reader(invocation: Invocation) -> "Reader":
    from browser_host.journal.reader import Reader  # noqa: PLC0415 - `--help` needs no database

    return Reader(invocation.configuration().settings.journal.path)


def _row(entry: Mapping[str, Any]) -> Sequence[str]:
    at = entry["at"] and datetime.fromisoformat(entry["at"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    names = ("by", "client", "action", "session", "label", "outcome")
    return (str(entry["seq"]), at or "?", *(entry[name] or "-" for name in names), entry["text"] or "")


def _document(verdict: "Verdict") -> Mapping[str, Any]:
    found = verdict.finding
    return {
        "schema": SCHEMA,
        "sound": found is None,
        "rows": verdict.rows,
        "first": verdict.first,
        "head": str(verdict.head),
        "finding": found and {"flaw": found.flaw, "seq": found.seq, "text": found.text},
        "remarks": list(verdict.remarks),
    }
