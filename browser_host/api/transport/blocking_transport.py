"""The transport of commands that do nothing else while the host answers.

Its coroutines never wait in an event loop, so that `run` drives a command's calls without one: asyncio would
take longer to load than all else that such a command does.
"""

import socket as sockets
import struct
from collections.abc import AsyncGenerator, Coroutine, Generator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from browser_host.api.transport import host_transport
from browser_host.api.transport.host_transport import CONNECT_S, OK, Answer
from browser_host.api.transport.wire import READ_BYTES, LineSplitter, Wire

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that awaits nothing but calls over this transport.

    Raises:
        RuntimeError: it waits for something else, which needs an event loop.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("the command waits for something else than the host; run it with asyncio")


class BlockingTransport:
    """Requests one after the other, each over a connection of its own.

    Args:
        socket: the host's.
        headers: of every request.
    """

    def __init__(self, socket: Path, headers: Mapping[str, str]) -> None:
        self._socket = socket
        self._headers = headers

    async def request(self, method: str, path: str, body: bytes | None, answer_s: float | None) -> Answer:
        """See `Transport`."""
        wire = Wire(method, path, self._headers, body)
        content = b"".join(self._pieces(wire, answer_s))
        return Answer(wire.status, content)

    async def lines(self, path: str, silence_s: float) -> AsyncGenerator[str | Answer, None]:
        """See `Transport`."""
        wire, lines, refusal = Wire("GET", path, self._headers, None), LineSplitter(), b""
        for piece in self._pieces(wire, silence_s):
            if wire.status != OK:
                refusal += piece
                continue
            for line in lines.split(piece):
                yield line
        if wire.status != OK:
            yield Answer(wire.status, refusal)

    async def close(self) -> None:
        """Nothing stays open between requests."""

    def _pieces(self, wire: Wire, silence_s: float | None) -> Generator[bytes, None, None]:
        with sockets.socket(sockets.AF_UNIX) as line:
            # Not settimeout: without blocking, a host whose backlog is full would refuse at once.
            line.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, struct.pack("ll", int(CONNECT_S), 0))
            try:
                line.connect(str(self._socket))
            except OSError as error:
                raise host_transport.no_host(self._socket, host_transport.NOBODY) from error
            line.settimeout(silence_s)
            try:
                line.sendall(wire.request)
                while not wire.is_whole:
                    yield from wire.received(line.recv(READ_BYTES))
            except TimeoutError:
                raise host_transport.no_host(self._socket, f"no answer within {silence_s:g} s") from None
            except (OSError, EOFError, ValueError) as error:
                raise host_transport.no_host(self._socket, str(error) or type(error).__name__) from error
