"""`watchdeck host` and `watchdeck stop`."""

import asyncio
import time
from pathlib import Path

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli import simulated
from browser_host.cli.asking import ask
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.output import say, tell
from browser_host.errors import WatchdeckError

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
@with_invocation
def host(
    invocation: Invocation, simulate: int | None, rate: float, seed: int, *, read_only: bool, lifeline: bool
) -> int:
    """Host the configured sessions in the foreground, until SIGINT or SIGTERM.

    Prints one line of JSON, {"ready": true, …}, when it serves.
    """
    from browser_host.config import HostOptions, Override  # noqa: PLC0415 - `--help` needs no models
    from browser_host.supervisor.process import run_host  # noqa: PLC0415 - the whole host

    overrides = [Override("host", "read_only", value=True, origin="flag --read-only")] if read_only else []
    settings = invocation.configuration(*overrides).settings
    return run_host(settings, HostOptions(simulate=simulate, rate=rate, seed=seed, lifeline=lifeline))


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
