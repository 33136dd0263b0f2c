"""`watchdeck host` and `watchdeck stop`."""

import asyncio
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli import launch, simulated
from browser_host.cli.asking import ask
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.output import say, tell
from browser_host.errors import Exit, WatchdeckError

if TYPE_CHECKING:
    from browser_host.config import HostOptions

STOP_WITHIN_S = 15.0
"""Seconds until the socket must be gone; the host promises to end within ten."""

LOOK_EVERY_S = 0.05


@click.command()
@click.option(
    "--simulate",
    type=click.IntRange(1, simulated.MOST_HOSTED),
    metavar="N",
    help="N simulated sessions instead.",
)
@simulated.rate
@simulated.seed
@click.option("--read-only", is_flag=True, help="Refuse whatever changes a session.")
@click.option("--lifeline", is_flag=True, help="End as soon as stdin closes.")
@click.option("--detach", is_flag=True, help="Start it apart from this terminal, and return once it serves.")
@with_invocation
def host(
    invocation: Invocation,
    simulate: int | None,
    rate: float,
    seed: int,
    *,
    read_only: bool,
    lifeline: bool,
    detach: bool,
) -> int:
    """Host the configured sessions in the foreground, until SIGINT or SIGTERM.

    Prints one line of JSON, {"ready": true, …}, when it serves. SIGHUP reads the configuration anew.
    """
    from browser_host.config import HostOptions, Override  # noqa: PLC0415 - `--help` needs no models

    overrides = [Override("host", "read_only", value=True, origin="flag --read-only")] if read_only else []
    configuration = invocation.configuration(*overrides)
    options = HostOptions(simulate=simulate, rate=rate, seed=seed, lifeline=lifeline)
    if detach:
        if lifeline:
            raise click.UsageError("--lifeline holds a host that --detach would let go; choose one of them")
        flags = ("--read-only",) if read_only else ()
        return _detach(invocation, configuration.settings.log.path.with_name(launch.TALK), options, *flags)
    from browser_host.supervisor.process import run_host  # noqa: PLC0415 - the whole host

    # A file that was there and is gone is a mistake to be told, not a configuration of nothing.
    again = replace(invocation, config=configuration.path) if configuration.found else invocation
    return run_host(configuration.settings, options, lambda: again.configuration(*overrides).settings)


def _detach(invocation: Invocation, talk: Path, options: "HostOptions", *flags: str) -> int:
    """Starts a host that nothing of this call holds, and says on stdout what it said."""
    simulate = ("--simulate", str(options.simulate)) if options.simulate is not None else ()
    pace = ("--rate", str(options.rate), "--seed", str(options.seed))
    arguments = launch.arguments(invocation, *simulate, *pace, *flags)
    started = launch.launch(launch.HostCommand(arguments, talk), say, stdin=subprocess.DEVNULL)
    tell(started.ready)
    return Exit.OK


@click.command()
@with_invocation
def stop(invocation: Invocation) -> None:
    """Ask the host to end in order, and wait until it has."""
    socket = invocation.host_socket
    asyncio.run(_stop(socket))
    if invocation.json:
        tell({"schema": SCHEMA, "stopped": True})
    else:
        say("the host has stopped")


async def _stop(socket: Path) -> None:
    deadline = time.monotonic() + STOP_WITHIN_S
    async with ask(socket) as client:
        await client.stop()
        while _is_there(socket):
            if time.monotonic() > deadline:
                raise WatchdeckError(
                    f"the host on {socket} still serves, {STOP_WITHIN_S:.0f} s after it was asked to stop"
                )
            await asyncio.sleep(LOOK_EVERY_S)


def _is_there(socket: Path) -> bool:
    """A look at the file system takes no time worth a thread."""
    return socket.exists()
