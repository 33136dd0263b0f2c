"""The transport of programs with an event loop: requests and a stream beside each other."""

import asyncio
import contextlib
import socket as sockets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from pathlib import Path

from browser_host.api.transport import host_transport
from browser_host.api.transport.host_transport import CONNECT_S, OK, Answer
from browser_host.api.transport.wire import READ_BYTES, LineSplitter, Wire

FULL_PAUSE_S = 0.02
"""Seconds between tries while the host's backlog is full."""


class AsyncioTransport:
    """Requests, each over a connection of its own, which costs nothing on a Unix socket.

    Args:
        socket: the host's.
        headers: of every request.
    """

    def __init__(self, socket: Path, headers: Mapping[str, str]) -> None:
        self._socket = socket
        self._headers = headers
        self._open: set[asyncio.StreamWriter] = set()

    async def request(self, method: str, path: str, body: bytes | None, answer_s: float | None) -> Answer:
        """See `Transport`."""
        wire = Wire(method, path, self._headers, body)
        async with contextlib.aclosing(self._pieces(wire, answer_s)) as pieces:
            content = b"".join([piece async for piece in pieces])
        return Answer(wire.status, content)

    async def lines(self, path: str, silence_s: float) -> AsyncGenerator[str | Answer, None]:
        """See `Transport`."""
        wire, lines, refusal = Wire("GET", path, self._headers, None), LineSplitter(), b""
        async with contextlib.aclosing(self._pieces(wire, silence_s)) as pieces:
            async for piece in pieces:
                if wire.status != OK:
                    refusal += piece
                    continue
                for line in lines.split(piece):
                    yield line
        if wire.status != OK:
            yield Answer(wire.status, refusal)

    async def close(self) -> None:
        """See `Transport`."""
        for writer in self._open:
            writer.transport.abort()

    async def _pieces(self, wire: Wire, silence_s: float | None) -> AsyncGenerator[bytes, None]:
        async with self._connected() as (reader, writer):
            try:
                writer.write(wire.request)
                while not wire.is_whole:
                    async with asyncio.timeout(silence_s):
                        data = await reader.read(READ_BYTES)
                    for piece in wire.received(data):
                        yield piece
            except TimeoutError:
                raise host_transport.no_host(self._socket, f"no answer within {silence_s:g} s") from None
            except (OSError, EOFError, ValueError) as error:
                raise host_transport.no_host(self._socket, str(error) or type(error).__name__) from error

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_unix_connection(sock=await _reached(self._socket))
        except OSError as error:
            raise host_transport.no_host(self._socket, host_transport.NOBODY) from error
        self._open.add(writer)
        try:
            yield reader, writer
        finally:
            self._open.discard(writer)
            writer.transport.abort()


async def _reached(path: Path) -> sockets.socket:
    """A connection to a socket, though its backlog may be full: asyncio takes that for a connection."""
    line = sockets.socket(sockets.AF_UNIX)
    try:
        line.setblocking(False)  # noqa: FBT003 - the standard library's signature
        while True:
            try:
                line.connect(str(path))
            except BlockingIOError:
                await asyncio.sleep(FULL_PAUSE_S)
            else:
                return line
    except BaseException:
        line.close()
        raise
