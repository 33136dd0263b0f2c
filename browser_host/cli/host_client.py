"""The connection of a command to its host, or to all of them."""

from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from browser_host.api.transport.blocking_transport import BlockingTransport, run
from browser_host.api.transport.caller import ANSWER_S, HostCaller
from browser_host.cli.output import say_failed_hosts
from browser_host.config.clients.host_address import HostAddress

if TYPE_CHECKING:
    from browser_host.api.client import HostClient
    from browser_host.hosts.all_hosts import AllHosts

C = TypeVar("C")
T = TypeVar("T")

AnyClient: TypeAlias = "HostClient | AllHosts"
Answering: TypeAlias = Coroutine[Any, Any, T]

CLI = "cli"
"""What the journal calls the commands."""


def ask(
    hosts: Sequence[HostAddress], calls: Callable[[AnyClient], Answering[T]], *, answer_s: float = ANSWER_S
) -> T:
    """Make calls to the only host, or to several as one.

    Args:
        calls: await nothing else, for there is no event loop where one host of this machine is asked.
        answer_s: seconds of silence before a call is given up that does not wait for pages.
    """
    if len(hosts) == 1:
        return ask_one(hosts[0], calls, answer_s=answer_s)
    return ask_all(hosts, calls, answer_s=answer_s)


def ask_one(
    host: HostAddress, calls: "Callable[[HostClient], Answering[T]]", *, answer_s: float = ANSWER_S
) -> T:
    """As `ask`, for one host."""
    if host.ssh is not None:
        return _run_loop(connect_one(host, answer_s), calls)
    from browser_host.api.client import HostClient  # noqa: PLC0415 - see `ask_for_json`

    return run(calls(HostClient(host.socket, CLI, BlockingTransport, answer_s=answer_s)))


def ask_all(
    hosts: Sequence[HostAddress],
    calls: "Callable[[AllHosts], Answering[T]]",
    *,
    answer_s: float = ANSWER_S,
) -> T:
    """As `ask`, for several hosts, in an event loop; says at the end which of them failed."""
    return _run_loop(connect_all(hosts, answer_s), calls)


def ask_for_json(host: HostAddress, path: str) -> Mapping[str, Any]:
    """The host's JSON, for a command that shows it: it does not load the types of every call."""
    if host.ssh is not None:
        return ask_one(host, lambda client: client.call("GET", path))
    return run(HostCaller(host.socket, CLI, BlockingTransport).call("GET", path))


@asynccontextmanager
async def connect(hosts: Sequence[HostAddress]) -> "AsyncIterator[HostClient | AllHosts]":
    """A client under asyncio, where signals or other work must not wait for an answer."""
    async with connect_one(hosts[0]) if len(hosts) == 1 else connect_all(hosts) as client:
        yield client


@asynccontextmanager
async def connect_one(host: HostAddress, answer_s: float = ANSWER_S) -> "AsyncIterator[HostClient]":
    """As `connect`, for one host."""
    from browser_host.hosts import connecting  # noqa: PLC0415 - it loads asyncio and httpx

    async with connecting.connected(host, CLI, answer_s) as client:
        yield client


@asynccontextmanager
async def connect_all(hosts: Sequence[HostAddress], answer_s: float = ANSWER_S) -> "AsyncIterator[AllHosts]":
    """As `connect`, for several hosts; says at the end which of them failed."""
    from browser_host.hosts import connecting  # noqa: PLC0415 - as above

    async with connecting.all_connected(hosts, CLI, answer_s) as client:
        try:
            yield client
        finally:
            say_failed_hosts(client.troubles.values())


def silent(client: AnyClient) -> Collection[str]:
    """The hosts that failed so far; none where there is only one, whose failure is an error."""
    from browser_host.api.client import HostClient  # noqa: PLC0415 - see `ask_for_json`

    return () if isinstance(client, HostClient) else client.troubles


def _run_loop(connecting: AbstractAsyncContextManager[C], calls: Callable[[C], Answering[T]]) -> T:
    import asyncio  # noqa: PLC0415 - most commands ask one host of this machine, and need no event loop

    async def work() -> T:
        async with connecting as client:
            return await calls(client)

    return asyncio.run(work())
