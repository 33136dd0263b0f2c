"""Several hosts in one recording: whose each line is, their order, and hosts that are away for a while."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from browser_host.api.schema import RESYNC
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import NoHost
from browser_host.recording import follow
from browser_host.recording.follow import Recorder
from browser_host.recording.reaching import reached
from browser_host.recording.recorded_lines import HOST_NAME, LineKind
from browser_host.sessions.clock import system_clock
from tests.recording.test_record import WatchedFile, lines
from tests.support.clocks import SettableClock
from tests.support.host import scripted_host, serving

NAMES = ("tokyo", "york")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "RETRY_EVERY_S", 0.01)


@contextlib.asynccontextmanager
async def recording(
    folder: Path, said: list[str], *, since: float | None = None
) -> AsyncIterator[WatchedFile]:
    """Records tokyo and york from before the block until its end."""
    async with reached([HostAddress(name, folder / name) for name in NAMES], "test", said.append) as hosts:
        with WatchedFile(folder / "recording.jsonl") as file:
            recorder = Recorder(hosts, file, lambda: system_clock().wall, said.append)
            task = asyncio.create_task(recorder.run("0.1.0", since))
            await file.until(LineKind.HEADER)
            yield file
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def of(found: list[dict[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [line for line in found if line.get(HOST_NAME) == name]


async def test_each_line_says_whose_it_is_and_a_lost_host_comes_back(tmp_path: Path) -> None:
    said: list[str] = []
    async with scripted_host() as tokyo, scripted_host() as york, serving(tokyo, tmp_path / "tokyo"):
        (shared,) = tokyo.live(1)
        assert york.live(1) == [shared]
        async with contextlib.AsyncExitStack() as first:
            await first.enter_async_context(serving(york, tmp_path / "york"))
            async with recording(tmp_path, said) as file:
                for _ in NAMES:
                    await file.until(LineKind.SESSION)
                await first.aclose()
                await file.until(LineKind.LOST)
                tokyo.hosting.says_status(shared, "active")
                await file.until("session.status")
                async with serving(york, tmp_path / "york"):
                    await file.until(LineKind.ATTACHED)
                    york.feed.publish(RESYNC, None, system_clock(), {})
                    await file.until(LineKind.ATTACHED)
    found = lines(tmp_path / "recording.jsonl")
    assert (found[0]["version"], found[0]["hosts"]) == (2, [*NAMES])
    assert all(line[HOST_NAME] in NAMES for line in found[1:-1])
    ids = {line["id"] for line in found if line.get("id")}
    assert ids == {f"tokyo/{shared}", f"york/{shared}"}
    assert [line["type"] for line in of(found, "tokyo")] == [
        *(LineKind.ATTACHED, LineKind.SESSION),
        "session.status",
    ]
    assert [line["type"] for line in of(found, "york")][:6] == [
        *(LineKind.ATTACHED, LineKind.SESSION, LineKind.LOST),
        *(RESYNC, LineKind.ATTACHED, LineKind.SESSION),
    ]
    assert any(text.startswith("host york: ") and text.endswith("; waiting for it") for text in said)


async def test_a_host_that_is_away_at_first_is_recorded_later(tmp_path: Path) -> None:
    said: list[str] = []
    async with scripted_host() as tokyo, scripted_host() as york, serving(tokyo, tmp_path / "tokyo"):
        york.live(2)
        async with recording(tmp_path, said) as file:
            assert (await file.until(LineKind.LOST))[HOST_NAME] == "york"
            async with serving(york, tmp_path / "york"):
                for _ in range(2):
                    assert (await file.until(LineKind.SESSION))[HOST_NAME] == "york"


async def test_without_any_host_none_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(NoHost, match=r"host tokyo: no host.*\nhost york: no host"):
        async with recording(tmp_path, []):
            raise AssertionError("it records nobody")


async def test_past_events_of_all_hosts_are_in_the_order_of_time(tmp_path: Path) -> None:
    clock = SettableClock()
    async with (
        scripted_host(clock=clock) as tokyo,
        scripted_host(clock=clock) as york,
        serving(tokyo, tmp_path / "tokyo"),
        serving(york, tmp_path / "york"),
    ):
        for host in (tokyo, york):
            (session_id,) = host.live(1, "waiting")
        clock.forward(3600)
        since = clock().wall - 1
        for status in ("active", "viewerReady"):
            for host in (york, tokyo):
                clock.forward(1)
                host.hosting.says_status(session_id, status)
        async with recording(tmp_path, [], since=since) as file:
            for _ in range(4):
                await file.until("session.status")
    found = [line for line in lines(tmp_path / "recording.jsonl") if line["type"] == "session.status"]
    assert [line[HOST_NAME] for line in found] == ["york", "tokyo", "york", "tokyo"]
    assert [line["status"] for line in found] == ["active", "active", "viewerReady", "viewerReady"]
