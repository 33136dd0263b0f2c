"""The clients of the hosts that are recorded; a line to another machine that breaks is raised again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import NoHost
from browser_host.hosts.connecting import named_hosts
from browser_host.hosts.named_host import NamedHost
from browser_host.hosts.ssh_line import UP_WITHIN_S, private_folder
from browser_host.tasks import BackgroundTasks

_LOOK_EVERY_S = 0.1


@asynccontextmanager
async def reached(
    addresses: Sequence[HostAddress], client: str, say: Callable[[str], None]
) -> AsyncIterator[Sequence[NamedHost]]:
    """The hosts, at least one of which answers; the only one has an empty name, and plain ids.

    Args:
        client: the calling program, as the journal calls it.
        say: called with why a line is not up, each time that changes.

    Raises:
        NoHost: none of them answers.
    """
    chosen = addresses if len(addresses) > 1 else [replace(addresses[0], name="")]
    async with AsyncExitStack() as stack:
        hosts = named_hosts(chosen, client, stack.enter_context(private_folder()))
        tasks = BackgroundTasks(lambda name, error: say(f"{name}: {error!r}"))
        for host in hosts:
            stack.push_async_callback(host.close)
        stack.push_async_callback(tasks.close, 5.0)
        for host in hosts:
            if host.line is not None:
                tasks.start(f"line to {host.name}", host.line.run(say))
        troubles = await asyncio.gather(*map(_trouble, hosts))
        if all(troubles):
            raise NoHost("\n".join(filter(None, troubles)))
        yield hosts


async def _trouble(host: NamedHost) -> str | None:
    """Why a host does not answer; None if it does. The line to another machine gets its time to come up."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(UP_WITHIN_S):
            while _rises(host):  # noqa: ASYNC110 - ssh makes the socket, and tells nobody
                await asyncio.sleep(_LOOK_EVERY_S)
    try:
        await host.snapshot()
    except NoHost as error:
        trouble = host.line_trouble or str(error)
        return f"host {host.name}: {trouble}" if host.name else trouble
    return None


def _rises(host: NamedHost) -> bool:
    return host.line is not None and not host.line.trouble and not host.line.socket.is_socket()
