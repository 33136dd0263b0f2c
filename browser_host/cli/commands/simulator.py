"""`watchdeck simulator`: the simulated service without a host."""

import click

from browser_host.cli import simulated
from browser_host.cli.invocation import Invocation, with_invocation


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, show_default=True, help="0 takes a free one."
)
@click.option(
    "--sessions", type=click.IntRange(1, 5000), default=12, show_default=True, help="Number of sessions."
)
@simulated.rate
@simulated.seed
@click.option(
    "--scenario",
    default="demo",
    show_default=True,
    metavar="NAME",
    help="What the pages do: 'demo', 'faults', a behaviour, or several with commas.",
)
@with_invocation
def simulator(_: Invocation, port: int, sessions: int, rate: float, seed: int, scenario: str) -> None:
    """Serve simulated watch pages and a REST service on 127.0.0.1.

    Prints one line of JSON with its address, its key and its watch links, in the clear: they are its own.
    """
    from browser_host.simulator.server import run  # noqa: PLC0415 - the whole simulator
    from browser_host.simulator.settings import SimulatorSettings  # noqa: PLC0415 - as above

    run(SimulatorSettings(sessions=sessions, rate=rate, seed=seed, scenario=scenario, port=port))
