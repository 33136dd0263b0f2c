"""Browsers reached by an address: Playwright servers and remote debugging, in processes of their own."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from browser_host.browsers.settings import EndpointSettings, PoolSettings
from browser_host.secrets import BrowserUrl
from browser_host.sessions.browser_state import BrowserKind
from tests.browsers.conftest import log, open_pool, record, settings, stage
from tests.conventions.named import ROOT
from tests.support.patience import patient

__all__ = ["log", "open_pool", "record", "settings", "stage"]

WITHIN_S = 30.0
SERVER = json.loads((ROOT / "docs" / "deploy" / "playwright-server.json").read_text("utf-8"))
"""As users get it."""


@dataclass(slots=True)
class Server:
    """A server and its process group."""

    process: asyncio.subprocess.Process
    address: str

    def endpoint(self, name: str, kind: BrowserKind, *, require_isolation: bool = True) -> EndpointSettings:
        address = BrowserUrl(self.address)
        return EndpointSettings(name, kind, address, 10, require_isolation, on_demand=False)

    def stop_answering(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)


Serve = Callable[..., Awaitable[Server]]


@pytest.fixture
async def playwright_server(settings: PoolSettings, tmp_path: Path) -> AsyncIterator[Serve]:
    servers: list[Server] = []
    numbers = itertools.count(1)

    async def serve(*, isolates: bool = True) -> Server:
        chosen = SERVER if isolates else {"host": SERVER["host"]}
        config = tmp_path / f"server-{next(numbers)}.json"
        # Tests may run as root, for whom there is no sandbox.
        given = {**chosen, "executablePath": str(settings.executable), "port": 0, "chromiumSandbox": False}
        config.write_text(json.dumps(given))
        command = ("-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config))
        server = await _started(sys.executable, *command)
        servers.append(server)
        return server

    yield serve
    for server in servers:
        await _ended(server)


@pytest.fixture
async def remote_debugging(settings: PoolSettings, tmp_path: Path) -> AsyncIterator[Serve]:
    servers: list[Server] = []

    async def serve() -> Server:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        flags = ("--remote-debugging-port=0", "--no-sandbox", "--disable-gpu", profile, *SERVER["args"])
        server = await _started(str(settings.executable), *flags, "about:blank")
        servers.append(server)
        return server

    yield serve
    for server in servers:
        await _ended(server)


async def _started(*command: str) -> Server:
    process = await asyncio.create_subprocess_exec(
        *command,
        start_new_session=True,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    async with asyncio.timeout(patient(WITHIN_S)):
        while line := (await process.stdout.readline()).decode():
            if (at := line.find("ws://")) >= 0:
                return Server(process, line[at:].strip())
    raise AssertionError("the server ended before it served")


async def _ended(server: Server) -> None:
    with contextlib.suppress(ProcessLookupError):  # the test may have killed it
        server.kill()
    await server.process.wait()
    server.process._transport.close()  # type: ignore[attr-defined]  # its pipe's reader has no other end
