"""The options of every command: `--config`, `--socket`, `--host` and `--json`, before or after its name."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from browser_host.cli.output import has_failed_hosts, say
from browser_host.config import SOCKET_VARIABLE, ConfigurationError, Override, paths, socket_override
from browser_host.errors import Exit, UsageError

if TYPE_CHECKING:
    from browser_host.config import Configuration
    from browser_host.config.clients.client_settings import ClientSettings
    from browser_host.config.clients.host_address import HostAddress

P = ParamSpec("P")
R = TypeVar("R")

ANSWERS_WITHIN_S = 1.0
"""Seconds for the kernel to accept a connection; a host with a full backlog counts as running."""

_PLACE = "watchdeck."


@dataclass(frozen=True, slots=True)
class Invocation:
    """The common options of this call.

    Args:
        config: the configuration's file, None for the environment's or the default.
        socket: the host's socket as written, None for the environment's, the file's or the default.
        json: answer with the contract's documents.
        host: the name of one of `[[hosts]]`, None for all of them.
    """

    config: Path | None
    socket: str | None
    json: bool
    host: str | None = None

    def configuration(self, *overrides: Override) -> "Configuration":
        """The settings for this call.

        Args:
            overrides: further flags of the command.

        Raises:
            ConfigurationError: with every mistake at once.
            UsageError: the configuration can't be read.
        """
        from browser_host.config import load  # noqa: PLC0415 - most commands need no models

        return load(self.config, [*self._flags(), *overrides])

    def client_settings(self) -> "ClientSettings":
        """What the dashboard and the commands need of the settings for this call; quicker than all of them.

        Raises:
            ConfigurationError: with every mistake at once.
            UsageError: the configuration can't be read.
        """
        from browser_host.config.clients.client_settings import (  # noqa: PLC0415 - `--help` needs none
            client_settings,
        )

        return client_settings(self.config, self._flags())

    def _flags(self) -> list[Override]:
        return [socket_override(self.socket, "flag --socket")] if self.socket else []

    @property
    def host_socket(self) -> Path:
        """The socket to use; if a flag or the environment names it, mistakes in the file do not matter.

        A host keeps the configuration it read, so its clients must work whatever happens to the file.

        Raises:
            ConfigurationError: only the file could name the socket.
        """
        try:
            return _served(self.client_settings())
        except ConfigurationError as error:
            if not self.socket and not os.environ.get(SOCKET_VARIABLE):
                raise
            say(f"{error}; continuing, because the socket is given")
        return replace(self, config=Path(os.devnull)).client_settings().socket

    @property
    def hosts(self) -> "tuple[HostAddress, ...]":
        """The hosts that this call is for: those of `[[hosts]]`, the chosen one of them, or the only one.

        A socket that a flag or the environment names is the only one. The one at `host.socket` has no name.

        Raises:
            ConfigurationError: only the file could name them.
            UsageError: the chosen one is not configured.
        """
        from browser_host.config.clients.host_address import HostAddress  # noqa: PLC0415 - as above

        if self.socket and self.host:
            raise UsageError("give either --host or --socket")
        if self.socket or (os.environ.get(SOCKET_VARIABLE) and not self.host):
            return (HostAddress("", self.host_socket),)
        settings = self.client_settings()
        found = {one.name: one for one in settings.hosts}
        if self.host is not None:
            if self.host not in found:
                known = f"configured: {', '.join(found)}" if found else "no [[hosts]] are configured"
                raise UsageError(f"--host: unknown host {self.host!r}; {known}")
            found = {self.host: found[self.host]}
        return tuple(found.values()) or (HostAddress("", _served(settings)),)

    @property
    def one_host(self) -> "HostAddress":
        """The only host that this call is for.

        Raises:
            UsageError: there are several, and none was chosen.
        """
        found = self.hosts
        if len(found) > 1:
            named = ", ".join(one.name for one in found)
            raise UsageError(f"this is for one host: choose it with --host; configured: {named}")
        return found[0]


def _served(settings: "ClientSettings") -> Path:
    """If nothing names the socket: the first default place at which a host answers."""
    if not settings.socket_is_default:
        return settings.socket
    return next(filter(_answers, paths.sockets()), settings.socket)


def _answers(place: Path) -> bool:
    import socket  # noqa: PLC0415 - `--version` and `--help` ask no host

    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWERS_WITHIN_S)
        try:
            line.connect(str(place))
        except OSError:
            return False
    return True


def current() -> Invocation:
    """The common options of the running command; the last one given wins."""
    meta = click.get_current_context().meta
    config = meta.get(f"{_PLACE}config")
    return Invocation(
        Path(config) if config else None,
        meta.get(f"{_PLACE}socket"),
        bool(meta.get(f"{_PLACE}json")),
        meta.get(f"{_PLACE}host"),
    )


def common(command: Callable[P, R]) -> Callable[P, R]:
    """Add the common options to a command or group; `current` and `with_invocation` read them."""
    for decorate in reversed(
        (
            click.option("--config", metavar="PATH", help="Configuration (WATCHDECK_CONFIG).", **_REMEMBERED),
            click.option(
                "--socket", metavar="PATH", help="The host's socket (WATCHDECK_SOCKET).", **_REMEMBERED
            ),
            click.option("--host", metavar="NAME", help="One of the configured [[hosts]].", **_REMEMBERED),
            click.option("--json", is_flag=True, help="Answer as JSON.", **_REMEMBERED),
        )
    ):
        command = decorate(command)
    return command


def with_invocation(command: Callable[Concatenate[Invocation, P], R]) -> Callable[P, R]:
    """Add the common options to a command of this machine alone and pass them as its first argument."""

    @wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if (invocation := current()).host is not None:
            raise click.UsageError("--host is for commands that ask a host")
        return command(invocation, *args, **kwargs)

    return common(call)


def with_hosts(command: Callable[Concatenate[Invocation, P], R]) -> Callable[P, R | Exit]:
    """Add the common options to a command that asks hosts and pass them as its first argument.

    If one of several hosts failed, the command fails too, though the others did their work.
    """

    @wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> R | Exit:
        code = command(current(), *args, **kwargs)
        return Exit.FAILED if not code and has_failed_hosts() else code

    return common(call)


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value and option.name:
        context.meta[_PLACE + option.name] = value


_REMEMBERED: dict[str, Any] = {"expose_value": False, "callback": _remember}
