"""What a host is told on its command line beyond the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How this one host is to run.

    Args:
        simulate: number of sessions of the built-in simulator, or None for the configured ones.
        rate: events a second that each simulated session sends.
        seed: of the simulator's randomness, so that a run can be repeated.
        lifeline: end in order as soon as standard input closes (the dashboard that started it is gone).
    """

    simulate: int | None = None
    rate: float = 1.0
    seed: int = 7
    lifeline: bool = False
