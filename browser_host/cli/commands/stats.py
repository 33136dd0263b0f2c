"""`watchdeck stats`: how many sessions, how long, and how they ended, read from the journal.

Hosts of `[[hosts]]` report what their own journals have.
"""

import shutil
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from browser_host.api.replies import Grouping, StatsReport, StatsRow
from browser_host.api.schema import SCHEMA
from browser_host.cli.charts import bars
from browser_host.cli.commands.history_commands import Ago
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import line, lines, table, tell
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import UsageError, WatchdeckError
from browser_host.sessions import json_codec
from browser_host.sessions.durations import short_age

if TYPE_CHECKING:
    from browser_host.api.schema import DiscoveryView

PLOTS = (".svg", ".png")
ANSWER_S = 3.0
"""Seconds for a host to say how many links were used; the journal has all else."""

_MINUTE = 60.0


@click.command()
@click.option(
    "--since",
    type=Ago(),
    default="24h",
    show_default=True,
    metavar="DURATION",
    help="Count the last DURATION.",
)
@click.option(
    "--by",
    "grouping",
    type=click.Choice([one.value for one in Grouping]),
    default=Grouping.STATUS.value,
    show_default=True,
    help="Time in each status, or all time of the sessions by label, how they ended, or who ended them.",
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help="Write a chart, .svg or .png.")
@with_hosts
def stats(invocation: Invocation, since: float, grouping: str, plot: Path | None) -> None:
    """Show how many sessions, how long in each status, how they ended.

    Times are seconds of a session within the last DURATION, as the median and the 95th percentile over the
    sessions of a row.
    """
    if plot is not None and plot.suffix.lower() not in PLOTS:
        raise UsageError(
            f"--plot: {plot.name} has no known format; expected a name that ends in .svg or .png"
        )
    by, hosts = Grouping(grouping), invocation.hosts
    if hosts[0].name:
        report, never_active = ask(hosts, lambda client: client.stats(time.time() - since, by)), None
    else:
        report, never_active = _of_journal(invocation, since, by)
    if plot is not None:
        from browser_host.cli.charts import plot as plots  # noqa: PLC0415 - matplotlib takes a second to load

        plots.save(report, by, plot)
    if invocation.json:
        tell({"schema": SCHEMA, **json_codec.to_json(report)})
        return
    _show(report, by)
    if never_active is not None:
        line(f"never active: {never_active}")
    if (discovery := _discovery(hosts)) is not None:
        held = f"{discovery.held} of {discovery.ceiling} sessions held by discovery"
        line(f"links: {discovery.links_this_hour} requested in the last hour; {held}")


def _of_journal(invocation: Invocation, since: float, by: Grouping) -> tuple[StatsReport, int]:
    """The report, and how many sessions were never active, with or without a running host."""
    # `--help` needs neither database nor models.
    from browser_host.journal.reader import Reader  # noqa: PLC0415
    from browser_host.supervisor.audit import journal_lives, statistics  # noqa: PLC0415

    now = time.time()
    with Reader(invocation.configuration().settings.journal.path) as reader:
        lives, window = journal_lives.read(reader, now - since, now)
    return statistics.report(lives, window, by), statistics.never_active(lives, window)


def _show(report: StatsReport, grouping: Grouping) -> None:
    header = (grouping.name, "SESSIONS", "MEDIAN", "P95")
    if report.rows:
        table(header, [_row(row) for row in report.rows])
    if sys.stdout.isatty():
        lines(bars.chart(report.rows, shutil.get_terminal_size().columns, sys.stdout.encoding))
    since = datetime.fromtimestamp(report.since).astimezone().isoformat(" ", "seconds")
    line(f"sessions since {since}: {report.sessions}")
    ended = json_codec.to_json(report.ended)
    line("ended: " + ", ".join(f"{count} by {by}" for by, count in ended.items() if by != "lost"))
    line(f"lost: {report.ended.lost}")


def _row(row: StatsRow) -> tuple[str, ...]:
    return row.key or "-", str(row.sessions), _shown(row.median_s), _shown(row.p95_s)


def _shown(seconds: float) -> str:
    return f"{seconds:.1f}s" if seconds < _MINUTE else short_age(seconds)


def _discovery(hosts: Sequence[HostAddress]) -> "DiscoveryView | None":
    """What the running host says of its discovery; None without one."""
    try:
        return ask(hosts, lambda client: client.snapshot(), answer_s=ANSWER_S).host.discovery
    except WatchdeckError:
        return None
