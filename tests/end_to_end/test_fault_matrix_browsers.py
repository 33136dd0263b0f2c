"""Rows of the fault matrix: browser and driver are killed, or stopped and never go on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty
from tests.support.fault_harness import (
    EventList,
    FaultHarness,
    ids,
    links_by_label,
    reported_as,
    wait_for_report,
)
from tests.support.processes import host_processes
from tests.support.programs import Home, gone
from tests.support.upscope import upscope

COUNT = 12

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def harness(home: Home, log: Path, configure: Configure) -> Iterator[FaultHarness]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(links_by_label(service), pages_of=4)
        with FaultHarness(home, log, service, COUNT).running() as found:
            yield found


@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_killed(harness: FaultHarness, victim: str, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    old = host_processes(harness.host.pid)
    with harness.under_load(before, pages_die=True):
        case = FaultCase(f"{victim} killed", record_property)
        os.kill(getattr(old, victim), signal.SIGKILL)
        case.detected(wait_for_report(harness, seq, "lost", ids(before), "browser_gone"))
        after = case.recovered(harness.wait_until_ready)
    assert {session["ended"] for session in after.values()} == {None}
    assert_another_browser(harness, seq, old.pids)


@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_stopped(harness: FaultHarness, victim: str, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    old = host_processes(harness.host.pid)

    def all_lost(seen: EventList) -> bool:
        return reported_as(seen, seq, "lost").keys() == ids(before)

    with harness.under_load(before, pages_die=True):
        case = FaultCase(f"{victim} stopped", record_property)
        os.kill(getattr(old, victim), signal.SIGSTOP)
        case.detected(lambda left: harness.events.until(all_lost, left))
        after = case.recovered(harness.wait_until_ready)
    assert {session["ended"] for session in after.values()} == {None}
    assert_another_browser(harness, seq, old.pids)


def assert_another_browser(harness: FaultHarness, seq: int, old: tuple[int, ...]) -> None:
    kinds = [event["type"] for event in harness.events.so_far() if event["seq"] > seq]
    assert kinds.index("browser.lost") < kinds.index("browser.started")
    assert gone(set(old) - {harness.host.pid}, within=10) == []
    (now,) = harness.home.json("list")["host"]["browsers"]
    assert now["sessions"] == harness.count
