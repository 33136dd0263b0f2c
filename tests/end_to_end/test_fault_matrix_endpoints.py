"""Rows of the fault matrix: sessions on endpoints of all kinds, of which one after the other fails or drains.

Two Playwright servers, a Selenium Grid with two nodes and a browser with remote debugging, each a process of
its own. Every endpoint has room for all sessions. Without a Grid, the tests of the others run.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from browser_host.browsers.install.locate import Found
from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.browser_servers import BrowserServer, playwright_server, remote_debugging
from tests.support.fault_case import FaultCase, RecordProperty, until
from tests.support.fault_harness import (
    EventList,
    FaultHarness,
    Sessions,
    is_ready,
    links_by_label,
    reported_as,
)
from tests.support.programs import Home
from tests.support.selenium_grid import Grid, NoGrid, selenium_grid
from tests.support.upscope import upscope

COUNT = 60
GRID = "grid"
GRID_ENDS_AFTER_S = 15
"""The Grid's time-out for an unused session."""
NODES_LOOK_EVERY_S = 30
"""Seconds between two looks of a node for unused sessions."""
GONE = {"the browser ended", "the browser does not answer", "the Grid ended the session"}
"""Why a browser is lost whose server, node or process was killed: whichever is noticed first."""

pytestmark = pytest.mark.timeout(300)

ENDPOINT = """
[[browser.endpoints]]
name = "{name}"
kind = "{kind}"
url = "{address}"
max_sessions = {room}
"""

Views: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Remote:
    """What the host's browsers run on.

    Args:
        servers: by the endpoint's name.
        idle: the processes for pages that each server's browser has while no session is hosted.
    """

    harness: FaultHarness
    servers: Mapping[str, BrowserServer]
    idle: Mapping[str, int]
    found: Grid | NoGrid

    @property
    def grid(self) -> Grid:
        if isinstance(self.found, NoGrid):
            pytest.skip(f"no Selenium Grid can be started here: {self.found}")
        return self.found

    @property
    def names(self) -> set[str]:
        return {*self.servers} | ({GRID} if isinstance(self.found, Grid) else set())

    def views(self, name: str) -> Views:
        """The browsers of an endpoint, as `watchdeck browsers` shows them."""
        found = host_socket.get(self.harness.home.socket, "/v1/browsers")["browsers"]
        return [one for one in found if one["name"] == name]

    def is_up(self, name: str) -> bool:
        return any(one["state"] == "up" for one in self.views(name))

    def pages_of(self, name: str) -> int:
        """How many processes for sessions' pages its browser has."""
        return max(0, len(self.servers[name].renderers()) - self.idle[name])


@pytest.fixture(scope="module")
def remote(home: Home, log: Path, configure: Configure, browser: Found) -> Iterator[Remote]:
    folder, executable = home.path, browser.executable
    with contextlib.ExitStack() as stack:
        servers = {
            "one": stack.enter_context(playwright_server(folder, executable, "one")),
            "two": stack.enter_context(playwright_server(folder, executable, "two")),
            "three": stack.enter_context(remote_debugging(folder, executable, "three")),
        }
        addresses = [(name, "playwright", servers[name].address) for name in ("one", "two")]
        addresses.append(("three", "cdp", servers["three"].address))
        logs = folder / "grid"
        logs.mkdir()
        found: Grid | NoGrid
        try:
            found = stack.enter_context(selenium_grid(logs, 2, GRID_ENDS_AFTER_S))
            addresses.append((GRID, "grid", found.address))
        except NoGrid as missing:
            found = missing
        more = "".join(
            ENDPOINT.format(name=name, kind=kind, address=address, room=COUNT)
            for name, kind, address in addresses
        )
        service = stack.enter_context(upscope(home, log, sessions=COUNT, scenario="normal"))
        configure({}, more=more)
        harness = stack.enter_context(FaultHarness(home, log, service, COUNT).running())
        made = Remote(harness, servers, {}, found)
        until(lambda: all(map(made.is_up, made.names)), 60)
        idle = {name: least(server.renderers) for name, server in servers.items()}
        # Only now, so that all endpoints get some, also on a busy machine.
        configure(links_by_label(service), more=more)
        os.kill(harness.host.pid, signal.SIGHUP)
        yield replace(made, idle=idle)


def least(running: Callable[[], Sequence[int]]) -> int:
    """The fewest in a second: a page that tested the browser at its start may still be closing."""
    counts = []
    for _ in range(10):
        counts.append(len(running()))
        time.sleep(0.1)
    return min(counts)


