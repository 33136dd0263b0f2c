"""What a watch page finds that has broken out of its script, into the browser's own process."""

import os
from pathlib import Path

import pytest

from browser_host.bridge.events import BrowserStarted
from browser_host.browsers.process import processes
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

CANARY = "canary-5d0e"


async def test_no_process_of_the_browser_is_given_a_key(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UPSCOPE_API_KEY", "MY_TOKEN", "db_password"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("HARMLESS", "harmless-5d0e")
    before = set(processes.drivers_of(os.getpid()))
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    assert record.of(BrowserStarted)
    (driver,) = set(processes.drivers_of(os.getpid())) - before
    given = [_environment(process.pid) for process in processes.descendants(driver.pid)]
    assert any(b"harmless-5d0e" in one for one in given)  # the search does find what is there
    assert not [one for one in given if CANARY.encode() in one]


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""  # it ended meanwhile
