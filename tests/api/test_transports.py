"""Both transports of the host's clients, on a host that answers as the test says."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from browser_host.api.client import HostClient
from browser_host.api.transport.asyncio_transport import AsyncioTransport
from browser_host.api.transport.blocking_transport import BlockingTransport, run
from browser_host.api.transport.host_transport import Transport
from browser_host.api.transport.wire import Wire
from browser_host.errors import NoHost, UsageError, WatchdeckError
from tests.support.patience import patient

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
REFUSED = b'{"error": {"code": "usage", "text": "no such number"}}'

Made: TypeAlias = Callable[[Path, Mapping[str, str]], Transport]
Run: TypeAlias = Callable[..., Any]


@contextlib.contextmanager
def host(path: Path, *answers: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Give each connection the pieces of one answer, and keep what it asked."""
    asked: list[bytes] = []
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    listening.settimeout(patient(10))

    def serve() -> None:
        for pieces in answers:
            line, _ = listening.accept()
            with line:
                asked.append(line.recv(1 << 16))
                for piece in pieces:
                    line.sendall(piece)

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield asked
    finally:
        serving.join()
        listening.close()


@pytest.fixture(
    params=[(AsyncioTransport, asyncio.run), (BlockingTransport, run)], ids=["asyncio", "blocking"]
)
def ways(request: pytest.FixtureRequest) -> tuple[Made, Run]:
    made: tuple[Made, Run] = request.param
    return made


def health(path: Path, ways: tuple[Made, Run], answer_s: float = 10.0) -> Mapping[str, Any]:
    async def ask() -> Mapping[str, Any]:
        async with HostClient(path, "test", ways[0], answer_s=answer_s) as client:
            return await client.health()

    found: Mapping[str, Any] = ways[1](ask())
    return found


def events(path: Path, ways: tuple[Made, Run]) -> list[int]:
    seen: list[int] = []

    async def follow() -> None:
        async with HostClient(path, "test", ways[0]) as client:
            async for event in client.events(3):
                seen.append(event.seq)  # noqa: PERF401 - the stream ends with an error

    with contextlib.suppress(NoHost):
        ways[1](follow())
    return seen


def test_an_answer_in_pieces_is_put_together(tmp_path: Path, ways: tuple[Made, Run]) -> None:
    body = b'{"status": "ok"}'
    with host(tmp_path / "s", [HEAD % len(body), body[:5], body[5:]]) as asked:
        assert health(tmp_path / "s", ways) == {"status": "ok"}
    assert asked[0].startswith(b"GET /v1/health HTTP/1.1\r\n")
    assert b"x-watchdeck-client: test\r\n" in asked[0]


@pytest.mark.parametrize("pieces", [[], [HEAD % 9, b"{"], [b"HTTP/1.1 2"], [b"no protocol\r\n\r\n"]])
def test_an_answer_cut_off_or_garbled_is_no_host(
    tmp_path: Path, ways: tuple[Made, Run], pieces: Sequence[bytes]
) -> None:
    with host(tmp_path / "s", pieces), pytest.raises(NoHost):
        health(tmp_path / "s", ways)


def test_a_socket_without_a_host_is_no_host(tmp_path: Path, ways: tuple[Made, Run]) -> None:
    with pytest.raises(NoHost, match="nobody answers"):
        health(tmp_path / "s", ways)


def test_a_host_that_says_nothing_is_given_up(tmp_path: Path, ways: tuple[Made, Run]) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        with pytest.raises(NoHost, match=r"no answer within 0\.1 s"):
            health(tmp_path / "s", ways, answer_s=0.1)


def test_a_refusal_is_the_hosts_own_error(tmp_path: Path, ways: tuple[Made, Run]) -> None:
    refusal = [b"HTTP/1.1 400 Bad\r\ncontent-length: %d\r\n\r\n" % len(REFUSED), REFUSED]
    with host(tmp_path / "s", refusal, refusal):
        with pytest.raises(UsageError, match="no such number"):
            health(tmp_path / "s", ways)
        with pytest.raises(WatchdeckError, match="no such number"):
            events(tmp_path / "s", ways)


def test_a_stream_is_read_line_by_line(tmp_path: Path, ways: tuple[Made, Run]) -> None:
    lines = [b'{"seq": %d, "at": "2026-12-01T00:00:00.000Z", "type": "x"}\n' % seq for seq in (4, 5)]
    text = b"".join(lines)
    pieces = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (text[:20], text[20:70], text[70:])]
    with host(tmp_path / "s", [CHUNKED, *pieces]) as asked:
        assert events(tmp_path / "s", ways) == [4, 5]
    assert asked[0].startswith(b"GET /v1/events?after=3 ")


def test_a_command_that_waits_for_more_is_told() -> None:
    with pytest.raises(RuntimeError, match="asyncio"):
        run(asyncio.sleep(0))


def test_a_request_says_how_long_its_body_is() -> None:
    wire = Wire("POST", "/v1/ends", {"x-watchdeck-client": "test"}, b"{}")
    head, _, body = wire.request.partition(b"\r\n\r\n")
    assert b"content-length: 2" in head.lower()
    assert body == b"{}"
