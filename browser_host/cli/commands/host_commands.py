"""`watchdeck host` and `watchdeck stop`."""

import contextlib
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from browser_host.api.schema import SCHEMA
from browser_host.browsers.launch.driver_environment import withhold
from browser_host.cli import launch, simulated
from browser_host.cli.host_client import ask_one
from browser_host.cli.invocation import Invocation, with_hosts, with_invocation
from browser_host.cli.output import say, tell
from browser_host.cli.start_up import uncollected
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit, NoHost, WatchdeckError

if TYPE_CHECKING:
    from browser_host.api.client import HostClient
    from browser_host.config import HostOptions

STOP_WITHIN_S = 15.0
"""Seconds until the socket must be gone; the host stops within ten."""

LOOK_EVERY_S = 0.05

IGNORED = "{} of the environment would steer the browser's driver, and is ignored"

NEEDS_INIT = "pid 1 reaps no processes that browsers leave: use an init, such as docker run --init"


@click.command()
@click.option(
    "--simulate",
    type=click.IntRange(1, simulated.MOST_HOSTED),
    metavar="N",
    help="Host N simulated sessions instead.",
)
@simulated.rate
@simulated.seed
@click.option("--read-only", is_flag=True, help="Refuse everything that changes a session.")
@click.option("--lifeline", is_flag=True, help="Stop when stdin closes.")
@click.option("--detach", is_flag=True, help="Start in the background; return once it serves.")
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
    """Host the configured sessions until SIGINT or SIGTERM.

    Prints one line of JSON, {"ready": true, …}, once it serves. SIGHUP reloads the configuration.
    """
    from browser_host.config import HostOptions, Override, paths  # noqa: PLC0415 - `--help` needs no models

    overrides = [Override("host", "read_only", value=True, origin="flag --read-only")] if read_only else []
    configuration = invocation.configuration(*overrides)
    withheld = withhold(os.environ)
    ignored = [IGNORED.format(", ".join(withheld))] if withheld else []
    for sentence in (*configuration.warnings, *ignored, *_alone(os.getpid())):
        say(f"watchdeck: warning: {sentence}")
    options = HostOptions(simulate=simulate, rate=rate, seed=seed, lifeline=lifeline)
    if detach:
        if lifeline:
            raise click.UsageError("--lifeline and --detach exclude each other")
        flags = ("--read-only",) if read_only else ()
        return _detach(
            invocation, paths.beside_log(configuration.settings.log.path, launch.TALK), options, *flags
        )
    with uncollected():
        from browser_host.supervisor.process.host import run_host  # noqa: PLC0415 - the whole host

    # A file that has disappeared is an error to report, not an empty configuration.
    again = replace(invocation, config=configuration.path) if configuration.found else invocation
    return run_host(configuration.settings, options, lambda: again.configuration(*overrides).settings)


def _alone(pid: int) -> Sequence[str]:
    """Warn in a container without an init."""
    return (NEEDS_INIT,) if pid == 1 else ()


def _detach(invocation: Invocation, talk: Path, options: "HostOptions", *flags: str) -> int:
    """Start a host that outlives this command, and print its ready line."""
    simulate = ("--simulate", str(options.simulate)) if options.simulate is not None else ()
    pace = ("--rate", str(options.rate), "--seed", str(options.seed))
    arguments = launch.arguments(invocation, *simulate, *pace, *flags)
    started = launch.launch(launch.HostCommand(arguments, talk), say, stdin=subprocess.DEVNULL)
    tell(started.ready)
    return Exit.OK


@click.command()
@with_hosts
def stop(invocation: Invocation) -> None:
    """Stop the host and wait until it has stopped."""
    address = invocation.one_host
    if not (_stop_here(address) if address.ssh is None else ask_one(address, _stop_there)):
        raise WatchdeckError(f"the host on {address.socket} did not stop within {STOP_WITHIN_S:.0f} s")
    if invocation.json:
        tell({"schema": SCHEMA, "stopped": True})
    else:
        say("host stopped")


def _stop_here(address: HostAddress) -> bool:
    """Stop a host of this machine; whether its socket is gone in time."""
    deadline = time.monotonic() + STOP_WITHIN_S
    ask_one(address, lambda client: client.stop())
    while address.socket.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


async def _stop_there(client: "HostClient") -> bool:
    """Stop a host of another machine; whether it no longer answers in time."""
    import asyncio  # noqa: PLC0415 - see `ask_one`

    deadline = time.monotonic() + STOP_WITHIN_S
    await client.stop()
    with contextlib.suppress(NoHost):
        while time.monotonic() < deadline:
            await client.health()
            await asyncio.sleep(LOOK_EVERY_S)
        return False
    return True
