"""A browser that can't be kept running is given up in the end, and started again when somebody asks."""

from dataclasses import replace
from pathlib import Path

import psutil

from browser_host.bridge.events import BrowsersGivenUp, BrowserStarted
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import PoolSettings
from tests.browsers.stage import Quiet, Record, Stage


async def test_browser_is_given_up_and_started_again_on_request(
    settings: PoolSettings, stage: Stage, record: Record, log: Quiet, tmp_path: Path
) -> None:
    works = f'#!/bin/sh\nexec "{settings.executable}" "$@"\n'
    program = tmp_path / "browser"
    program.write_text(works)
    program.chmod(0o700)
    pool = Pool(replace(settings, executable=program, restarts=(0.0, 0.1)), record, log)
    try:
        await pool.start()
        pool.open("s", stage.link("echo"))
        await record.until(lambda: record.said("s"))
        program.write_text("#!/bin/sh\nexit 1\n")
        driver = next(iter(pool._registry.browsers.values())).browser.driver
        assert driver is not None
        psutil.Process(driver.pid).kill()
        await record.until(lambda: "browser.lost" in {event for event, _ in log.events})
        pool.open("s", stage.link("echo"))
        given_up = await record.first(BrowsersGivenUp)
        assert given_up == BrowsersGivenUp(("s",), 2)
        pool.open("s", stage.link("echo"))
        await record.until(lambda: len(record.of(BrowsersGivenUp)) == 2)
        program.write_text(works)
        pool.retry()
        pool.open("s", stage.link("echo"))
        await record.until(lambda: len(record.said("s")) == 2)
        assert len(record.of(BrowserStarted)) == 2
    finally:
        await pool.close(8.0)
