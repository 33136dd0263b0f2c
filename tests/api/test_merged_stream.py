"""Events merged for who asks: at once after a silence, then at a pace, and never a backlog."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from browser_host.api.schema import RESYNC
from browser_host.api.streams import ARRIVES_WITHIN_S
from browser_host.supervisor.pacing import AT_ONCE, LONGEST_S
from tests.api.conftest import Served
from tests.support.patience import patient

ROUNDS = 150
SESSIONS = 100
"""Together fewer events than the host keeps, beyond which a client must resync."""


@contextlib.asynccontextmanager
async def stream(served: Served, query: str) -> AsyncIterator[asyncio.StreamReader]:
    """A client that reads when it likes, and keeps next to nothing of its own."""
    reader, writer = await asyncio.open_unix_connection(served.path, limit=4_096)
    writer.write(f"GET /v1/events?{query} HTTP/1.1\r\nHost: watchdeck\r\n\r\n".encode())
    try:
        assert b"200" in await asyncio.wait_for(reader.readline(), 5)
        while (await reader.readline()).strip():
            pass
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def event(reader: asyncio.StreamReader) -> dict[str, object]:
    """The next line that is an event, past the pieces' lengths between them."""
    while True:
        line = await asyncio.wait_for(reader.readline(), 5)
        assert line, "the stream ended"
        if line.startswith(b"{"):
            return dict(json.loads(line))


async def test_first_event_comes_at_once_and_next_ones_merged(
    served: Served,
) -> None:
    (session_id,) = served.host.live(1)
    async with stream(served, f"after={served.host.feed.seq}&every=0.5") as reader:
        loop = asyncio.get_running_loop()
        due = 0.5 * ((loop.time() - ARRIVES_WITHIN_S) // 0.5 + 1) + ARRIVES_WITHIN_S
        served.host.hosting.says_color(session_id, "#000001")
        assert (await event(reader))["type"] == "session.color"
        for number in range(2, 1_002):
            served.host.hosting.says_color(session_id, f"#{number:06x}")
        merged = await event(reader)
        assert loop.time() > due - 0.01
        assert (merged["type"], merged["color"]) == ("session.changed", f"#{1_001:06x}")
        assert merged["seq"] == served.host.feed.seq


async def test_client_that_stops_reading_gets_merged_events(served: Served) -> None:
    ids = served.host.live(SESSIONS)
    async with stream(served, f"after={served.host.feed.seq}&every=0.001") as reader:
        for number in range(ROUNDS):
            for session_id in ids:
                served.host.hosting.says_color(session_id, f"#{number:06x}")
            await served.client.health()  # the host has its turn, and another client its answer
        told, lines = await event(reader), 1
        while told["seq"] != served.host.feed.seq:
            told, lines = await event(reader), lines + 1
        assert told["color"] == f"#{ROUNDS - 1:06x}"
        # What lay in the kernel's buffer, and one line of each session more.
        assert lines < ROUNDS * SESSIONS / 4


async def test_a_client_that_asks_from_before_the_ring_begins_anew(served: Served) -> None:
    (session_id,) = served.host.live(1)
    for number in range(20_100):
        served.host.hosting.says_color(session_id, f"#{number:06x}")
    async with stream(served, "after=1&every=0.5") as reader:
        told = await event(reader)
        assert (told["type"], told["seq"]) == (RESYNC, served.host.feed.seq)


@pytest.mark.parametrize("every", ["0", "-1", "1.5", "nan", "inf", "soon", ""])
async def test_a_pace_that_is_none_is_refused(served: Served, every: str) -> None:
    answer = await served.http.get("/v1/events", params={"after": "0", "every": every})
    assert answer.status_code == 400
    assert "every" in answer.json()["error"]["text"]


async def test_a_key_that_the_stream_does_not_know_is_refused(served: Served) -> None:
    answer = await served.http.get("/v1/events", params={"after": "0", "evry": "0.2"})
    assert answer.status_code == 400
    assert "evry" in answer.json()["error"]["text"]


async def test_window_of_pages_follows_the_most_impatient(served: Served) -> None:
    windows = served.host.hosting.windows
    for query, window_s in (("every=0.2", LONGEST_S), ("every=0.05", 0.05), ("after=0", AT_ONCE)):
        async with stream(served, query):
            assert windows[-1] == window_s
    async with asyncio.timeout(patient(5)):
        while windows[-1] != LONGEST_S:
            await served.client.health()
