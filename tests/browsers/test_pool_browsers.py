"""Browsers of a pool: several where one is full, none where it can't be started."""

from pathlib import Path

import pytest

from browser_host.bridge.events import BrowserStarted, SessionOpened
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import PoolSettings
from browser_host.errors import BrowserUnavailable
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record, Stage


async def test_a_full_browser_gets_a_second_one_beside_it(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(sessions_per_process=1, max_groups=2)
    for session in "abc":
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in "abc"))
    assert [(d.number, d.groups, d.sessions) for d in pool.describe()] == [(1, 2, 2), (2, 1, 1)]
    assert len(record.of(BrowserStarted)) == 2
    assert len({opened.group for opened in record.of(SessionOpened)}) == 3


async def test_who_comes_beyond_the_last_browser_waits_for_a_place(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("browser_host.browsers.endpoints.endpoint_set.MAX_BROWSERS", 1)
    pool = await open_pool(sessions_per_process=1, max_groups=2)
    for session in "abc":
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: record.said("a") and record.said("b"))
    assert [(d.groups, d.sessions) for d in pool.describe()] == [(2, 2)]
    assert {opened.session_id for opened in record.of(SessionOpened)} == {"a", "b"}
    pool.release("a")
    await record.until(lambda: record.said("c"))
    assert len(record.of(BrowserStarted)) == 1


async def test_a_program_that_is_no_browser_is_said_to_be_none(
    record: Record, log: Quiet, tmp_path: Path
) -> None:
    program = tmp_path / "not-a-browser"
    program.write_text("#!/bin/sh\necho nonsense >&2\nexit 3\n")
    program.chmod(0o755)
    pool = Pool(PoolSettings(executable=program), record, log)
    with pytest.raises(BrowserUnavailable, match="not-a-browser"):
        await pool.start()
    await pool.close(5.0)
    assert record.reports == []
