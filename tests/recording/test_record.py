"""Recording a scripted host behind the real API, into a real file."""

import asyncio
import contextlib
import io
import json
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
import zstandard

from browser_host.api.client import HostClient
from browser_host.api.schema import RESYNC
from browser_host.cli.commands import record_command
from browser_host.errors import UsageError
from browser_host.hosts.named_host import NamedHost
from browser_host.recording import follow
from browser_host.recording.follow import GONE, Recorder
from browser_host.recording.recorded_lines import LineKind
from browser_host.recording.sink import RecordingFile, RecordingFull
from browser_host.sessions.clock import system_clock
from browser_host.supervisor.event_feed import EventFeed
from tests.support.clocks import SettableClock
from tests.support.host import scripted_host, serving

MOST = 10_000_000
CANARY = "canary-token-4411"


class WatchedFile(RecordingFile):
    """Tells a test what was written."""

    def __init__(self, path: Path, most: int = MOST) -> None:
        super().__init__(path, most)
        self.told: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()

    def write(self, body: Mapping[str, Any]) -> None:
        super().write(body)
        self.told.put_nowait(body)

    async def until(self, kind: str) -> Mapping[str, Any]:
        async with asyncio.timeout(10):
            while (body := await self.told.get())["type"] != kind:
                pass
        return body


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "run" / "host.sock"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recording.jsonl"


@contextlib.asynccontextmanager
async def recording(
    socket: Path, path: Path, said: list[str] | None = None, *, since: float | None = None
) -> AsyncIterator[WatchedFile]:
    """Records from before the block until its end, where it is cancelled as by ctrl-C."""
    say = (said if said is not None else []).append
    async with HostClient(socket, "test") as client:
        with WatchedFile(path) as file:
            recorder = Recorder([NamedHost("", client)], file, lambda: system_clock().wall, say)
            task = asyncio.create_task(recorder.run("0.1.0", since))
            await file.until(LineKind.ATTACHED)
            yield file
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def mode_and_size(path: Path) -> tuple[int, int]:
    found = path.stat()
    return stat.S_IMODE(found.st_mode), found.st_size


async def test_a_recording_is_the_state_and_then_the_events(socket: Path, path: Path) -> None:
    async with scripted_host() as host, serving(host, socket):
        first, second = host.live(2, "active")
        async with recording(socket, path) as file:
            host.hosting.says_color(first, "tomato")
            host.hosting.says_status(second, "terminated")
            assert (await file.until("session.ended"))["id"] == second
    head, state, *rest = lines(path)
    assert (head["type"], head["version"]) == (LineKind.HEADER, 1)
    assert (state["type"], state["host"]["version"]) == (LineKind.ATTACHED, "0.0.0")
    assert [(one["type"], one["id"], one["status"]) for one in rest[:2]] == [
        (LineKind.SESSION, first, "active"),
        (LineKind.SESSION, second, "active"),
    ]
    assert [one["type"] for one in rest[2:]] == [
        "session.color",
        "session.status",
        "session.ended",
        LineKind.ENDED,
    ]
    assert (rest[2]["color"], rest[-1]["text"]) == ("#ff6347", "stopped")
    assert mode_and_size(path)[0] == 0o600


async def test_no_secret_and_no_page_text_is_recorded(socket: Path, path: Path) -> None:
    async with scripted_host() as host, serving(host, socket):
        host.add(f"https://watch.example/w/{CANARY}?token={CANARY}")
        (live,) = host.live(1)
        async with recording(socket, path) as file:
            host.hosting.says(live, type="customMessage", key=CANARY, x_api_key=CANARY)
            host.hosting.says(live, type=f"https://h/{CANARY}", text=CANARY)
            await file.until("session.message")
            await file.until("session.message")
    text = json.dumps(lines(path))
    assert CANARY not in text
    assert "token" not in text
    assert text.count("session.message") == 2


async def test_missed_events_bring_the_whole_state_again(socket: Path, path: Path) -> None:
    async with scripted_host() as host, serving(host, socket):
        (live,) = host.live(1, "waiting")
        async with recording(socket, path) as file:
            host.hosting.says_status(live, "active")
            await file.until("session.status")
            host.feed.publish(RESYNC, None, system_clock(), {})
            await file.until(LineKind.ATTACHED)
            host.hosting.says_status(live, "viewerReady")
            await file.until("session.status")
    kinds = [one["type"] for one in lines(path)]
    again = kinds.index(RESYNC)
    assert kinds[again + 1 : again + 3] == [LineKind.ATTACHED, LineKind.SESSION]
    assert lines(path)[again + 2]["status"] == "active"


