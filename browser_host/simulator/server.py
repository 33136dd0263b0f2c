"""The simulator over TCP: in the host's process for the demo, or in its own."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from browser_host.secrets import ApiKey
from browser_host.simulator.control import Control
from browser_host.simulator.pages import WatchPages
from browser_host.simulator.record import SimulatorRecord
from browser_host.simulator.rest_api import RestApi
from browser_host.simulator.rest_faults import InjectedFault, RestFault, RestFaults
from browser_host.simulator.settings import SimulatorSettings
from browser_host.simulator.simulated_service import PageOrder, SimulatedService, SimulatedSession

__all__ = [
    "PageOrder",
    "RestFault",
    "SimulatedSession",
    "Simulator",
    "SimulatorRecord",
    "SimulatorSettings",
    "run",
]

HOST = "127.0.0.1"
SHUTDOWN_GRACE_S = 2
"""Seconds that pending answers get when the simulator stops."""


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to its process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _ClosableProtocol(H11Protocol):
    """Puts its connection into every request, so that a fault can close it during the answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Simulator:
    """A simulated service with its pages and its record; owns its sockets and its task.

    Args:
        settings: its sessions and their behaviour.

    Raises:
        UsageError: the settings name an unknown scenario.
    """

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.sessions: tuple[SimulatedSession, ...] = ()
        self._service = SimulatedService(settings)
        self._origin = ""
        self._closing = asyncio.Event()
        self._faults: RestFaults | None = None
        self._server: _QuietServer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def api_key(self) -> ApiKey:
        """The key to its REST service."""
        return self._service.api_key

    @property
    def record(self) -> SimulatorRecord:
        """What it observed."""
        return self._service.record

    @property
    def base_url(self) -> str:
        """The value for `[upscope] base_url`."""
        return f"{self._origin}/v1.3"

    @property
    def record_url(self) -> str:
        """The address of the record."""
        return f"{self._origin}/record"

    @property
    def watch_urls(self) -> list[str]:
        """The watch links of its sessions in clear text: for a test, or for the user who started it."""
        return [session.link.reveal() for session in self.sessions]

    def order(self, session_id: str, order: PageOrder, message: Any = None) -> None:
        """Give an order to the pages of a session, such as `PageOrder.ACCEPT`.

        Args:
            session_id: the visitor's short id.
            message: the message to post, with `PageOrder.SAY`.
        """
        self._service.order(session_id, order, message)

    def fail(
        self, fault: RestFault, call: str | None = None, *, times: int = 1, seconds: float | None = None
    ) -> None:
        """Make the next REST calls fail, as described by `InjectedFault`."""
        if self._faults is not None:
            self._faults.inject(InjectedFault(fault, call, times, seconds))

    async def start(self) -> None:
        """Start to serve.

        Raises:
            OSError: the port is in use.
        """
        with contextlib.ExitStack() as undo:
            sockets = [_listen(self.settings.port), _listen(0)]
            for listening in sockets:
                undo.callback(listening.close)
            self._origin, second_origin = (f"http://{HOST}:{one.getsockname()[1]}" for one in sockets)
            self._faults = RestFaults(second_origin, self.api_key.reveal(), self._closing)
            rest = RestApi(self._service, self._origin, self._faults)
            pages = WatchPages(self._service, second_origin, self._closing)
            control = Control(self._service, rest, self._closing)
            routes = [*pages.routes(), *rest.routes(), *control.routes()]
            self.sessions = self._service.sessions(self._origin)
            self._server = _QuietServer(
                uvicorn.Config(
                    Starlette(routes=routes),
                    access_log=False,
                    http=_ClosableProtocol,
                    lifespan="off",
                    log_config=None,
                    timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
                    timeout_keep_alive=60,
                    ws="none",
                )
            )
            self._task = asyncio.create_task(self._server.serve(sockets=sockets), name="simulator")
            undo.pop_all()

    async def close(self) -> None:
        """Stop serving; safe to call more than once."""
        self._closing.set()
        await self.record.changed()
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = self._task = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def run(settings: SimulatorSettings) -> None:
    """Print one line of JSON with the addresses on stdout, then serve until SIGINT or SIGTERM.

    Raises:
        UsageError: the settings name an unknown scenario.
        OSError: the port is in use.
    """
    asyncio.run(_run(settings))


async def _run(settings: SimulatorSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Simulator(settings) as simulator:
        ready = {
            "ready": True,
            "base_url": simulator.base_url,
            "api_key": simulator.api_key.reveal(),
            "watch_urls": simulator.watch_urls,
            "record_url": simulator.record_url,
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _listen(port: int) -> socket.socket:
    listening = socket.create_server((HOST, port), backlog=512)
    # Accepted connections inherit it. asyncio sets it only if the protocol's number was given, and without
    # it each answer waits 40 ms for the acknowledgement of its head: 400 pages take 18 s, with it 0.2 s.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
