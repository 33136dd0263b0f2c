"""The simulator over TCP: inside the host for the demo, or as a process of its own."""

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
from browser_host.simulator.pages import Pages
from browser_host.simulator.record import Record
from browser_host.simulator.rest import Rest
from browser_host.simulator.rest_faults import FaultOrder, RestFault, RestFaults
from browser_host.simulator.service import Order, Service, SimulatedSession
from browser_host.simulator.settings import SimulatorSettings

__all__ = ["Order", "Record", "RestFault", "SimulatedSession", "Simulator", "SimulatorSettings", "run"]

HOST = "127.0.0.1"
GRACE = 2
"""Seconds that answers under way get when the simulator ends."""


class _QuietServer(uvicorn.Server):
    """Leaves signals to the process it lives in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Cuttable(H11Protocol):
    """Gives every request its connection, so that a fault can end it under the answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Simulator:
    """A service of our own, its pages and its record; owns its sockets and its task.

    Args:
        settings: what it is asked to be.

    Raises:
        UsageError: the settings name a scenario that does not exist.
    """

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.sessions: tuple[SimulatedSession, ...] = ()
        self._service = Service(settings)
        self._origin = ""
        self._closing = asyncio.Event()
        self._faults: RestFaults | None = None
        self._server: _QuietServer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def api_key(self) -> ApiKey:
        """The key to its REST side."""
        return self._service.api_key

    @property
    def record(self) -> Record:
        """What it saw."""
        return self._service.record

    @property
    def base_url(self) -> str:
        """What `[upscope] base_url` would be."""
        return f"{self._origin}/v1.3"

    @property
    def record_url(self) -> str:
        """Where the record is read over HTTP."""
        return f"{self._origin}/record"

    @property
    def watch_urls(self) -> list[str]:
        """The links of its sessions, in the clear: for a test, or for the person who started it."""
        return [session.link.reveal() for session in self.sessions]

    def order(self, session_id: str, order: Order, message: Any = None) -> None:
        """Tells the pages of a session to do something, such as `Order.ACCEPT`.

        Args:
            session_id: the visitor's short id.
            message: what is to be said, with `Order.SAY`.
        """
        self._service.order(session_id, order, message)

    def fail(
        self, fault: RestFault, call: str | None = None, *, times: int = 1, seconds: float | None = None
    ) -> None:
        """Lets REST calls to come go wrong; `FaultOrder` says how."""
        if self._faults is not None:
            self._faults.order(FaultOrder(fault, call, times, seconds))

    async def start(self) -> None:
        """Serves, when it returns.

        Raises:
            OSError: the port is taken.
        """
        with contextlib.ExitStack() as undo:
            sockets = [_listen(self.settings.port), _listen(0)]
            for listening in sockets:
                undo.callback(listening.close)
            self._origin, elsewhere = (f"http://{HOST}:{one.getsockname()[1]}" for one in sockets)
            self._faults = RestFaults(elsewhere, self.api_key.reveal(), self._closing)
            rest = Rest(self._service, self._origin, self._faults)
            pages = Pages(self._service, elsewhere, self._closing)
            control = Control(self._service, rest, self._closing)
            routes = [*pages.routes(), *rest.routes(), *control.routes()]
            self.sessions = self._service.sessions(self._origin)
            self._server = _QuietServer(
                uvicorn.Config(
                    Starlette(routes=routes),
                    access_log=False,
                    http=_Cuttable,
                    lifespan="off",
                    log_config=None,
                    timeout_graceful_shutdown=GRACE,
                    timeout_keep_alive=60,
                    ws="none",
                )
            )
            self._task = asyncio.create_task(self._server.serve(sockets=sockets), name="simulator")
            undo.pop_all()

    async def close(self) -> None:
        """Ends the serving; safe to call more than once."""
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
    """Serves until SIGINT or SIGTERM, after one line of JSON on stdout that says where.

    Raises:
        UsageError: the settings name a scenario that does not exist.
        OSError: the port is taken.
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
    # Inherited by what is accepted. asyncio sets it only where the protocol's number was given, and without
    # it each answer waits 40 ms for the acknowledgement of its head: 18 s for 400 pages, with it 0.2 s.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
