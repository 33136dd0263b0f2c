"""The link against a real server on a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from browser_host.api.client import HostClient
from browser_host.api.replies import Stopping
from tests.support.patience import patient
from tests.tui.wiring.fake_host import FakeHost
from tui.host import connection
from tui.host.connection import HostConnection
from tui.host.deck import ConnectionState, Deck

DEADLINE_S = 10


class Decks:
    """What the link delivered, and a way to wait for a deck that one wants."""

    def __init__(self) -> None:
        self.all: list[Deck] = []
        self._news = asyncio.Event()

    def take(self, deck: Deck) -> None:
        self.all.append(deck)
        self._news.set()

    async def wait(self, wanted: Callable[[Deck], bool]) -> Deck:
        async with asyncio.timeout(patient(DEADLINE_S)):
            while not (self.all and wanted(self.all[-1])):
                self._news.clear()
                await self._news.wait()
        return self.all[-1]


@asynccontextmanager
async def linked(socket: Path, decks: Decks, refresh_hz: float = 200) -> AsyncIterator[HostConnection]:
    async with HostClient(socket, "tui") as client:
        subject = HostConnection(client, decks.take, refresh_hz=refresh_hz, now=lambda: 77.0)
        task = asyncio.create_task(subject.run())
        yield subject
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def attached(deck: Deck) -> bool:
    return deck.link is ConnectionState.ATTACHED


async def test_the_snapshot_comes_first_and_then_each_change(host: FakeHost) -> None:
    decks = Decks()
    async with linked(host.path, decks):
        deck = await decks.wait(attached)
        assert list(deck.sessions) == ["s1", "s2", "s3"]
        host.change("s2", status="terminated")
        deck = await decks.wait(lambda deck: deck.sessions["s2"].status == "terminated")
        assert deck.sessions["s1"].status == "viewerReady"
        assert host.snapshots == 1


async def test_a_piece_that_arrives_is_shown_at_once(host: FakeHost) -> None:
    # At this rate a wait for the next refresh is longer than the test.
    decks = Decks()
    async with linked(host.path, decks, refresh_hz=1 / (100 * DEADLINE_S)) as subject:
        await decks.wait(attached)
        host.change("s1", color="#00ff00")
        await decks.wait(lambda deck: deck.sessions["s1"].color == "#00ff00")
        assert subject.trouble == ""


async def test_a_flood_comes_in_few_deliveries_and_ends_right(host: FakeHost) -> None:
    decks = Decks()
    async with linked(host.path, decks, refresh_hz=10):
        await decks.wait(attached)
        for number in range(3 * connection.BUFFER):
            host.change("s1", events=number)
        deck = await decks.wait(lambda deck: deck.sessions["s1"].events == 3 * connection.BUFFER - 1)
        assert deck.seq == 3 * connection.BUFFER
        assert len(decks.all) < 30


async def test_lost_host_shows_last_state_and_is_reattached(host: FakeHost) -> None:
    decks = Decks()
    async with linked(host.path, decks) as subject:
        await decks.wait(attached)
        host.change("s1", color="#ff0000")
        await decks.wait(lambda deck: deck.sessions["s1"].color == "#ff0000")
        await host.go_away()
        deck = await decks.wait(lambda deck: deck.link is ConnectionState.LOST)
        assert deck.lost_since == 77.0
        assert deck.sessions["s1"].color == "#ff0000"
        assert subject.trouble == connection.GONE
        await host.serve()
        deck = await decks.wait(attached)
        assert deck.lost_since is None
        assert subject.trouble == ""


async def test_a_host_that_was_never_there_is_waited_for(tmp_path: Path) -> None:
    decks = Decks()
    host = FakeHost(tmp_path / "later" / "host.sock")
    async with linked(host.path, decks):
        deck = await decks.wait(lambda deck: deck.link is ConnectionState.LOST)
        assert deck.host is None
        await host.serve()
        await decks.wait(attached)
    await host.go_away()


async def test_missed_events_lead_to_a_new_snapshot(host: FakeHost) -> None:
    decks = Decks()
    async with linked(host.path, decks):
        await decks.wait(attached)
        host.change("s1", events=4)
        await decks.wait(lambda deck: deck.sessions["s1"].events == 4)
        # What a ring that was overrun does: numbers are skipped, and nothing tells the client what it missed.
        del host.sessions["s2"]
        host.events._seq += 5
        host.change("s1", events=5)
        await decks.wait(lambda deck: attached(deck) and "s2" not in deck.sessions and deck.seq == 7)
        assert host.snapshots == 2


async def test_a_host_of_another_schema_is_told_in_words(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "snapshot", lambda: Stopping(stopping=True))
    decks = Decks()
    async with linked(host.path, decks) as subject:
        await decks.wait(lambda deck: deck.link is ConnectionState.LOST)
        assert "is its version compatible?" in subject.trouble