def only_session(grid: Grid) -> tuple[str, str]:
    """The host's session on the Grid and its node; one that started too late ends by the Grid's time-out."""
    until(lambda: len(grid.sessions()) == 1, GRID_ENDS_AFTER_S + NODES_LOOK_EVERY_S)
    (found,) = grid.sessions().items()
    return found


def at(sessions: Sessions, name: str) -> dict[str, Mapping[str, Any]]:
    """The sessions of an endpoint by label."""
    return {label: session for label, session in sessions.items() if session["browser"] == name}


def fill(remote: Remote, name: str) -> Sessions:
    """Have an endpoint take all sessions if it has none, and return the sessions, which are ready."""
    home, others = remote.harness.home, remote.names - {name}
    before = remote.harness.wait_until_ready()
    if at(before, name):
        return before
    until(lambda: remote.is_up(name), 60)
    for other in others:
        home.json("browsers", "drain", other)
    home.until(lambda now: len(at(now, name)) == COUNT, 90)
    for other in others:
        home.json("browsers", "undrain", other)
    return remote.harness.wait_until_ready()


def all_moved(victims: Sessions) -> Callable[[Sessions], bool]:
    """Whether all are ready, and those of the lost or drained browser are in other pages."""

    def holds(now: Sessions) -> bool:
        return (
            len(now) == COUNT
            and all(map(is_ready, now.values()))
            and all(now[label]["process"] != victim["process"] for label, victim in victims.items())
        )

    return holds


def losses(seen: EventList, seq: int, name: str) -> list[str]:
    """Why an endpoint's browsers were lost since an event."""
    return [
        event["text"]
        for event in seen
        if event["seq"] > seq and event["type"] == "browser.lost" and event.get("endpoint") == name
    ]


def assert_others_take_over(
    remote: Remote, name: str, row: str, strike: Callable[[], None], record_property: RecordProperty
) -> str:
    """Strike an endpoint under load, and return why its browser was lost.

    All its sessions are lost and no other; then all are live in other pages, and each instruction has reached
    its page as the host says.
    """
    harness = remote.harness
    before = fill(remote, name)
    victims = at(before, name)
    (struck,) = [one["number"] for one in remote.views(name) if one["sessions"]]
    seq = harness.newest_seq()

    def no_longer_up() -> bool:
        return not any(one["number"] == struck for one in remote.views(name))

    with harness.under_load(before, pages_die=True) as load:
        case = FaultCase(row, record_property)
        strike()
        case.detected(lambda left: until(no_longer_up, left))
        after = case.recovered(lambda left: harness.home.until(all_moved(victims), left))
        answered = len(load.answers)
        until(lambda: any(one.state == "confirmed" for one in load.answers[answered:]), 20)
    seen = harness.events.so_far()
    assert reported_as(seen, seq, "lost") == {one["id"]: "browser_gone" for one in victims.values()}
    assert {session["ended"] for session in after.values()} == {None}
    assert sum(one["sessions"] for one in harness.home.json("browsers")["browsers"]) == COUNT
    return losses(seen, seq, name)[0]


def assert_down(remote: Remote, name: str) -> None:
    (view,) = [one for one in remote.harness.home.json("browsers")["browsers"] if one["name"] == name]
    assert view["state"] in {"starting", "down"}
    assert view["sessions"] == 0
    assert view["reason"]


def test_sessions_spread_over_all_kinds_and_are_isolated(
    remote: Remote, record_property: RecordProperty
) -> None:
    remote.harness.wait_until_ready(60)
    browsers = remote.harness.home.json("browsers")["browsers"]
    found = {one["name"]: (one["state"], one["isolated"]) for one in browsers}
    assert found == dict.fromkeys(remote.names, ("up", True))
    counts = {one["name"]: one["sessions"] for one in browsers}
    record_property("sessions", counts)
    assert sum(counts.values()) == COUNT
    assert all(counts.values())


def test_browser_killed_under_the_grid(remote: Remote, record_property: RecordProperty) -> None:
    grid = remote.grid
    session, _ = only_session(grid)

    def strike() -> None:
        os.kill(grid.browser_of(session), signal.SIGKILL)

    row = "browser killed under the Grid"
    assert assert_others_take_over(remote, GRID, row, strike, record_property) in GONE
    until(lambda: remote.is_up(GRID), 30)
    until(lambda: session not in grid.sessions(), 20)  # its slot is free again


