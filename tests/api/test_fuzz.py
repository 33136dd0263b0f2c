"""Ten thousand requests that nobody should send, to the real server on a real socket; seeded."""

import asyncio
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from browser_host.api.bounds import BOUNDS
from browser_host.api.client import HostClient
from browser_host.supervisor.policy import Policy
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.wire import wire_to

SEED = 2_026
REQUESTS = 10_000
TOGETHER = 40
ANSWERED_WITHIN_S = 15.0

PATHS = (
    *("/v1/snapshot", "/v1/events", "/v1/events?after=0&every=0.1", "/v1/sessions", "/v1/sessions/{id}"),
    *(
        "/v1/instructions",
        "/v1/ends",
        "/v1/cancel",
        "/v1/settle",
        "/v1/stop",
        "/v1/history",
        "/v1/stats",
        "/v1/visitors",
    ),
    *(
        "/v1/health",
        "/metrics",
        "/",
        "*",
        "//v1/health",
        "/v1/snapshot/",
        "/v1/../v1/health",
        "/v1/sessions/",
    ),
    *("/v1/sessions/%00", "/v1/sessions/..%2f", "/v1/sessions/%ff%fe", "/v1/sessions/%1b%5b2J"),
    *("http://[::/v1/health", "//[", "/" + "a" * 9_000, "/v1/sessions/" + "%e2%80%ae" * 500),
)
METHODS = ("GET", "POST", "DELETE", "HEAD", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X" * 300)
NUMBERS = (
    "0",
    "-1",
    "1e9",
    "nan",
    "inf",
    "-inf",
    "99999999999999999999",
    "0x10",
    "",
    "\u0661",
    "1_0",
    " 1",
    "0.1",
)
KEYS = ("after", "every", "limit", "since", "session", "search", "x", "")
HEADERS = (
    *(
        "host: [",
        "host: x\r\nhost: y",
        "host:",
        "content-type: text/html",
        "content-length: -1",
        "expect: 100-continue",
    ),
    *(
        "content-length: 10\r\ncontent-length: 20",
        "transfer-encoding: chunked",
        "transfer-encoding: gzip, chunked",
    ),
    *(
        "upgrade: websocket\r\nconnection: upgrade",
        "upgrade: h2c",
        "connection: keep-alive",
        "range: bytes=0-1",
    ),
    *("x-watchdeck-client: \x1b[2J", "x-watchdeck-client: " + "y" * 3_000, "x-watchdeck-ssh: \xff\xfe"),
    *(
        "x: " + "z" * 20_000,
        ": nothing",
        "no colon",
        " folded",
        "x:\x00",
        "cookie: a=b",
        "authorization: Bearer x",
    ),
)
FILTERS = (
    "status:active",
    "status:",
    "age>",
    '"',
    "!!!",
    "color:#12",
    "\u202e",
    "x" * 2_000,
    "stale:yes !a",
    "",
)
WORDS: tuple[object, ...] = (
    *(
        "{id}",
        "",
        "setMode",
        "draw",
        "switchColor",
        "#ff0000",
        "raw",
        "i1",
        "i0",
        "\u0000",
        "\x1b[2J",
        "x" * 300,
    ),
    *("https://watch.example/a", "http://[", "file:///etc/passwd", "javascript:1", "\ud800"),
    *(None, True, False, 0, -1, 1e308, 10**30, [], {}, [[]], {"a": {"b": []}}, float("nan"), float("inf")),
)
BODY_KEYS = (
    *("ids", "filter", "all", "stale", "action", "mode", "color", "message", "wait", "exclude", "dry_run"),
    *("watch_url", "visitor", "label", "instructions", "__proto__"),
)
GARBAGE = (
    b"\x00\x01\x02\x03\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET  / HTTP/1.1\r\n\r\n",
    b"GET /v1/health HTTP/1.1\nhost: x\n\n",
    b"GET /v1/health HTTP/1.0\r\n\r\n",
    b"\r\n" * 50,
    b"POST /v1/ends HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"POST /nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\nzz\r\n",
    b"POST /v1/ends HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"POST /v1/ends HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n{}",
)
LAST = b"GET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Z]")


def query(dice: random.Random) -> str:
    pairs = [f"{dice.choice(KEYS)}={dice.choice(NUMBERS)}" for _ in range(dice.randrange(3))]
    return "?" + "&".join(pairs) if pairs else ""


def value(dice: random.Random) -> object:
    word = dice.choice(WORDS)
    return [word] * dice.randrange(3) if dice.random() < 0.3 else word


def likely(dice: random.Random) -> dict[str, object]:
    """A body that may pass."""
    target: dict[str, object] = dice.choice(
        [{"ids": ["{id}"]}, {"filter": dice.choice(FILTERS)}, {"all": True}, {"stale": True}]
    )
    more: dict[str, object] = dice.choice(
        [
            {"action": "setMode", "mode": "draw"},
            {"action": "switchColor", "color": "#00ff00"},
            {"action": "raw", "message": {"a": 1}},
            {"dry_run": True},
            {"exclude": ["{id}"]},
            {"instructions": ["i1", "i2"]},
            {"visitor": "v1"},
            {},
        ]
    )
    return target | more | {"wait": dice.random() < 0.2, "timeout_s": dice.choice([0.01, 0.02, None])}


