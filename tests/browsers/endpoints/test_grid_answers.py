"""What a Grid answers, and what the host makes of it; a small server plays Grids that are none."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.endpoints import grid_client
from browser_host.browsers.endpoints.browser_source import BrowserGone
from browser_host.browsers.endpoints.grid_client import GridClient, GridSession
from browser_host.browsers.endpoints.grid_status import GridStatus
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import BrowserUrl, Secret

SESSION = GridSession(Secret("canary"), BrowserUrl("ws://h/canary"))
Answers = Callable[[str, bytes], None]


def node(taken: int = 0, *, version: str = "4.48.0", state: str = "UP", browser: str = "chrome") -> object:
    slots = [{"session": {"sessionId": f"s{n}"} if n < taken else None} for n in range(2)]
    described = [{**slot, "stereotype": {"browserName": browser}} for slot in slots]
    return {"availability": state, "maxSessions": 2, "version": version, "slots": described}


@pytest.fixture
async def grid() -> AsyncIterator[tuple[GridClient, Answers, list[bytes]]]:
    answer, asked = [b""], list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer[0])
        writer.close()

    def answers(status: str, body: bytes) -> None:
        answer[0] = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = GridClient(BrowserUrl(f"http://user:p%40ss@127.0.0.1:{port}/wd/"))
    yield client, answers, asked
    await client.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("nodes", "shortage"),
    [
        ([], 'no node of the Grid has a browser named "chrome"'),
        ([node(browser="firefox")], 'no node of the Grid has a browser named "chrome"'),
        ([node(state="DRAINING")], "all nodes of the Grid with this browser are draining or down"),
        ([node(2), node(2)], "the Grid is full: 4 of 4 sessions are taken"),
        ([node(1), node(2)], None),
    ],
)
def test_a_shortage_is_named(nodes: list[object], shortage: str | None) -> None:
    assert GridStatus.model_validate({"nodes": nodes}).shortage == shortage


def test_an_old_grid_is_refused_before_anything_is_placed() -> None:
    assert GridStatus.model_validate({"nodes": [node()]}).refusal is None
    old = GridStatus.model_validate({"nodes": [node(), node(version="3.141.59 (revision x)")]})
    assert old.refusal == "a node of the Grid has Selenium 3.141.59: use version 4 or later"


def test_a_session_is_found_on_its_node() -> None:
    status = GridStatus.model_validate({"nodes": [node(), node(1, state="DRAINING")]})
    found = status.node_of("s0")
    assert found is not None
    assert found.availability == "DRAINING"
    assert status.node_of("s1") is None


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda v: st.dictionaries(st.text(), v) | st.lists(v))
)
def test_any_answer_is_a_value_or_an_error_in_words(value: object) -> None:
    for status in (200, 404, 500):
        try:
            found = grid_client._value(GridStatus, status, json.dumps({"value": value}).encode())
        except BrowserUnavailable as error:
            assert str(error).isprintable()  # noqa: PT017 - either is right
        else:
            assert isinstance(found, GridStatus)


async def test_login_and_prefix_of_the_address_are_used(
    grid: tuple[GridClient, Answers, list[bytes]],
) -> None:
    client, answers, asked = grid
    created = {"value": {"sessionId": "abc", "capabilities": {"se:cdp": "ws://10.0.0.9:1/elsewhere"}}}
    answers("200 OK", json.dumps(created).encode())
    session = await client.create(["--headless=new"])
    assert asked[0].startswith(b"POST /wd/session HTTP/1.1\r\n")
    assert b"Authorization: Basic dXNlcjpwQHNz\r\n" in asked[0]
    address = session.address.reveal()
    assert address.endswith("/wd/session/abc/se/cdp")  # by our way, not by one that the answer names
    assert address.startswith("ws://127.0.0.1:")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        ("401 Unauthorized", b"", "the Grid requires a user name and password: put them into its address"),
        ("302 Found", b"", "the answer is not that of a Selenium Grid (HTTP 302)"),
        ("200 OK", b"<html>", "the answer is not that of a Selenium Grid (HTTP 200)"),
        (
            "500 Error",
            b'{"value": {"error": "x", "message": "no luck at http://h/canary\\nBuild info"}}',
            "the Grid refused: no luck at http://h/\u2026 (HTTP 500)",
        ),
    ],
)
async def test_failures_are_said_without_addresses(
    grid: tuple[GridClient, Answers, list[bytes]], status: str, body: bytes, words: str
) -> None:
    client, answers, _ = grid
    answers(status, body)
    with pytest.raises(BrowserUnavailable) as failed:
        await client.touch(SESSION)
    assert str(failed.value) == words


async def test_a_session_that_is_gone_is_told_apart(grid: tuple[GridClient, Answers, list[bytes]]) -> None:
    client, answers, _ = grid
    answers("404 Not Found", b'{"value": {"error": "invalid session id", "message": "canary"}}')
    with pytest.raises(BrowserGone, match="the Grid ended the session"):
        await client.touch(SESSION)


async def test_endless_answers_and_closed_ports_end_in_words(
    grid: tuple[GridClient, Answers, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, answers, _ = grid
    monkeypatch.setattr(grid_client, "MOST_ANSWER_BYTES", 100)
    answers("200 OK", b" " * 200)
    with pytest.raises(BrowserUnavailable, match="longer than 100 bytes"):
        await client.status()
    nobody = GridClient(BrowserUrl("http://127.0.0.1:1"))
    with pytest.raises(BrowserUnavailable, match="the Grid can't be reached") as failed:
        await nobody.status()
    assert failed.value.__context__ is None
    await nobody.close()
