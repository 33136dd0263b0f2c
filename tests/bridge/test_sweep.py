"""A page is swept once, some time after the last of its frames has loaded."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from browser_host.bridge.cdp import CdpError, Handler
from browser_host.bridge.page_health import sweep
from browser_host.tasks import BackgroundTasks


class Page:
    """Keeps what it is asked; `gone` answers nobody."""

    def __init__(self, *, gone: bool = False) -> None:
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self._gone = gone

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert params is None
        self.asked.append(method)
        self.was_asked.set()
        if self._gone:
            raise CdpError("the page is gone")
        return {}

    def on(self, event: str, handler: Handler) -> None:
        raise AssertionError(f"{event} {handler}")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "AFTER_S", 0.05)


@pytest.mark.parametrize("gone", [False, True])
async def test_frames_that_load_one_after_the_other_are_swept_together(*, gone: bool) -> None:
    failed: list[str] = []
    page, tasks = Page(gone=gone), BackgroundTasks(lambda name, _: failed.append(name))
    swept = sweep.Sweep(page, tasks)
    for _ in range(5):
        swept.soon()
    await asyncio.wait_for(page.was_asked.wait(), 5)
    await tasks.close(1.0)
    assert page.asked == ["HeapProfiler.collectGarbage"]
    assert failed == []


async def test_a_page_that_is_closed_is_not_swept() -> None:
    page, tasks = Page(), BackgroundTasks(lambda *_: None)
    swept = sweep.Sweep(page, tasks)
    swept.soon()
    swept.close()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(page.was_asked.wait(), 0.1)
    await tasks.close(1.0)
