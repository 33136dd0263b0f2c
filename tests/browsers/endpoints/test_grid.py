"""Sessions on browsers that a real Selenium Grid starts: lost, hosted again, moved, and ended on it."""

import os
import signal
from collections.abc import Iterator

import pytest

from browser_host.bridge.events import BrowserLost, BrowserStarted, SessionOpened, SessionsLost
from browser_host.browsers import browser_ping
from browser_host.browsers.endpoints import grid_browser, grid_client, lease
from browser_host.browsers.settings import EndpointSettings
from browser_host.secrets import BrowserUrl
from browser_host.sessions.browser_state import BrowserKind, BrowserState
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record, Stage, talking_until
from tests.support.patience import patient
from tests.support.selenium_grid import Grid, NoGrid, selenium_grid

SESSIONS = ("a", "b", "c")
RESTARTS = (0.0,) * 30
TOLD = "the browser ended"
"""A Grid closes the connection to a browser that ended, or does not: then the host finds out."""


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    try:
        with selenium_grid(tmp_path_factory.mktemp("grid"), nodes=2) as found:
            yield found
    except NoGrid as missing:
        pytest.skip(f"no Selenium Grid can be started here: {missing}")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, grid: Grid) -> None:
    assert grid.is_free(within=30), "of the test before"
    monkeypatch.setattr(lease, "_RENEW_EVERY_S", 0.3)
    monkeypatch.setattr(grid_browser, "ENDS_WITHIN_S", patient(20.0))


def find_out_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"_PING_EVERY_S": 0.5, "_PING_WITHIN_S": 1.0, "_LOOK_FOR_S": 0.1}.items():
        monkeypatch.setattr(browser_ping, name, seconds)


def endpoint(grid: Grid) -> EndpointSettings:
    address = BrowserUrl(grid.address)
    return EndpointSettings("grid", BrowserKind.GRID, address, 10, require_isolation=True, on_demand=False)


async def test_sessions_are_isolated_and_end_with_the_host(
    grid: Grid, open_pool: Opened, stage: Stage, record: Record, log: Quiet
) -> None:
    pool = await open_pool(endpoints=(endpoint(grid),), restarts=RESTARTS)
    for session in SESSIONS:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in SESSIONS))
    (found,) = pool.describe()
    assert (found.kind, found.state, found.sessions) == (BrowserKind.GRID, BrowserState.UP, 3)
    assert found.isolated
    assert len({one.group for one in record.of(SessionOpened)}) == 1
    (session,) = grid.sessions()
    assert session not in f"{log.events}{record.reports}"  # whoever knows it can control the browser
    await pool.close(patient(8.0))
    assert grid.is_free(within=10)


async def test_a_killed_browser_frees_its_slot_and_is_replaced(
    grid: Grid, open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool(endpoints=(endpoint(grid),), restarts=RESTARTS)
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    (session,) = grid.sessions()
    find_out_soon(monkeypatch)
    os.kill(grid.browser_of(session), signal.SIGKILL)
    assert (await record.first(SessionsLost)).session_ids == ("s",)
    assert (await record.first(BrowserLost)).text in {"the browser does not answer", TOLD}
    monkeypatch.setattr(browser_ping, "_PING_WITHIN_S", 5.0)
    pool.open("s", stage.link("echo"))
    await record.until(lambda: len(record.said("s")) == 2)
    await talking_until(pool, record, "s", lambda: session not in grid.sessions())
    assert len(grid.sessions()) == 1


async def test_a_session_that_the_grid_ended_is_reported(
    grid: Grid, open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(endpoints=(endpoint(grid),), restarts=(0.0,))
    pool.open("s", stage.link("echo"))
    await record.until(lambda: record.said("s"))
    (session,) = grid.sessions()
    grid.end(session)
    assert (await record.first(BrowserLost)).text in {"the Grid ended the session", TOLD}


async def test_a_full_grid_says_so_and_is_used_once_it_has_room(
    grid: Grid, open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid_client, "QUEUED_WITHIN_S", 0.5)
    held = [grid.take_slot(), grid.take_slot()]
    pool = await open_pool(endpoints=(endpoint(grid),), restarts=RESTARTS)
    assert (await record.first(BrowserLost)).text == "grid: the Grid is full: 2 of 2 sessions are taken"
    monkeypatch.setattr(grid_client, "QUEUED_WITHIN_S", patient(15.0))
    pool.open("s", stage.link("echo"))
    for session in held:
        grid.end(session)
    await record.until(lambda: record.said("s"))


async def test_a_drained_node_hands_its_sessions_over(
    grid: Grid, open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool(endpoints=(endpoint(grid),), restarts=RESTARTS)
    for session in SESSIONS:
        pool.open(session, stage.link("echo", session))
    await record.until(lambda: all(record.said(session) for session in SESSIONS))
    ((_, drained),) = grid.sessions().items()
    grid.drain(drained)
    await record.until(lambda: len(record.of(BrowserStarted)) == 2)  # the new one first
    (due,) = await record.until(pool.aged)
    pool.recycle(due, lambda _: True)
    await record.until(lambda: all(len(record.said(session)) == 2 for session in SESSIONS))
    assert record.of(SessionsLost) == []
    await talking_until(pool, record, "a", lambda: drained not in grid.sessions().values())

    # The last node is killed: its sessions are lost, and there is nowhere else.
    (left,) = [node for node in grid.nodes if node.address != drained]
    find_out_soon(monkeypatch)
    monkeypatch.setattr(grid_client, "QUEUED_WITHIN_S", 0.5)
    left.kill()
    await record.until(
        lambda: {one for lost in record.of(SessionsLost) for one in lost.session_ids} == {*SESSIONS}
    )
    await record.first(BrowserLost, lambda one: one.text.startswith("grid: the Grid"))
