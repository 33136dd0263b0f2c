"""What every command is told the same way: `--config`, `--socket`, `--json`, before or after its name."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from browser_host.cli.output import say

if TYPE_CHECKING:
    from browser_host.config import Configuration, Override

P = ParamSpec("P")
R = TypeVar("R")

_PLACE = "watchdeck."


@dataclass(frozen=True, slots=True)
class Invocation:
    """The common options of this call.

    Args:
        config: the configuration's file, None for the environment's or the default.
        socket: the host's socket as written, None for the environment's, the file's or the default.
        json: answer with the contract's documents.
    """

    config: Path | None
    socket: str | None
    json: bool

    def configuration(self, *overrides: "Override") -> "Configuration":
        """The settings that hold for this call.

        Args:
            overrides: further flags of the command.

        Raises:
            ConfigurationError: with every mistake at once.
            UsageError: the configuration can't be read.
        """
        from browser_host.config import load, socket_override  # noqa: PLC0415 - `--help` needs no models

        named = [socket_override(self.socket, "flag --socket")] if self.socket else []
        return load(self.config, [*named, *overrides])

    @property
    def host_socket(self) -> Path:
        """The socket to speak to; where the call or the environment names it, a file with mistakes is no bar.

        A host goes on with what it read before, whatever becomes of the file: so must those who speak to it.

        Raises:
            ConfigurationError: nothing but the file could name the socket.
        """
        from browser_host.config import SOCKET_VARIABLE, ConfigurationError  # noqa: PLC0415 - as above

        try:
            return self.configuration().settings.host.socket
        except ConfigurationError as error:
            if not self.socket and not os.environ.get(SOCKET_VARIABLE):
                raise
            say(f"{error}; the socket is named, so the host is asked all the same")
        return replace(self, config=Path(os.devnull)).configuration().settings.host.socket


def current() -> Invocation:
    """The common options of the command that runs now; the one nearest to the command's end wins."""
    meta = click.get_current_context().meta
    config = meta.get(f"{_PLACE}config")
    return Invocation(
        Path(config) if config else None, meta.get(f"{_PLACE}socket"), bool(meta.get(f"{_PLACE}json"))
    )


def common(command: Callable[P, R]) -> Callable[P, R]:
    """Adds the common options to a command or group; `current` and `with_invocation` read them."""
    for decorate in reversed(
        (
            click.option("--config", metavar="PATH", help="Configuration (WATCHDECK_CONFIG).", **_REMEMBERED),
            click.option(
                "--socket", metavar="PATH", help="The host's socket (WATCHDECK_SOCKET).", **_REMEMBERED
            ),
            click.option("--json", is_flag=True, help="Answer as JSON.", **_REMEMBERED),
        )
    ):
        command = decorate(command)
    return command


def with_invocation(command: Callable[Concatenate[Invocation, P], R]) -> Callable[P, R]:
    """Adds the common options to a command and gives them to it as its first argument."""

    @wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(current(), *args, **kwargs)

    return common(call)


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value and option.name:
        context.meta[_PLACE + option.name] = value


_REMEMBERED: dict[str, Any] = {"expose_value": False, "callback": _remember}
