"""Browsers started at once are told apart, and one that can't be started is not tried without end."""

import asyncio

import pytest

from browser_host.bridge.chores import Chores
from browser_host.browsers.books import Books, Waiting
from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import SHARED
from browser_host.browsers.reports import BrowserLost, BrowsersGivenUp
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.starts import Starts
from browser_host.secrets import WatchLink
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record


async def test_two_that_are_started_at_once_have_a_driver_each(open_pool: Opened) -> None:
    pool = await open_pool()
    shelves = await asyncio.gather(pool._starts.start(), pool._starts.start())
    drivers = {shelf.engine.driver for shelf in (*shelves, pool._books.shelves[1]) if shelf is not None}
    assert None not in drivers
    assert len(drivers) == 3


async def test_one_that_fails_as_nobody_foresaw_counts_as_fallen_and_is_given_up_in_the_end(
    record: Record, log: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("nobody foresaw it")

    monkeypatch.setattr(Engine, "start", fails)
    failed: list[BaseException] = []
    chores = Chores(lambda _, error: failed.append(error))
    settings = PoolSettings(restarts=(0.0, 0.0))
    books = Books(settings)
    books.waiting["s"] = Waiting(WatchLink("http://127.0.0.1/"), SHARED)
    starts = Starts(
        books,
        settings,
        sink=record,
        log=log,
        record=None,
        chores=chores,
        lost=lambda *_: None,
        came=lambda: starts.another() if books.waiting else None,
    )
    starts.another()
    given_up = await record.first(BrowsersGivenUp)
    assert given_up == BrowsersGivenUp(("s",), 2)
    assert [report.text for report in record.of(BrowserLost)] == ["RuntimeError('nobody foresaw it')"] * 2
    await chores.close(1.0)
    assert [str(error) for error in failed] == ["nobody foresaw it"] * 2
