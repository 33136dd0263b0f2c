"""Browsers started at once are told apart, and one that can't be started is not tried without end."""

import asyncio

import pytest

from browser_host.bridge.events import BrowserLost, BrowsersGivenUp
from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.endpoints.endpoint_set import EndpointSet
from browser_host.browsers.interface import SHARED
from browser_host.browsers.registry import Registry, Waiting
from browser_host.browsers.settings import PoolSettings
from browser_host.secrets import WatchLink
from browser_host.sessions.browser_state import LOCAL
from browser_host.tasks import BackgroundTasks
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record


async def test_two_that_are_started_at_once_have_a_driver_each(open_pool: Opened) -> None:
    pool = await open_pool()
    browsers = await asyncio.gather(*(pool._endpoints.start_one(LOCAL) for _ in range(2)))
    drivers = {entry.browser.driver for entry in (*browsers, pool._registry.browsers[1]) if entry is not None}
    assert None not in drivers
    assert len(drivers) == 3


async def test_unexpected_start_failures_are_given_up_in_the_end(
    record: Record, log: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("nobody foresaw it")

    monkeypatch.setattr(HostBrowser, "start", fails)
    failed: list[BaseException] = []
    tasks = BackgroundTasks(lambda _, error: failed.append(error))
    settings = PoolSettings(restarts=(0.0, 0.0))
    registry = Registry(settings)
    registry.waiting["s"] = Waiting(WatchLink("http://127.0.0.1/"), SHARED)
    endpoints = EndpointSet(
        registry,
        settings,
        sink=record,
        log=log,
        record=None,
        tasks=tasks,
        lost=lambda *_: None,
        changed=lambda: endpoints.start_missing(),  # noqa: PLW0108 - made here: it is told of itself
    )
    endpoints.start_missing()
    given_up = await record.first(BrowsersGivenUp)
    assert given_up == BrowsersGivenUp(("s",), 2)
    assert [report.text for report in record.of(BrowserLost)] == ["RuntimeError('nobody foresaw it')"] * 2
    await tasks.close(1.0)
    assert [str(error) for error in failed] == ["nobody foresaw it"] * 2
