"""The entry point: the host's commands, and with them those that open the dashboard.

Textual is imported when a dashboard really opens: the commands of scripts start without it.
"""

import gc
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from browser_host.cli import simulated
from browser_host.cli.invocation import Invocation, with_hosts, with_invocation
from browser_host.cli.main import ALONE, cli, run
from browser_host.cli.output import say
from browser_host.cli.start_up import uncollected
from browser_host.errors import NoHost, UsageError

if TYPE_CHECKING:
    from browser_host.config.clients.client_settings import ClientSettings

MOST_SPEED = 1000.0
"""Seconds of a recording a second: an hour in four seconds."""

READ_ONLY = click.option("--read-only", is_flag=True, help="Change nothing.")


@click.command(ALONE, hidden=True)
@READ_ONLY
@with_hosts
@uncollected()
def alone(invocation: Invocation, *, read_only: bool) -> int:
    """The dashboard: on the configured hosts, else on the running one, else on one that it starts."""
    _need_terminal()
    from tui import dashboard  # noqa: PLC0415 - see the module

    if (hosts := invocation.hosts)[0].name:
        return dashboard.attach_all(invocation.client_settings(), hosts, read_only=read_only)
    settings = _at(invocation.host_socket, invocation)
    if dashboard.is_served(settings.socket):
        return dashboard.attach(settings, read_only=read_only)
    flags = (dashboard.READ_ONLY,) if read_only else ()
    return dashboard.own(settings, dashboard.arguments(invocation, settings.socket, *flags))


@click.command()
@READ_ONLY
@with_hosts
@uncollected()
def attach(invocation: Invocation, *, read_only: bool) -> int:
    """Open the dashboard on the running host, or on the configured ones."""
    from tui import dashboard  # noqa: PLC0415 - see the module

    if (hosts := invocation.hosts)[0].name:
        if not any(one.ssh or dashboard.is_served(one.socket) for one in hosts):
            raise NoHost(f"no host on {', '.join(str(one.socket) for one in hosts)}")
        _need_terminal()
        return dashboard.attach_all(invocation.client_settings(), hosts, read_only=read_only)
    settings = _at(invocation.host_socket, invocation)
    if not dashboard.is_served(settings.socket):
        raise NoHost(f"no host on {settings.socket}; start one with: watchdeck host")
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
@uncollected()
def demo(invocation: Invocation, sessions: int, rate: float, seed: int, *, read_only: bool) -> int:
    """Open the dashboard on simulated sessions."""
    _need_terminal()
    from tui import dashboard  # noqa: PLC0415 - see the module

    if invocation.config is None and not os.environ.get("WATCHDECK_CONFIG"):
        invocation = replace(invocation, config=Path(os.devnull))  # the default file is for real sessions
    settings = invocation.client_settings()
    socket = settings.socket
    if invocation.socket is None and dashboard.is_served(socket):
        socket = socket.with_name("demo.sock")
    if dashboard.is_served(socket):
        raise UsageError(f"a host serves {socket} already; choose another one with --socket")
    simulate = ("--simulate", str(sessions), "--rate", str(rate), "--seed", str(seed))
    flags = (dashboard.READ_ONLY,) if read_only else ()
    return dashboard.own(settings, dashboard.arguments(invocation, socket, *simulate, *flags), view="demo")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--speed",
    type=click.FloatRange(0, MOST_SPEED),
    default=4.0,
    show_default=True,
    help="Seconds of the recording a second.",
)
@click.option(
    "--at", "moment", metavar="TIME", help="Begin at 14:05:00, 2026-12-01T14:05, or 10m after its start."
)
@with_invocation
def replay(invocation: Invocation, file: Path, speed: float, moment: str | None) -> int:
    """Open the dashboard on a recording; nothing can be sent.

    FILE was made by watchdeck record. Left and right jump, [ and ] change the speed, all else is as always.
    """
    from tui import dashboard  # noqa: PLC0415 - see the module
    from tui.replay.playback import Playback, moment_of  # noqa: PLC0415 - see the module
    from tui.replay.recording_index import Recording  # noqa: PLC0415 - see the module

    say(f"reading {file} …")
    with Recording(file) as recording:
        if not recording.is_whole:
            say(f"{file} ends before its recorder stopped: it was killed, or still runs")
        at = recording.start
        if moment is not None:
            try:
                at = moment_of(moment, recording.start, recording.end)
            except ValueError as error:
                raise UsageError(f"--at: {error}") from None
        _need_terminal()
        playback = Playback(recording.start, recording.end, at, time.monotonic(), speed)
        return dashboard.replay(invocation.client_settings(), recording, playback)


def main() -> None:
    """Run `watchdeck`."""
    for command in (alone, attach, demo, replay):
        cli.add_command(command)
    try:
        run(cli)
    finally:
        # The process gives all back as it ends: to look for garbage first takes a tenth of a short command.
        gc.freeze()


def _at(socket: Path, invocation: Invocation) -> "ClientSettings":
    """The settings with the socket at which a host answers, maybe the other default place."""
    return replace(invocation.client_settings(), socket=socket)


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the dashboard needs a terminal on stdin and stdout; in scripts use: watchdeck list")
    if (term := os.environ.get("TERM", "")) in ("", "dumb"):
        raise UsageError(
            f"the dashboard needs a capable terminal, and TERM is {term or 'not set'}; "
            "use watchdeck list and watchdeck watch, or set TERM, such as xterm-256color"
        )
