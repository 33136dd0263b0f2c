"""A browser's launch environment: further arguments, variables and, if it needs one, its own home folder."""

import asyncio
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from browser_host.browsers.launch import authorities, launch_args
from browser_host.browsers.settings import PoolSettings
from browser_host.errors import BrowserUnavailable

_NEEDED = (
    "browser.allow_private_network = false needs the proxy's address to block private networks: "
    "set the proxy by its address, or allow private networks"
)


@dataclass(frozen=True, slots=True)
class LaunchEnvironment:
    """The environment of one browser; call `remove` after its end.

    Args:
        home: its home folder, or None for the user's.
    """

    arguments: list[str]
    variables: dict[str, str]
    home: tempfile.TemporaryDirectory[str] | None

    def remove(self) -> None:
        """Remove the home folder."""
        if self.home is not None:
            self.home.cleanup()


async def prepare(settings: PoolSettings, environment: Mapping[str, str]) -> LaunchEnvironment:
    """Prepare what the settings and the host's own environment require.

    Raises:
        BrowserUnavailable: `browser.ca_file` or the proxy can't be used.
    """
    private = settings.allow_private_network
    arguments = [] if private else launch_args.public_addresses(await _proxies(environment))
    if not settings.images:
        arguments.append(launch_args.NO_IMAGES)
    if settings.ca_file is None:
        variables = launch_args.variables(environment, private_network=private, home=None)
        return LaunchEnvironment(arguments, variables, None)
    home = tempfile.TemporaryDirectory(prefix="watchdeck-", ignore_cleanup_errors=True)
    try:
        await authorities.trust(settings.ca_file, Path(home.name))
    except BaseException:
        home.cleanup()
        raise
    variables = launch_args.variables(environment, private_network=private, home=Path(home.name))
    return LaunchEnvironment(arguments, variables, home)


async def _proxies(environment: Mapping[str, str]) -> list[tuple[str, int]]:
    """The addresses of the environment's proxies.

    Raises:
        BrowserUnavailable: a script chooses the proxy, or its name can't be resolved.
    """
    if launch_args.is_scripted(environment):
        raise BrowserUnavailable(f"auto_proxy lets a script choose the proxy, but {_NEEDED}")
    addresses = []
    for host, port in launch_args.proxies(environment):
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise BrowserUnavailable(f"the proxy {host} can't be resolved, but {_NEEDED}") from error
        addresses += [(str(entry[4][0]), port) for entry in found]
    return addresses
