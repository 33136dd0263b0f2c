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
from tests.support.fault_case import Case, Record, until
from tests.support.fault_stage import Stage, hosted, ids, labelled
from tests.support.processes import everybody
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
def stage(home: Home, log: Path, configure: Configure, clock: WallClock) -> Iterator[Stage]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(labelled(service), pages_of=4)
        with Stage(home, log, service, COUNT).hosted(clock.environment) as found:
            yield found


def test_host_killed(stage: Stage, clock: WallClock, record_property: Record) -> None:
    before = stage.rested()
    with stage.instructed(before, blink=True) as giver:
        until(lambda: len(giver.answers) > COUNT, 10)
        case = Case("host killed", record_property)
        stage.kill_host()
        said = case.said(lambda left: stage.home.run("list", timeout=left))
        assert said.returncode == 3
        assert "no host on" in said.stderr
        case.is_over()
        stage.start_host(clock.environment)
        after = case.back(stage.rested)
        until(lambda: giver.answers[-1].state == "confirmed", 10)
    assert {label: session["id"] for label, session in after.items()} == {
        label: session["id"] for label, session in before.items()
    }
    ends.sound(stage.home)


def test_machine_suspended(stage: Stage, record_property: Record) -> None:
    """Harder than a real one, in which the steady clock stands still and no deadline passes."""
    before = stage.rested()
    seq = stage.newest()
    with stage.instructed(before):
        case = Case("machine suspended", record_property)
        family = everybody(stage.host.pid)
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(SUSPENDED_S)
        for pid in reversed(family):
            os.kill(pid, signal.SIGCONT)
        case.is_over()
        case.back(lambda left: confirmed(stage, before["s00"]["id"], left))
        stage.rested(5)
        time.sleep(3)  # what was late is noticed within a heartbeat
        after = stage.rested(5)
    assert hosted(stage.events.so_far(), seq, "lost") == {}
    assert [session["opened_at"] for session in after.values()] == [
        session["opened_at"] for session in before.values()
    ]


def confirmed(stage: Stage, session: str, within: float) -> bool:
    """Whether an instruction is, as soon as one can be."""
    body = {"ids": [session], "action": "color", "timeout_s": 2}

    def is_confirmed() -> bool:
        status, said = host_socket.ask(stage.home.socket, "/v1/instructions", body)
        return status == 200 and said["counts"] == {"confirmed": 1}

    return until(is_confirmed, within)


@pytest.mark.parametrize(("name", "hours"), [("clock set forward", 1), ("clock set back", -1)])
def test_clock_jumps(stage: Stage, clock: WallClock, name: str, hours: int, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    with stage.instructed(before):
        case = Case(name, record_property)
        try:
            clock.put(hours * HOUR_S)
            case.back(lambda left: confirmed(stage, before["s01"]["id"], left))
            time.sleep(3)  # staleness and what is kept are looked at each second
            after = stage.rested(0.1)
            newest = ends.history(stage.home)[-1]
        finally:
            clock.put(0)
    assert {session["stale"] for session in after.values()} == {None}
    said = {event["type"] for event in stage.events.so_far() if event["seq"] > seq}
    assert {word for word in said if not word.startswith("instruction.")} <= USUAL
    assert newest["at"][:13] != time.strftime("%Y-%m-%dT%H", time.gmtime())  # it did jump
    assert ids(stage.rested()) == ids(before)
    ends.sound(stage.home)


def test_clock_set_forward_makes_no_session_old(stage: Stage, clock: WallClock) -> None:
    stage.rested()
    try:
        clock.put(HOUR_S)
        plan = ends.give_ends(stage.home, filter="age>30m", dry_run=True)["plan"]
    finally:
        clock.put(0)
    assert plan == []


def test_socket_deleted(stage: Stage, record_property: Record) -> None:
    before = stage.rested()
    with stage.instructed(before) as giver:
        until(lambda: len(giver.answers) > COUNT, 10)
        case = Case("socket deleted", record_property)
        stage.home.socket.unlink()
        case.back(lambda left: until(stage.home.socket.exists, left))
        assert stage.home.json("list")["host"]["pid"] == stage.host.pid
        assert stage.home.socket.stat().st_mode & 0o777 == 0o600
