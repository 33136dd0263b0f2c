"""The host's socket byte by byte, for clients that keep to no rule."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

WITHIN_S = 10.0


class Wire:
    """A connection that sends what it is told to, whole or not."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Sends; a host that has hung up already is no fault, for its answer may wait."""
        with contextlib.suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def head(self) -> bytes:
        """The next line of the answer."""
        return await asyncio.wait_for(self._reader.readline(), WITHIN_S)

    async def rest(self) -> bytes:
        """All that comes until the host hangs up."""
        came = bytearray()
        async with asyncio.timeout(WITHIN_S):
            with contextlib.suppress(ConnectionError):
                while piece := await self._reader.read(65536):
                    came += piece
        return bytes(came)

    async def statuses(self, pattern: re.Pattern[bytes], stop: bytes) -> list[int]:
        """The statuses of all answers until the host hangs up, or one is of a kind that has no end.

        Args:
            stop: what is in such an answer alone.
        """
        came = bytearray()
        with contextlib.suppress(ConnectionError):
            while stop not in came and (piece := await self._reader.read(65536)):
                came += piece
        return [int(status) for status in pattern.findall(came)]


@contextlib.asynccontextmanager
async def wire_to(path: Path) -> AsyncIterator[Wire]:
    """A wire to the socket at `path`."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
