import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.api import streams
from browser_host.sessions.clock import Instant
from browser_host.supervisor import event_feed
from browser_host.supervisor.event_feed import CHUNK, EventFeed

NOW = Instant(mono=1.0, wall=1_700_000_000.25)


def published(count: int, size: int = 100) -> EventFeed:
    feed = EventFeed(size)
    for number in range(1, count + 1):
        feed.publish("session.status", f"s{number}", NOW, {"status": "active"})
    return feed


def numbers(lines: object) -> list[int]:
    assert isinstance(lines, list)
    return [json.loads(line)["seq"] for line in lines]


def test_an_event_is_one_line_of_json_with_its_number_and_moment() -> None:
    (line,) = published(1).after(0) or ()
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "seq": 1,
        "at": "2023-11-14T22:13:20.250Z",
        "type": "session.status",
        "id": "s1",
        "status": "active",
    }


def test_a_lone_surrogate_cannot_break_the_stream() -> None:
    feed = EventFeed()
    feed.publish("session.message", "a", NOW, {"raw": "\ud800"})
    (line,) = feed.after(0) or ()
    assert json.loads(line)["raw"] == "?"


@given(count=st.integers(0, 60), size=st.integers(1, 40), after=st.integers(0, 70))
def test_client_gets_all_later_events_or_a_resync(count: int, size: int, after: int) -> None:
    async def check() -> None:
        lines = published(count, size).after(after)
        if after > count or after < count - size:
            assert lines is None
        else:
            assert numbers(lines) == list(range(after + 1, count + 1))

    asyncio.run(check())


def test_pages_that_say_much_cannot_fill_the_memory() -> None:
    feed = EventFeed(size=100, characters=1_000)
    for number in range(1, 51):
        feed.publish("session.message", "a", NOW, {"message": {"type": "x", "raw": "w" * 100}})
        feed.publish("session.status", "b", NOW, {"status": "active"})
        assert feed.after(2 * number - 2) is not None
    assert numbers(feed.after(79)) == list(range(80, 101))
    assert feed.after(78) is None
    feed.publish("session.message", "a", NOW, {"message": {"type": "x", "raw": "w" * 5_000}})
    assert numbers(feed.after(100)) == [101]
    for _ in range(200):
        feed.publish("session.status", "b", NOW, {"status": "active"})
    assert len(feed.after(201) or ()) == 100


async def test_a_client_that_lags_gets_its_events_in_chunks() -> None:
    feed = published(2 * CHUNK + 1, size=10_000)
    assert [len(feed.after(seq) or ()) for seq in (0, CHUNK, 2 * CHUNK)] == [CHUNK, CHUNK, 1]


async def test_news_wakes_every_waiting_client() -> None:
    feed = EventFeed()
    waiting = [asyncio.ensure_future(feed.news(0, within=5)) for _ in range(3)]
    await asyncio.sleep(0)  # lets them wait
    feed.publish("browser.started", None, NOW, {})
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_news_gives_up_when_nothing_comes() -> None:
    assert await EventFeed().news(0, within=0.01) is False


async def test_closing_ends_every_wait() -> None:
    feed = EventFeed()
    waiting = asyncio.ensure_future(feed.news(0, within=60))
    await asyncio.sleep(0)  # lets it wait
    feed.close()
    assert await asyncio.wait_for(waiting, 1) is False
    assert feed.closed


@pytest.mark.parametrize("behind", [0, 1, 7])
async def test_what_was_published_before_closing_can_still_be_read(behind: int) -> None:
    feed = published(10)
    feed.close()
    assert numbers(feed.after(10 - behind)) == list(range(11 - behind, 11))


def test_a_number_of_the_host_before_is_unknown() -> None:
    before, after = EventFeed(first=1_000_000), EventFeed(first=9_000_000)
    for feed in (before, after):
        for _ in range(5):
            feed.publish("session.color", "a", NOW, {})
    assert after.after(before.seq) is None
    assert after.merged(4) is None
    assert len(after.after(after.first) or ()) == after.published == 5


async def test_an_event_is_encoded_once_for_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers_encoded: list[int] = []
    encoded = event_feed.encoded

    def counting(seq: int, *rest: Any, **body: Any) -> bytes:
        numbers_encoded.append(seq)
        return encoded(seq, *rest, **body)

    monkeypatch.setattr(event_feed, "encoded", counting)
    feed = published(50)
    clients = [streams.lines(feed, 0) for _ in range(20)]
    texts = [await anext(client) for client in clients]
    assert sorted(numbers_encoded) == list(range(1, 51))
    assert len({id(text) for text in texts}) == 1, "each client got a text of its own"
    assert feed.merged(0) is not None
    assert len(numbers_encoded) == 50
