"""What a client may cost: how many there are, and how long each may take. Small bounds, the real server."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from browser_host.api.bounds import BACKLOG, BOUNDS, HEAD_LIMIT, Bounds
from browser_host.api.client import HostClient
from browser_host.api.requests import BODY_LIMIT, MAX_IDS
from browser_host.api.server import CLIENT_NAME_LIMIT, SSH_PEER_LIMIT
from browser_host.config.addresses import LIMIT as LINK_LIMIT
from browser_host.errors import WatchdeckError
from browser_host.sessions.session import LABEL_LIMIT, VISITOR_LIMIT
from browser_host.supervisor.policy import Policy
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.patience import patient
from tests.support.wire import WITHIN_S, Wire, wire_to

SHORT_S = 0.3
GET = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n"
POST = b"POST /v1/instructions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"


@contextlib.asynccontextmanager
async def bounded(tmp_path: Path, bounds: Bounds) -> AsyncIterator[tuple[ScriptedHost, Path]]:
    path = tmp_path / "host.sock"
    async with scripted_host(Policy(undo_s=0.0)) as host, serving(host, path, bounds=bounds):
        yield host, path


async def healthy(path: Path) -> bool:
    async with HostClient(path, "test") as client:
        return bool((await client.health())["status"] == "ok")


async def test_clients_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    async with bounded(tmp_path, replace(BOUNDS, clients=2)) as (_, path):
        async with wire_to(path) as first, wire_to(path) as second:
            for line in (first, second):
                await line.send(GET + b"\r\n")
                assert (await line.head()).startswith(b"HTTP/1.1 200")
            async with wire_to(path) as third:
                answer = await third.rest()
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"2 clients are connected already" in answer
            await first.send(GET + b"connection: close\r\n\r\n")
            assert (await first.rest()).count(b"HTTP/1.1 200") == 1
        assert await healthy(path)


async def test_streams_leave_connections_for_commands(tmp_path: Path) -> None:
    async with bounded(tmp_path, replace(BOUNDS, streams=1)) as (host, path):
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://watchdeck") as http,
            HostClient(path, "test") as client,
        ):
            async with http.stream("GET", "/v1/events?after=0") as follows:
                assert follows.status_code == httpx.codes.OK
                with pytest.raises(WatchdeckError, match="1 clients already follow"):
                    await anext(aiter(client.events(0)))
                assert (await http.get("/v1/events?after=0")).status_code == httpx.codes.SERVICE_UNAVAILABLE
                assert (await http.get("/v1/snapshot")).status_code == httpx.codes.OK
            # The place is free again as soon as the host sees that the first one left.
            host.live(1)
            async with asyncio.timeout(patient(WITHIN_S)):
                while (await _status_of_a_stream(path)) != b"200":
                    pass  # asked again


async def _status_of_a_stream(path: Path) -> bytes:
    async with wire_to(path) as line:
        await line.send(b"GET /v1/events?after=0 HTTP/1.1\r\nhost: x\r\n\r\n")
        return (await line.head()).split()[1]


async def test_the_queue_before_the_door_is_short(tmp_path: Path) -> None:
    async with bounded(tmp_path, BOUNDS) as (_, path):
        with contextlib.ExitStack() as clients:

            def connect() -> bool:
                client = clients.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                client.setblocking(False)  # noqa: FBT003 - the standard library's signature
                try:
                    client.connect(str(path))
                except BlockingIOError:
                    return False
                return True

            # Nobody is accepted in between: the loop has no turn.
            came = sum(connect() for _ in range(2 * BACKLOG))
        assert BACKLOG <= came <= BACKLOG + 1
        assert await healthy(path)


async def test_asking_for_the_heads_of_a_stream_holds_no_stream(tmp_path: Path) -> None:
    async with bounded(tmp_path, replace(BOUNDS, streams=1)) as (_, path), wire_to(path) as line:
        for _ in range(3):
            await line.send(b"HEAD /v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
        await line.send(GET + b"connection: close\r\n\r\n")
        assert (await line.rest()).count(b"HTTP/1.1 200") == 4


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET /v1/hea", GET, GET + b"\r\n" + GET],
    ids=["nothing", "a line", "headers", "a second request"],
)
async def test_a_request_that_does_not_come_is_not_waited_for(tmp_path: Path, begun: bytes) -> None:
    async with bounded(tmp_path, replace(BOUNDS, request_within_s=SHORT_S)) as (_, path):
        async with wire_to(path) as line:
            await line.send(begun)
            answer = await line.rest()
        assert b"408 Request Timeout" in answer
        assert b"within 0.3 s" in answer
        assert await healthy(path)


async def test_bytes_that_trickle_in_buy_no_time(tmp_path: Path) -> None:
    async with (
        bounded(tmp_path, replace(BOUNDS, request_within_s=SHORT_S)) as (_, path),
        wire_to(path) as line,
        asyncio.TaskGroup() as tasks,
    ):
        trickle = tasks.create_task(_trickle(line, path))
        assert b"408 Request Timeout" in await line.rest()
        trickle.cancel()


async def _trickle(line: Wire, path: Path) -> None:
    await line.send(b"GET /")
    while await healthy(path):
        await line.send(b"x")


async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    async with bounded(tmp_path, replace(BOUNDS, request_within_s=SHORT_S)) as (_, path):
        async with wire_to(path) as line:
            await line.send(POST)
            answer = await line.rest()
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"body must be sent within" in answer


async def test_a_body_that_nobody_wanted_is_not_waited_for_either(tmp_path: Path) -> None:
    head = b"POST /v1/health HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
    async with (
        bounded(tmp_path, replace(BOUNDS, request_within_s=SHORT_S)) as (_, path),
        wire_to(path) as line,
    ):
        await line.send(head + b"{")
        assert (await line.head()).startswith(b"HTTP/1.1 405")
        await line.send(b"a")
        assert b"HTTP/1.1" not in await line.rest()


async def test_an_answer_may_take_longer_than_a_request(tmp_path: Path) -> None:
    async with (
        bounded(tmp_path, replace(BOUNDS, request_within_s=SHORT_S)) as (host, path),
        wire_to(path) as line,
    ):
        await line.send(b"GET /v1/events?after=0 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert (await line.head()).startswith(b"HTTP/1.1 200")
        async with wire_to(path) as silent:
            assert b"408" in await silent.rest()  # it came later, and its time is over
        host.live(1)
        host.feed.close()
        assert b"session.added" in await line.rest()


async def test_a_connection_without_a_further_request_is_closed(tmp_path: Path) -> None:
    async with bounded(tmp_path, replace(BOUNDS, idle_s=1)) as (_, path), wire_to(path) as line:
        await line.send(GET + b"\r\n")
        assert (await line.rest()).startswith(b"HTTP/1.1 200")


async def test_who_takes_nothing_is_cut_off_in_time(tmp_path: Path) -> None:
    async with bounded(tmp_path, replace(BOUNDS, streams=1, stalled_s=SHORT_S)) as (host, path):
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.connect(str(path))
            deaf.sendall(b"GET /v1/events?after=0 HTTP/1.1\r\nhost: x\r\n\r\n")
            (session_id,) = host.live(1)
            for number in range(10_000):
                host.hosting.says_color(session_id, f"#{number:06x}")
            async with asyncio.timeout(patient(WITHIN_S)):
                while (await _status_of_a_stream(path)) != b"200":
                    pass  # asked again
            # What the kernel held is there; then the line is broken off, in the middle.
            deaf.settimeout(WITHIN_S)
            came = 0
            with contextlib.suppress(ConnectionError):
                while piece := deaf.recv(65536):
                    came += len(piece)
            assert 0 < came < 2_000_000


@pytest.mark.parametrize("part", ["line", "header"])
async def test_a_head_has_a_length(tmp_path: Path, part: str) -> None:
    long = b"x" * HEAD_LIMIT
    head = b"GET /%s HTTP/1.1\r\n" % long if part == "line" else b"GET / HTTP/1.1\r\nx: %s\r\n" % long
    async with bounded(tmp_path, BOUNDS) as (_, path):
        async with wire_to(path) as line:
            await line.send(head)
            assert (await line.rest()).startswith(b"HTTP/1.1 400")
        assert await healthy(path)


@pytest.mark.parametrize("part", ["line", "query", "header", "second request"])
async def test_a_head_in_one_piece_has_a_length(tmp_path: Path, part: str) -> None:
    long = b"x" * 120_000
    heads = {
        "line": b"GET /%s HTTP/1.1\r\nhost: x\r\n\r\n" % long,
        "query": b"GET /v1/health?%s HTTP/1.1\r\nhost: x\r\n\r\n" % long,
        "header": b"GET /v1/health HTTP/1.1\r\nhost: x\r\nx: %s\r\n\r\n" % long,
        "second request": b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\nGET /v1/health HTTP/1.1\r\nx: %s\r\n"
        b"host: x\r\n\r\n" % long,
    }
    async with bounded(tmp_path, BOUNDS) as (_, path):
        async with wire_to(path) as line:
            await line.send(heads[part])
            assert b"HTTP/1.1 431" in await line.rest()
        assert await healthy(path)


async def test_a_body_has_a_length_and_what_follows_is_not_read(tmp_path: Path) -> None:
    head = b"POST /v1/instructions HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n"
    async with bounded(tmp_path, BOUNDS) as (_, path), wire_to(path) as line:
        await line.send(head + b" " * (BODY_LIMIT + 1))
        assert (await line.rest()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"ids": ["x"] * (MAX_IDS + 1)}, "ids"),
        ({"ids": ["x" * 65]}, "ids"),
        ({"filter": "x" * 513}, "512"),
        ({"all": True, "exclude": ["x"] * (MAX_IDS + 1)}, "exclude"),
        ({"all": True, "timeout_s": 601}, "timeout_s"),
    ],
)
async def test_a_request_names_so_much_and_no_more(
    tmp_path: Path, body: dict[str, object], words: str
) -> None:
    async with bounded(tmp_path, BOUNDS) as (_, path):
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://watchdeck") as http:
            answer = await http.post("/v1/ends", json=body)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert words in answer.json()["error"]["text"]


@pytest.mark.parametrize(("path", "key"), [("history?limit=10001", "limit"), ("visitors?limit=201", "limit")])
async def test_an_answer_has_so_many_entries_and_no_more(tmp_path: Path, path: str, key: str) -> None:
    async with bounded(tmp_path, BOUNDS) as (_, socket_path):
        transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://watchdeck") as http:
            answer = await http.get(f"/v1/{path}")
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert key in answer.json()["error"]["text"]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"visitor": "x" * (VISITOR_LIMIT + 1)}, "visitor"),
        ({"visitor": "x", "label": "x" * (LABEL_LIMIT + 1)}, "label"),
        ({"watch_url": "https://x.example/" + "x" * LINK_LIMIT}, "watch_url"),
    ],
)
async def test_a_session_has_a_short_name(tmp_path: Path, body: dict[str, str], key: str) -> None:
    async with bounded(tmp_path, BOUNDS) as (host, path):
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://watchdeck") as http:
            answer = await http.post("/v1/sessions", json=body)
        assert answer.status_code == httpx.codes.BAD_REQUEST
        assert key in answer.json()["error"]["text"]
        assert "xxxx" not in answer.text
        assert len(host.supervisor.store) == 0


async def test_what_a_client_says_of_itself_is_short(tmp_path: Path) -> None:
    said = {"x-watchdeck-client": "c" * 200, "x-watchdeck-ssh": "s" * 200}
    async with bounded(tmp_path, BOUNDS) as (host, path):
        (session_id,) = host.live(1)
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://watchdeck", headers=said) as http:
            body = {"ids": [session_id], "action": "setMode", "mode": "draw", "wait": False}
            await http.post("/v1/instructions", json=body)
        (entry,) = host.session(session_id).ledger
        assert len(entry.order.client) == CLIENT_NAME_LIMIT
        assert "s" * SSH_PEER_LIMIT not in str(await host.journal.history())