def body(dice: random.Random) -> bytes:
    roll = dice.random()
    if roll < 0.05:
        return dice.choice([b"[" * 50_000, b"\xff\xfe", b"{", b"null", b'"x"', b'{"all": true', b"1" * 9_000])
    whole = likely(dice) if roll < 0.6 else {dice.choice(BODY_KEYS): value(dice) for _ in range(3)}
    if dice.random() < 0.3:
        whole[dice.choice(BODY_KEYS)] = value(dice)
    if dice.random() < 0.1:
        whole["timeout_s"] = dice.choice([0, -1, "x", 1e9, float("nan"), float("inf")])
    return json.dumps(whole).encode()


def request(dice: random.Random, ids: list[str]) -> bytes:
    roll = dice.random()
    if roll < 0.05:
        return dice.choice(GARBAGE)
    if roll < 0.08:
        return dice.randbytes(dice.randrange(1, 200))
    path = dice.choice(PATHS) + (query(dice) if dice.random() < 0.4 else "")
    method = dice.choice(METHODS) if dice.random() < 0.3 else dice.choice(METHODS[:2])
    content = body(dice) if method != "GET" or dice.random() < 0.1 else b""
    head = [f"{method} {path} HTTP/1.1", "host: x"]
    if content:
        head.append(f"content-length: {len(content)}")
    if dice.random() < 0.15:
        head.append(dice.choice(HEADERS))
    whole = "\r\n".join([*head, "", ""]).encode("latin-1", "ignore") + content
    whole = whole.replace(b"{id}", dice.choice(ids).encode())
    if dice.random() < 0.05:  # some bytes are others
        at = dice.randrange(len(whole))
        whole = whole[:at] + dice.randbytes(dice.randrange(1, 9)) + whole[at + dice.randrange(9) :]
    return whole


async def talk(path: Path, data: bytes, *, hurry: bool) -> list[int]:
    """Sends all at once and tells the statuses of the answers; in a hurry it hangs up without reading."""
    async with wire_to(path) as line:
        await line.send(data if hurry else data + LAST)
        if hurry:
            return []
        return await asyncio.wait_for(line.statuses(STATUS, stop=b"application/jsonl"), ANSWERED_WITHIN_S)


def conversations(dice: random.Random, ids: list[str]) -> Iterator[tuple[bytes, bool]]:
    """What is sent on a connection, and whether that hangs up at once; ten thousand requests in all."""
    sent = 0
    while sent < REQUESTS:
        count = 1 if dice.random() < 0.6 else dice.randrange(2, 8)
        data = b"".join(request(dice, ids) for _ in range(count))
        if dice.random() < 0.1:
            data = data[: dice.randrange(len(data) + 1)]
        yield data, dice.random() < 0.1
        sent += count


@pytest.mark.timeout(180)
async def test_ten_thousand_requests_break_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    answers: Counter[int] = Counter()
    rules = Policy(undo_s=0.0, confirm_within_s=0.02, max_sessions=30, raw_instructions=True)
    bounds = replace(BOUNDS, request_within_s=0.5, idle_s=1)
    caplog.set_level(logging.INFO)
    async with (
        scripted_host(rules) as host,
        serving(host, tmp_path / "host.sock", bounds=bounds) as path,
        HostClient(path, "test") as client,
    ):
        ids = [*host.live(12), "nobody", "k7" * 40]
        planned = conversations(random.Random(SEED), ids)

        async def chat() -> None:
            for data, hurry in planned:
                try:
                    answers.update(await talk(path, data, hurry=hurry))
                except TimeoutError:
                    raise AssertionError(f"no answer to {data[:2_000]!r}") from None

        async with asyncio.TaskGroup() as chats:
            for _ in range(TOGETHER):
                chats.create_task(chat())

        del answers[100]  # no answer yet, but the leave to go on
        assert {status // 100 for status in answers} == {2, 4}, answers
        # Each kind of answer was had: else this would show nothing.
        assert {200, 400, 403, 404, 405, 408} <= set(answers), answers
        assert_nothing_went_wrong(caplog)
        await assert_right(host, client)
        await assert_nothing_is_left(path)


def assert_nothing_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    wrong = [one for one in caplog.records if one.exc_info or one.levelno >= logging.ERROR]
    assert not wrong, caplog.handler.format(wrong[0])


async def assert_right(host: ScriptedHost, client: HostClient) -> None:
    """What is asked for afterwards is done, and what is told is so."""
    for one in list(host.supervisor.store):
        await client.remove(one.id)
    (session_id,) = host.live(1, "active")
    snapshot = await client.snapshot()
    assert [(one.id, one.status) for one in snapshot.sessions] == [(session_id, "active")]
    assert (await client.health())["status"] == "ok"


async def assert_nothing_is_left(path: Path) -> None:
    """Every connection that may be had can be had: no request holds one for good."""
    async with AsyncExitStack() as held:
        lines = []
        for _ in range(BOUNDS.clients - 5):
            line = await held.enter_async_context(wire_to(path))
            await line.send(b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
            lines.append(line)
        assert {await line.head() for line in lines} == {b"HTTP/1.1 200 OK\r\n"}
