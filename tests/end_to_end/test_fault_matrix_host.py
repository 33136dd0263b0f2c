"""Rows of the fault matrix: what befalls the host's own process, and the machine it runs on."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.clocks import WallClock
from tests.support.fault_case import FaultCase, RecordProperty, until
from tests.support.fault_harness import FaultHarness, ids, links_by_label, reported_as
from tests.support.processes import pids_of
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 8
HOUR_S = 3600.0
USUAL = {"session.color", "session.status", "host.beat"}
SUSPENDED_S = 10.0
"""Longer than a heartbeat, its answer and the browser's own question together may take."""


@pytest.fixture(scope="module")
def clock(home: Home) -> WallClock:
    return WallClock(home.path / "off-by")


@pytest.fixture(scope="module")
def harness(home: Home, log: Path, configure: Configure, clock: WallClock) -> Iterator[FaultHarness]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(links_by_label(service), pages_of=4)
        with FaultHarness(home, log, service, COUNT).running(clock.environment) as found:
            yield found


def test_host_killed(harness: FaultHarness, clock: WallClock, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    with harness.under_load(before, pages_die=True) as load:
        until(lambda: len(load.answers) > COUNT, 10)
        case = FaultCase("host killed", record_property)
        harness.kill_host()
        said = case.detected(lambda left: harness.home.run("list", timeout=left))
        assert said.returncode == 3
        assert "no host on" in said.stderr
        case.end_fault()
        harness.start_host(clock.environment)
        after = case.recovered(harness.wait_until_ready)
        until(lambda: load.answers[-1].state == "confirmed", 10)
    assert {label: session["id"] for label, session in after.items()} == {
        label: session["id"] for label, session in before.items()
    }
    ends.sound(harness.home)


def test_machine_suspended(harness: FaultHarness, record_property: RecordProperty) -> None:
    """Harder than a real one, in which the steady clock stands still and no deadline passes."""
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    with harness.under_load(before):
        case = FaultCase("machine suspended", record_property)
        pids = pids_of(harness.host.pid)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(SUSPENDED_S)
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)
        case.end_fault()
        case.recovered(lambda left: confirmed(harness, before["s00"]["id"], left))
        harness.wait_until_ready(5)
        time.sleep(3)  # what was late is noticed within a heartbeat
        after = harness.wait_until_ready(5)
    assert reported_as(harness.events.so_far(), seq, "lost") == {}
    assert [session["opened_at"] for session in after.values()] == [
        session["opened_at"] for session in before.values()
    ]


def confirmed(harness: FaultHarness, session: str, within: float) -> bool:
    """Whether an instruction is, as soon as one can be."""
    body = {"ids": [session], "action": "color", "timeout_s": 2}

    def is_confirmed() -> bool:
        status, said = host_socket.ask(harness.home.socket, "/v1/instructions", body)
        return status == 200 and said["counts"] == {"confirmed": 1}

    return until(is_confirmed, within)


@pytest.mark.parametrize(("name", "hours"), [("clock set forward", 1), ("clock set back", -1)])
def test_clock_jumps(
    harness: FaultHarness, clock: WallClock, name: str, hours: int, record_property: RecordProperty
) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    with harness.under_load(before):
        case = FaultCase(name, record_property)
        try:
            clock.put(hours * HOUR_S)
            case.recovered(lambda left: confirmed(harness, before["s01"]["id"], left))
            time.sleep(3)  # staleness and what is kept are looked at each second
            after = harness.wait_until_ready(0.1)
            newest = ends.history(harness.home)[-1]
        finally:
            clock.put(0)
    assert {session["stale"] for session in after.values()} == {None}
    said = {event["type"] for event in harness.events.so_far() if event["seq"] > seq}
    assert {word for word in said if not word.startswith("instruction.")} <= USUAL
    assert newest["at"][:13] != time.strftime("%Y-%m-%dT%H", time.gmtime())  # it did jump
    assert ids(harness.wait_until_ready()) == ids(before)
    ends.sound(harness.home)


def test_clock_set_forward_makes_no_session_old(harness: FaultHarness, clock: WallClock) -> None:
    harness.wait_until_ready()
    try:
        clock.put(HOUR_S)
        plan = ends.give_ends(harness.home, filter="age>30m", dry_run=True)["plan"]
    finally:
        clock.put(0)
    assert plan == []


def test_socket_deleted(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    with harness.under_load(before) as load:
        until(lambda: len(load.answers) > COUNT, 10)
        case = FaultCase("socket deleted", record_property)
        harness.home.socket.unlink()
        case.recovered(lambda left: until(harness.home.socket.exists, left))
        assert harness.home.json("list")["host"]["pid"] == harness.host.pid
        assert harness.home.socket.stat().st_mode & 0o777 == 0o600
