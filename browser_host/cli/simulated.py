"""The options of simulated sessions, which several commands have."""

import click

MOST_HOSTED = 1_000
"""Simulated sessions that a host can be asked for: as many as it takes (`supervisor.rules.MAX_SESSIONS`)."""

rate = click.option(
    "--rate",
    type=click.FloatRange(0, 1000),
    default=1.0,
    show_default=True,
    help="Events a second of each.",
)
seed = click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed gives the same sessions."
)
