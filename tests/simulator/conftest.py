"""Simulators on real sockets, and one browser for the tests of this package."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from browser_host.browsers.install.locate import Found
from browser_host.simulator.server import Simulator, SimulatorSettings
from tests.simulator.parent_page import Embed, ParentPage, StartSimulator


@pytest_asyncio.fixture(loop_scope="session")
async def start() -> AsyncIterator[StartSimulator]:
    """Start simulators with fast and, by default, silent pages; close them at the end."""
    async with AsyncExitStack() as stack:

        async def starting(**settings: Any) -> Simulator:
            chosen = SimulatorSettings(**({"rate": 0, "pace": 0.05, "dom_rows": 2} | settings))
            return await stack.enter_async_context(Simulator(chosen))

        yield starting


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(browser: Found) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=browser.executable)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def embed(chromium: Browser) -> AsyncIterator[Embed]:
    """Embed all pages of a simulator in one parent page."""
    async with AsyncExitStack() as stack:

        async def embedding(simulator: Simulator) -> ParentPage:
            context = await chromium.new_context()
            stack.push_async_callback(context.close)
            return await ParentPage.embedding(await context.new_page(), simulator.watch_urls)

        yield embedding


@pytest.fixture
def key() -> Callable[[Simulator], dict[str, str]]:
    return lambda simulator: {"X-Api-Key": simulator.api_key.reveal()}
