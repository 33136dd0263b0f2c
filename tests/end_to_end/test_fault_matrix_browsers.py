"""Rows of the fault matrix: browser and driver are killed, or stopped and never go on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import Case, Record
from tests.support.fault_stage import Happened, Stage, hosted, ids, labelled, said_of
from tests.support.processes import family
from tests.support.programs import Home, gone
from tests.support.upscope import upscope

COUNT = 12

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def stage(home: Home, log: Path, configure: Configure) -> Iterator[Stage]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(labelled(service), pages_of=4)
        with Stage(home, log, service, COUNT).hosted() as found:
            yield found


@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_killed(stage: Stage, victim: str, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    old = family(stage.host.pid)
    with stage.instructed(before, blink=True):
        case = Case(f"{victim} killed", record_property)
        os.kill(getattr(old, victim), signal.SIGKILL)
        case.said(said_of(stage, seq, "lost", ids(before), "browser_gone"))
        after = case.back(stage.rested)
    assert {session["ended"] for session in after.values()} == {None}
    assert_another_browser(stage, seq, old.pids)


@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_stopped(stage: Stage, victim: str, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    old = family(stage.host.pid)

    def all_lost(seen: Happened) -> bool:
        return hosted(seen, seq, "lost").keys() == ids(before)

    with stage.instructed(before, blink=True):
        case = Case(f"{victim} stopped", record_property)
        os.kill(getattr(old, victim), signal.SIGSTOP)
        case.said(lambda left: stage.events.until(all_lost, left))
        after = case.back(stage.rested)
    assert {session["ended"] for session in after.values()} == {None}
    assert_another_browser(stage, seq, old.pids)


def assert_another_browser(stage: Stage, seq: int, old: tuple[int, ...]) -> None:
    kinds = [event["type"] for event in stage.events.so_far() if event["seq"] > seq]
    assert kinds.index("browser.lost") < kinds.index("browser.started")
    assert gone(set(old) - {stage.host.pid}, within=10) == []
    (now,) = stage.home.json("list")["host"]["browsers"]
    assert now["sessions"] == stage.count
