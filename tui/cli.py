"""The entry point: the host's commands, and with them those that open the dashboard.

Textual is imported when a dashboard really opens: the commands of scripts start without it.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from browser_host.cli import simulated
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.main import ALONE, cli, run
from browser_host.errors import NoHost, UsageError

READ_ONLY = click.option("--read-only", is_flag=True, help="Change nothing; the own host refuses it too.")


@click.command(ALONE, hidden=True)
@READ_ONLY
@with_invocation
def alone(invocation: Invocation, *, read_only: bool) -> int:
    """The dashboard: on the running host, else on one of its own that it stops on leaving."""
    _need_terminal()
    from tui import dashboard  # noqa: PLC0415 - see the module

    settings = invocation.configuration().settings
    if dashboard.is_served(settings.host.socket):
        return dashboard.attach(settings, read_only=read_only)
    flags = (dashboard.READ_ONLY,) if read_only else ()
    return dashboard.own(settings, dashboard.arguments(invocation, settings.host.socket, *flags))


@click.command()
@READ_ONLY
@with_invocation
def attach(invocation: Invocation, *, read_only: bool) -> int:
    """The dashboard on the running host."""
    from tui import dashboard  # noqa: PLC0415 - see the module

    settings = invocation.configuration().settings
    if not dashboard.is_served(settings.host.socket):
        raise NoHost(f"no host on {settings.host.socket}; start one with: watchdeck host")
    _need_terminal()
    return dashboard.attach(settings, read_only=read_only)


@click.command()
@click.option(
    "--sessions",
    type=click.IntRange(1, simulated.MOST_HOSTED),
    default=12,
    show_default=True,
    help="How many.",
)
@simulated.rate
@simulated.seed
@READ_ONLY
@with_invocation
def demo(invocation: Invocation, sessions: int, rate: float, seed: int, *, read_only: bool) -> int:
    """Simulated sessions, a host and the dashboard in one go; needs no configuration and no key."""
    _need_terminal()
    from tui import dashboard  # noqa: PLC0415 - see the module

    if invocation.config is None and not os.environ.get("WATCHDECK_CONFIG"):
        invocation = replace(invocation, config=Path(os.devnull))  # the default file is for real sessions
    settings = invocation.configuration().settings
    socket = settings.host.socket
    if invocation.socket is None and dashboard.is_served(socket):
        socket = socket.with_name("demo.sock")
    if dashboard.is_served(socket):
        raise UsageError(f"a host serves {socket} already; name another place with --socket")
    simulate = ("--simulate", str(sessions), "--rate", str(rate), "--seed", str(seed))
    flags = (dashboard.READ_ONLY,) if read_only else ()
    return dashboard.own(settings, dashboard.arguments(invocation, socket, *simulate, *flags), view="demo")


def main() -> None:
    """What `watchdeck` runs."""
    for command in (alone, attach, demo):
        cli.add_command(command)
    run(cli)


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the dashboard needs a terminal on stdin and stdout; for scripts there is: watchdeck list"
        )
