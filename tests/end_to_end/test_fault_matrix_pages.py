"""Rows of the fault matrix: what befalls a page, and the sessions that share it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty
from tests.support.fault_harness import (
    FaultHarness,
    links_by_label,
    reported_as,
    sharing_page_with,
    wait_for_report,
)
from tests.support.processes import host_processes
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 12


@pytest.fixture(scope="module")
def harness(home: Home, log: Path, configure: Configure) -> Iterator[FaultHarness]:
    with upscope(home, log, sessions=COUNT, scenario="normal", takes_orders=True) as service:
        configure(links_by_label(service), pages_of=4)
        with FaultHarness(home, log, service, COUNT).running() as found:
            yield found


def test_renderer_killed(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    with harness.under_load(before, pages_die=True):
        case = FaultCase("renderer killed", record_property)
        os.kill(host_processes(harness.host.pid).renderers[0], signal.SIGKILL)
        seen = case.detected(
            lambda left: harness.events.until(lambda seen: len(reported_as(seen, seq, "lost")) > 3, left)
        )
        after = case.recovered(harness.wait_until_ready)
    lost = reported_as(seen, seq, "lost")
    (culprit,) = {session["process"] for session in before.values() if session["id"] in lost}
    assert lost == dict.fromkeys(
        (session["id"] for session in before.values() if session["process"] == culprit), "page_crashed"
    )
    for label, session in before.items():
        if session["id"] not in lost:
            assert after[label]["opened_at"] == session["opened_at"]


def test_page_loops_and_loops_again(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    culprit = before["s05"]
    beside = sharing_page_with(before, "s05")
    with harness.under_load(before, pages_die=True):
        case = FaultCase("page loops", record_property)
        harness.service.order(culprit["link"], "loop")
        case.detected(wait_for_report(harness, seq, "unresponsive", beside, "page_hung"))
        after = case.recovered(harness.wait_until_ready)
        assert {label: one["opened_at"] for label, one in after.items()} == {
            label: one["opened_at"] for label, one in before.items()
        }
        again = harness.newest_seq()
        case = FaultCase("page loops again", record_property)
        harness.service.order(culprit["link"], "loop")
        case.detected(wait_for_report(harness, again, "lost", beside, "page_hung"))
        case.recovered(harness.wait_until_ready)
    assert reported_as(harness.events.so_far(), seq, "lost").keys() == beside
    halves = {one["process"] for one in harness.wait_until_ready().values() if one["id"] in beside}
    assert len(halves) == 2
