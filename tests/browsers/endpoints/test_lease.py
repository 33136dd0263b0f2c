"""How a browser is kept at its endpoint: used in time, left when it is about to end, lost when it ended."""

import time

import pytest

from browser_host.browsers.endpoints import lease
from browser_host.browsers.endpoints.browser_source import BrowserGone
from browser_host.browsers.endpoints.grid_browser import GridBrowser
from browser_host.browsers.endpoints.grid_client import GridSession
from browser_host.browsers.endpoints.grid_status import GridStatus
from browser_host.browsers.endpoints.lease import Lease
from browser_host.browsers.endpoints.remote_browser import RemoteBrowser
from browser_host.browsers.settings import EndpointSettings
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import BrowserUrl, Secret
from tests.browsers.stage import Quiet

SESSION = GridSession(Secret("s0"), BrowserUrl("ws://h/canary"))


class Answering(RemoteBrowser):
    """An endpoint whose answers are given; the last one is that it ended the browser."""

    def __init__(self, *answers: bool | BrowserUnavailable) -> None:
        super().__init__(EndpointSettings("box"))
        self._answers = iter(answers)

    async def renew(self) -> bool:
        match next(self._answers, BrowserGone("it ended")):
            case bool(leaving):
                return leaving
            case BrowserUnavailable() as error:
                raise error

    async def close(self) -> None:
        raise BrowserUnavailable("it did not end")


class CountingGrid:
    """A Grid with one session, on a node that ends it after 30 s without use."""

    def __init__(self, *, knows: bool = True) -> None:
        slots = [{"session": {"sessionId": "s0" if knows else "other"}}]
        nodes = [{"sessionTimeout": 30_000, "slots": slots}]
        self._status = GridStatus.model_validate({"nodes": nodes})
        self.touched = 0

    async def status(self) -> GridStatus:
        return self._status

    async def touch(self, _: GridSession) -> None:
        self.touched += 1


async def test_a_lease_tells_each_change_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_RENEW_EVERY_S", 0.0)
    log, left, gone = Quiet(), list[bool](), list[str]()
    silent = BrowserUnavailable("no answer")
    kept = Lease("box", log, gone.append, left.append)
    source = Answering(False, silent, silent, True, True, False, silent, True)  # noqa: FBT003 - its answers
    await kept.keep(source)
    await kept.end(source)
    assert (left, gone, kept.leaving) == ([True, False, True], ["it ended"], True)
    events = [event for event, _ in log.events]
    assert (events.count("endpoint.unanswered"), events.count("endpoint.leaving")) == (2, 3)
    assert events[-1] == "endpoint.not_ended"


@pytest.mark.parametrize(("unused_s", "touches"), [(0, 0), (5, 0), (10, 1), (60, 1)])
async def test_a_grid_session_is_used_within_a_third_of_its_time(
    unused_s: float, touches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, grid = GridBrowser("box", BrowserUrl("http://h")), CountingGrid()
    browser._session, browser._used_at = SESSION, time.monotonic() - unused_s
    monkeypatch.setattr(browser, "_grid", grid)
    assert not await browser.renew()
    assert grid.touched == touches
    assert not await browser.renew()
    assert grid.touched == touches


async def test_a_session_that_no_node_has_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    browser, grid = GridBrowser("box", BrowserUrl("http://h")), CountingGrid(knows=False)
    browser._session, browser._used_at = SESSION, time.monotonic()
    monkeypatch.setattr(browser, "_grid", grid)
    await browser.renew()
    assert grid.touched == 1
