"""A stage, a record, and pools of a real browser that end with the test."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from browser_host.browsers.install.locate import find
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import HeartbeatSettings, PoolSettings
from tests.browsers.stage import Quiet, Record, Stage

Opened = Callable[..., Awaitable[Pool]]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def refused_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def log() -> Quiet:
    return Quiet()


@pytest.fixture
async def settings() -> PoolSettings:
    found = await find(None)
    assert found is not None, "these tests need a browser: watchdeck browser install"
    heartbeat = HeartbeatSettings(every=0.3, within=1.0, breaks_after=0.5, hung_after=1.5)
    return PoolSettings(executable=found.executable, allow_private_network=True, heartbeat=heartbeat)


@pytest.fixture
async def open_pool(settings: PoolSettings, record: Record, log: Quiet) -> AsyncIterator[Opened]:
    pools: list[Pool] = []

    async def opened(**changes: object) -> Pool:
        pool = Pool(replace(settings, **changes), record, log)  # type: ignore[arg-type]  # names are the fields'
        pools.append(pool)
        await pool.start()
        return pool

    yield opened
    for pool in pools:
        await pool.close(8.0)
