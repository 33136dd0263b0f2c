"""Clients for the hosts of a command: of one, or of several as one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from browser_host.api.client import HostClient
from browser_host.api.transport.caller import ANSWER_S
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import NoHost
from browser_host.hosts.all_hosts import AllHosts
from browser_host.hosts.named_host import NamedHost
from browser_host.hosts.ssh_line import SshLine, private_folder


@asynccontextmanager
async def connected(
    address: HostAddress, client: str, answer_s: float = ANSWER_S
) -> AsyncIterator[HostClient]:
    """The client of one host, for as long as it is needed.

    Args:
        client: the calling program, `tui` or `cli`.
        answer_s: seconds of silence before a call is given up that does not wait for pages.

    Raises:
        NoHost: no line to its machine came up.
    """
    async with AsyncExitStack() as stack:
        socket = address.socket
        if address.ssh is not None:
            place = stack.enter_context(private_folder()) / "host.sock"
            socket = await stack.enter_async_context(SshLine(address, place).standing())
        yield await stack.enter_async_context(HostClient(socket, client, answer_s=answer_s))


@asynccontextmanager
async def all_connected(
    addresses: Sequence[HostAddress], client: str, answer_s: float = ANSWER_S
) -> AsyncIterator[AllHosts]:
    """The client of several hosts, for as long as it is needed; those that can't be reached fail every call.

    Args:
        client: the calling program, `tui` or `cli`.
        answer_s: as above.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(private_folder())
        hosts = AllHosts(named_hosts(addresses, client, folder, answer_s))
        stack.push_async_callback(hosts.close)
        lines = [host.line for host in hosts.hosts.values() if host.line is not None]
        await asyncio.gather(*(_raise_line(line, stack) for line in lines))
        yield hosts


def named_hosts(
    addresses: Sequence[HostAddress], client: str, folder: Path, answer_s: float = ANSWER_S
) -> tuple[NamedHost, ...]:
    """A client of each host, with the line to its machine where it needs one, which is not up yet.

    Args:
        client: the calling program, `tui` or `cli`.
        folder: of ours alone, for the ends of the lines.
        answer_s: as above.
    """
    named = []
    for number, one in enumerate(addresses):
        line = None if one.ssh is None else SshLine(one, folder / f"{number}.sock")
        socket = one.socket if line is None else line.socket
        named.append(NamedHost(one.name, HostClient(socket, client, answer_s=answer_s), line))
    return tuple(named)


async def _raise_line(line: SshLine, stack: AsyncExitStack) -> None:
    try:
        await stack.enter_async_context(line.standing())
    except NoHost as error:
        line.trouble = str(error)