def test_grid_full(remote: Remote, record_property: RecordProperty) -> None:
    grid, harness = remote.grid, remote.harness
    before = harness.wait_until_ready()
    harness.home.json("browsers", "drain", GRID)
    until(lambda: not grid.sessions(), 60)
    held = [grid.take_slot(), grid.take_slot()]
    seq = harness.newest_seq()

    def is_full() -> bool:
        for session in held:
            grid.use(session)
        full = "grid: the Grid is full: 2 of 2 sessions are taken"
        return {one["reason"] for one in remote.views(GRID)} == {full}

    with harness.under_load(before):
        harness.home.json("browsers", "undrain", GRID)
        case = FaultCase("Grid full", record_property)
        case.detected(lambda left: until(is_full, left))
        for session in held:
            grid.end(session)
        case.end_fault()
        case.recovered(lambda left: until(lambda: remote.is_up(GRID), left))
        harness.wait_until_ready()
    assert reported_as(harness.events.so_far(), seq, "lost") == {}


def test_endpoint_hung(remote: Remote, record_property: RecordProperty) -> None:
    server = remote.servers["one"]
    reason = assert_others_take_over(remote, "one", "endpoint hung", server.stop_answering, record_property)
    assert reason == "the browser does not answer"
    assert_down(remote, "one")
    server.answer_again()
    until(lambda: remote.is_up("one"), 60)
    until(lambda: not remote.pages_of("one"), 20)  # those of the lost connection are closed


def test_endpoint_killed(remote: Remote, record_property: RecordProperty) -> None:
    kill = remote.servers["two"].kill
    assert assert_others_take_over(remote, "two", "endpoint killed", kill, record_property) in GONE
    assert_down(remote, "two")


def test_endpoint_drained(remote: Remote, record_property: RecordProperty) -> None:
    harness = remote.harness
    before = fill(remote, "three")
    victims = at(before, "three")
    seq = harness.newest_seq()
    with harness.under_load(before):
        case = FaultCase("endpoint drained", record_property)
        harness.home.json("browsers", "drain", "three")

        def is_draining(within: float) -> None:
            until(lambda: {one["state"] for one in remote.views("three")} == {"draining"}, within)

        case.detected(is_draining)
        after = case.recovered(lambda left: harness.home.until(all_moved(victims), left))
    assert at(after, "three") == {}
    assert reported_as(harness.events.so_far(), seq, "lost") == {}
    until(lambda: not remote.pages_of("three"), 20)
    harness.home.json("browsers", "undrain", "three")
    until(lambda: remote.is_up("three"), 30)


def test_grid_node_drained(remote: Remote, record_property: RecordProperty) -> None:
    grid, harness = remote.grid, remote.harness
    before = fill(remote, GRID)
    victims = at(before, GRID)
    _, node = only_session(grid)
    seq = harness.newest_seq()

    def is_draining() -> bool:
        return any("its node is being drained" in (one["reason"] or "") for one in remote.views(GRID))

    with harness.under_load(before):
        case = FaultCase("Grid node drained", record_property)
        draining = threading.Thread(target=grid.drain, args=(node,))  # which the Grid answers late
        draining.start()
        case.detected(lambda left: until(is_draining, left))
        case.recovered(lambda left: harness.home.until(all_moved(victims), left))
    assert reported_as(harness.events.so_far(), seq, "lost") == {}
    draining.join(60)
    until(lambda: node not in grid.states(), 30)  # it leaves after its last session


def test_host_killed_leaves_no_page_and_no_session(remote: Remote, record_property: RecordProperty) -> None:
    harness = remote.harness
    fill(remote, "one")
    if isinstance(remote.found, Grid):
        until(lambda: remote.is_up(GRID), 60)
    used = [name for name in remote.servers if at(harness.home.look(), name)]
    assert used
    assert all(remote.pages_of(name) for name in used)
    harness.kill_host()
    began = time.monotonic()
    until(lambda: not any(map(remote.pages_of, remote.servers)), 10)
    record_property("pages_gone_s", round(time.monotonic() - began, 1))
    if isinstance(remote.found, Grid):
        assert remote.grid.sessions()
        until(lambda: not remote.grid.sessions(), GRID_ENDS_AFTER_S + NODES_LOOK_EVERY_S)
        record_property("grid_session_gone_s", round(time.monotonic() - began, 1))
    harness.start_host()
    harness.wait_until_ready(60)


def test_grid_node_killed(remote: Remote, record_property: RecordProperty) -> None:
    grid = remote.grid
    fill(remote, GRID)
    _, address = only_session(grid)
    (node,) = [one for one in grid.nodes if one.address == address]
    assert assert_others_take_over(remote, GRID, "Grid node killed", node.kill, record_property) in GONE
