"""Serve on the host's socket, and again if its file is removed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from browser_host.api.server import ApiServer
from browser_host.api.socket import HostSocket
from browser_host.browsers.log import Log
from browser_host.errors import HostRunning, WatchdeckError

STARTS_WITHIN_S = 5.0
ENDS_WITHIN_S = 1.5
LOOK_EVERY_S = 1.0
"""Seconds between checks that the file exists: without it no client can connect."""


class ApiRunner:
    """Serves the API on the socket for the life of the host.

    Args:
        make: creates a server for a listening socket.
        taken: called with the reason if another host now serves the path: there must not be two.
    """

    def __init__(
        self, make: Callable[[], ApiServer], socket: HostSocket, log: Log, taken: Callable[[str], None]
    ) -> None:
        self._make = make
        self._socket = socket
        self._log = log
        self._taken = taken
        self._over = asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the block ends.

        Raises:
            TimeoutError: it did not start to serve.
        """
        begun = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._serve_again_and_again(begun), name="api")
            async with asyncio.timeout(STARTS_WITHIN_S):
                await begun.wait()
            try:
                yield
            finally:
                self._over.set()

    async def _serve_again_and_again(self, begun: asyncio.Event) -> None:
        while not self._over.is_set():
            server = self._make()
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(server.serve(sockets=[self._socket.socket]), name="api server")
                await server.serving.wait()
                begun.set()
                while self._socket.is_there() and not await self._is_over_after(LOOK_EVERY_S):
                    pass
                server.should_exit = True
                await asyncio.wait([serving], timeout=ENDS_WITHIN_S)
                serving.cancel()
            while not self._over.is_set() and not self._renewed():
                await self._is_over_after(LOOK_EVERY_S)

    def _renewed(self) -> bool:
        """Whether the socket exists again; its folder may be gone as well."""
        try:
            self._socket.renew()
        except HostRunning as error:
            self._log.warning("socket.taken", path=str(self._socket.path), why=str(error))
            self._taken("another host serves its socket")
            return False
        except WatchdeckError as error:
            self._log.warning("socket.lost", path=str(self._socket.path), why=str(error))
            return False
        self._log.warning("socket.renewed", path=str(self._socket.path))
        return True

    async def _is_over_after(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):  # the usual end of a pause
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self._over.is_set()