async def test_a_host_that_comes_back_is_recorded_on(
    socket: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "RETRY_EVERY_S", 0.01)
    said: list[str] = []
    async with scripted_host() as host:
        host.live(1)
        async with contextlib.AsyncExitStack() as first:
            await first.enter_async_context(serving(host, socket))
            async with recording(socket, path, said) as file:
                await first.aclose()
                await file.until(LineKind.LOST)
                async with serving(host, socket):
                    await file.until(RESYNC)
                    await file.until(LineKind.SESSION)
    assert "waiting for it" in said[0]


async def test_a_recording_stops_at_its_bound(socket: Path, path: Path) -> None:
    most = 20_000
    async with scripted_host() as host, serving(host, socket):
        (live,) = host.live(1)
        async with HostClient(socket, "test") as client:
            with WatchedFile(path, most) as file:
                recorder = Recorder([NamedHost("", client)], file, lambda: system_clock().wall, print)
                task = asyncio.create_task(recorder.run("0.1.0"))
                await file.until(LineKind.ATTACHED)
                for number in range(500):
                    host.hosting.says_color(live, f"#{number:06x}")
                with pytest.raises(RecordingFull):
                    await asyncio.wait_for(task, 10)
    assert most / 2 < mode_and_size(path)[1] <= most
    assert lines(path)[-1]["text"] == "the file is full"


async def test_a_name_in_zst_is_compressed(socket: Path, tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl.zst"
    async with scripted_host() as host, serving(host, socket):
        host.live(3)
        async with recording(socket, path):
            pass
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(path.read_bytes())) as stream:
        whole = stream.read().decode().splitlines()
    assert len(whole) == 6
    assert json.loads(whole[-1])["type"] == LineKind.ENDED


async def test_since_begins_with_the_state_of_that_time(socket: Path, path: Path) -> None:
    clock = SettableClock()
    async with scripted_host(clock=clock) as host, serving(host, socket):
        gone, stays = host.live(2, "waiting")
        host.supervisor.remove(gone)
        host.hosting.says_status(stays, "active")
        clock.forward(3600)
        since = clock().wall - 1
        host.hosting.says_status(stays, "terminated")
        async with recording(socket, path, since=since) as file:
            await file.until("session.ended")
    _, state, session, *events = lines(path)
    assert (state["type"], session["id"]) == (LineKind.ATTACHED, stays)
    assert (session["status"], events[0]["status"]) == ("active", "terminated")
    assert _seconds(state["at"]) == pytest.approx(since, abs=0.001)


async def test_since_before_the_host_begins_with_its_first_event(socket: Path, path: Path) -> None:
    async with scripted_host() as host, serving(host, socket):
        (first,) = host.live(1)
        async with recording(socket, path, since=0.0) as file:
            await file.until("session.status")
    _, state, added, *_ = lines(path)
    assert (state["type"], added["type"], added["id"]) == (LineKind.ATTACHED, "session.added", first)
    assert state["at"] == added["at"]


async def test_since_begins_now_where_events_are_gone(
    socket: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventFeed.__init__, "__defaults__", (3, 4_000_000))
    said: list[str] = []
    async with scripted_host() as host, serving(host, socket):
        host.live(4)
        async with recording(socket, path, said, since=0.0) as file:
            for _ in range(4):
                await file.until(LineKind.SESSION)
    assert said == [GONE]


@pytest.mark.parametrize("name", ["taken.jsonl", "taken.zst"])
def test_a_file_that_exists_is_not_written_to(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        RecordingFile(tmp_path / name, MOST)
    assert (tmp_path / name).read_text() == "mine"


def test_without_zstandard_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UsageError, match=r"watchdeck\[record\]"):
        RecordingFile(tmp_path / "recording.zst", MOST)
    assert list(tmp_path.iterdir()) == []


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("text", "size"),
    [("100MB", 100_000_000), ("2g", 2_000_000_000), ("500 kB", 500_000), ("100000000", 10**8)],
)
def test_a_bound_is_a_size(text: str, size: int) -> None:
    assert record_command.Size().convert(text, None, None) == size
    assert record_command.Size().convert(str(record_command.MOST_BYTES), None, None) == 100_000_000


@pytest.mark.parametrize("text", ["", "10", "MB", "-5MB", "1e9", "5TB", "1" * 400])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError):
        record_command.Size().convert(text, None, None)
