"""What the command line and the environment say, besides what the file does."""

import os
from dataclasses import dataclass
from pathlib import Path

from browser_host.config import paths
from browser_host.errors import UsageError
from browser_host.text_files import trimmed

CONFIG_VARIABLE = "WATCHDECK_CONFIG"
SOCKET_VARIABLE = "WATCHDECK_SOCKET"

DEFAULT = "default"
"""The origin of a value that nothing sets (`loader.Configuration.origin`)."""

STAY = b"stay\n"
"""What a failing dashboard writes to its host's lifeline, so that the host survives it."""


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How to run this host.

    Args:
        simulate: number of sessions of the built-in simulator, or None for the configured ones.
        rate: events per second of each simulated session.
        seed: of the simulator's random generator, to repeat a run.
        lifeline: stop when standard input closes (the dashboard that started it is gone).
    """

    simulate: int | None = None
    rate: float = 1.0
    seed: int = 7
    lifeline: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A value that overrides the file's.

    Args:
        origin: where it came from, such as `flag --socket`.
    """

    section: str
    name: str
    value: object
    origin: str


def socket_override(text: str, origin: str) -> Override:
    """The socket named by the environment or a flag; relative to the working directory."""
    return Override("host", "socket", str(_expanded(text, origin).absolute()), origin)


def from_environment() -> list[Override]:
    """What the environment sets."""
    text = trimmed(os.environ.get(SOCKET_VARIABLE, ""))
    return [socket_override(text, f"environment {SOCKET_VARIABLE}")] if text else []


def locate(path: Path | None = None) -> Path:
    """The path of the configuration.

    Args:
        path: the flag's; overrides the environment's and the default.
    """
    text = named(path)
    return _expanded(text, "the configuration's place") if text else paths.config_file()


def named(path: Path | None) -> str:
    """The path as the flag or the environment has it; empty for the default one, which need not exist."""
    return str(path) if path is not None else trimmed(os.environ.get(CONFIG_VARIABLE, ""))


def _expanded(text: str, origin: str) -> Path:
    try:
        return paths.expanded(text, Path())
    except ValueError as error:
        raise UsageError(f"{origin}: {error}") from None
