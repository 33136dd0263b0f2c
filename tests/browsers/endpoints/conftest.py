"""Browsers reached by an address: Playwright servers and remote debugging, in processes of their own."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from browser_host.browsers.settings import PoolSettings
from tests.browsers.conftest import log, open_pool, record, settings, stage
from tests.support import browser_servers
from tests.support.browser_servers import BrowserServer

__all__ = ["log", "open_pool", "record", "settings", "stage"]

Serve = Callable[..., Awaitable[BrowserServer]]


@pytest.fixture
async def playwright_server(settings: PoolSettings, tmp_path: Path) -> AsyncIterator[Serve]:
    numbers = itertools.count(1)
    with ExitStack() as running:

        async def serve(*, isolates: bool = True) -> BrowserServer:
            name = f"server-{next(numbers)}"
            server = browser_servers.playwright_server(tmp_path, settings.executable, name, isolates=isolates)
            return await asyncio.to_thread(running.enter_context, server)

        yield serve


@pytest.fixture
async def remote_debugging(settings: PoolSettings, tmp_path: Path) -> AsyncIterator[Serve]:
    with ExitStack() as running:

        async def serve() -> BrowserServer:
            server = browser_servers.remote_debugging(tmp_path, settings.executable, "browser")
            return await asyncio.to_thread(running.enter_context, server)

        yield serve
