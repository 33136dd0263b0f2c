"""Raw bytes to the host's socket, for clients that break the protocol."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.patience import patient

WITHIN_S = 10.0


class Wire:
    """A connection that sends any bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes; if the host has closed the connection, its answer can still be read."""
        with contextlib.suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def head(self) -> bytes:
        """Read the next line of the answer."""
        return await asyncio.wait_for(self._reader.readline(), WITHIN_S)

    async def rest(self) -> bytes:
        """Read until the host closes the connection."""
        came = bytearray()
        async with asyncio.timeout(patient(WITHIN_S)):
            with contextlib.suppress(ConnectionError):
                while piece := await self._reader.read(65536):
                    came += piece
        return bytes(came)

    async def statuses(self, pattern: re.Pattern[bytes], stop: bytes) -> list[int]:
        """Read the statuses of all answers until the host closes the connection, or an endless answer starts.

        Args:
            stop: bytes that only an endless answer contains.
        """
        came = bytearray()
        with contextlib.suppress(ConnectionError):
            while stop not in came and (piece := await self._reader.read(65536)):
                came += piece
        return [int(status) for status in pattern.findall(came)]


@contextlib.asynccontextmanager
async def wire_to(path: Path) -> AsyncIterator[Wire]:
    """Connect to the socket at `path`."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
