"""Rows of the fault matrix: a terminal is closed, a dashboard is killed, a client stops reading."""

import contextlib
import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty
from tests.support.fault_harness import FaultHarness, assert_gapless, links_by_label, reported_as
from tests.support.processes import kill, of_home
from tests.support.programs import Home, alive, gone
from tests.support.terminal import Terminal, terminal
from tests.support.upscope import Upscope, upscope

COUNT = 6
RATE = 60
"""Events a second of each page: they fill a socket that nobody reads within seconds."""

MANY = 6000


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario="normal", rate=RATE) as found:
        yield found


@pytest.fixture(scope="module")
def configured(home: Home, service: Upscope, configure: Configure) -> Home:
    configure(links_by_label(service), pages_of=3)
    return home


@pytest.fixture
def harness(configured: Home, log: Path, service: Upscope) -> Iterator[FaultHarness]:
    with FaultHarness(configured, log, service, COUNT).running() as found:
        yield found


def shows_all_live(window: Terminal) -> None:
    labels = [f"s{number:02}" for number in range(COUNT)]
    window.until(
        lambda now: all("● live" in (row := now.row(s)) and "viewerReady" in row for s in labels), 40
    )


def test_terminal_closed(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    with terminal(harness.home, "attach") as window, harness.under_load(before):
        shows_all_live(window)
        case = FaultCase("terminal closed", record_property)
        window.hang_up()
        assert case.recovered(lambda left: gone([window.process.pid], left)) == []
        after = harness.wait_until_ready(1)
    assert window.process.returncode != 1
    assert [s["opened_at"] for s in after.values()] == [s["opened_at"] for s in before.values()]
    assert reported_as(harness.events.so_far(), seq, "lost") == {}


def test_terminal_of_an_own_host_closed(
    configured: Home, service: Upscope, record_property: RecordProperty
) -> None:
    told = len(service.told())
    with terminal(configured) as window:
        shows_all_live(window)
        pids = of_their_own(configured, service)
        assert len(pids) > 4
        case = FaultCase("terminal closed, host owned by dashboard", record_property)
        window.hang_up()
        assert case.recovered(lambda left: gone(pids, left)) == []
    assert len(service.told()) == told
    assert not configured.socket.exists()


def test_dashboard_killed(configured: Home, service: Upscope, record_property: RecordProperty) -> None:
    told = len(service.told())
    with terminal(configured) as window:
        shows_all_live(window)
        pids = of_their_own(configured, service)
        case = FaultCase("dashboard killed", record_property)
        kill(window.process.pid)
        assert window.wait() == -signal.SIGKILL
        assert case.recovered(lambda left: gone(pids, left)) == []
    assert len(service.told()) == told
    assert not configured.socket.exists()


def of_their_own(home: Home, service: Upscope) -> list[int]:
    """All processes of the home but the simulator's."""
    return [pid for pid in of_home(home) if pid != service.program.pid]


def test_client_stops_reading(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    with harness.under_load(before), idle_client(harness.home.socket) as client:
        began = harness.newest_seq()
        case = FaultCase("client stops reading", record_property)
        harness.events.until(lambda seen: seen[-1]["seq"] > began + MANY, 60)
        case.end_fault()
        newest_seq = harness.newest_seq()
        lines = case.recovered(lambda left: read_on(client, newest_seq, left))
    numbers = [line["seq"] for line in lines if line["type"] != "host.beat"]
    jumps = [line for line, last in zip(lines[1:], numbers, strict=False) if line["seq"] != last + 1]
    assert {line["type"] for line in jumps} <= {"host.resync"}
    assert_gapless(harness.events.so_far())
    assert alive([harness.host.pid])


@contextlib.contextmanager
def idle_client(path: Path) -> Iterator[socket.socket]:
    """Asks for the events from the first one on, and reads none of them."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"GET /v1/events?after=0 HTTP/1.0\r\nHost: host\r\n\r\n")
        yield client


def read_on(client: socket.socket, until_seq: int, within: float) -> list[dict[str, Any]]:
    """Every event from the first, up to a number.

    Args:
        within: seconds.
    """
    client.settimeout(within)
    deadline = time.monotonic() + within
    with client.makefile("rb") as stream:
        while stream.readline().strip():
            pass  # the head
        lines: list[dict[str, Any]] = []
        while not lines or lines[-1]["seq"] < until_seq:
            assert time.monotonic() < deadline
            lines.append(json.loads(stream.readline()))
    return lines
