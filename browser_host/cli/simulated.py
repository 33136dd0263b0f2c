"""The options of simulated sessions, which several commands have."""

import click

MOST_HOSTED = 1_000
"""Most simulated sessions of a host: as many as it accepts (`supervisor.policy.MAX_SESSIONS`)."""

rate = click.option(
    "--rate",
    type=click.FloatRange(0, 1000),
    default=1.0,
    show_default=True,
    help="Events per second of each.",
)
seed = click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed gives the same sessions."
)
