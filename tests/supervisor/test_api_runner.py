"""A host whose socket's file goes is reached again under the same path, and never serves beside another."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from browser_host.api.client import HostClient
from browser_host.api.peers import AllowedUids
from browser_host.api.server import ApiServer
from browser_host.api.socket import HostSocket
from browser_host.errors import WatchdeckError
from browser_host.supervisor.process import api_runner as module
from browser_host.supervisor.process.api_runner import ApiRunner
from tests.browsers.stage import Quiet
from tests.support.host import ScriptedHost, scripted_host
from tests.support.patience import patient


class Reached:
    """A host that serves, with what it was told."""

    def __init__(self, host: ScriptedHost, path: Path) -> None:
        self.path = path
        self.log = Quiet()
        self.taken: asyncio.Queue[str] = asyncio.Queue()
        self.socket = HostSocket(path)
        self.serving = ApiRunner(
            lambda: ApiServer(host.service, AllowedUids(())), self.socket, self.log, self.taken.put_nowait
        )

    async def answers(self) -> None:
        """Waits until a new client is answered."""
        async with asyncio.timeout(patient(10)):
            while True:
                try:
                    async with HostClient(self.path, "test") as client:
                        await client.snapshot()
                        return
                except WatchdeckError:
                    await asyncio.to_thread(self.path.exists)


@pytest.fixture
async def reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reached]:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.05)
    async with scripted_host() as host:
        found = Reached(host, tmp_path / "run" / "host.sock")
        with found.socket:
            async with found.serving.running():
                await found.answers()
                yield found


async def test_a_file_that_was_taken_away_is_made_again(reached: Reached) -> None:
    reached.path.unlink()
    await reached.answers()
    assert reached.path.stat().st_mode & 0o777 == 0o600
    assert [event for event, _ in reached.log.events] == ["socket.renewed"]


async def test_a_folder_that_was_taken_away_is_made_again(reached: Reached) -> None:
    shutil.rmtree(reached.path.parent)
    await reached.answers()
    assert reached.path.parent.stat().st_mode & 0o777 == 0o700


async def test_host_whose_socket_path_is_taken_stops(reached: Reached) -> None:
    shutil.rmtree(reached.path.parent)
    with HostSocket(reached.path):
        async with asyncio.timeout(patient(10)):
            assert await reached.taken.get() == "another host serves its socket"
