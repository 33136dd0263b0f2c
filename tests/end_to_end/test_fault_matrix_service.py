"""Rows of the fault matrix: the service behind the pages is gone, does not answer, or is slow."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty, until
from tests.support.fault_harness import EventList, FaultHarness, is_ready, links_by_label, reported_as
from tests.support.instruction_load import InstructionLoad
from tests.support.processes import host_processes, kill
from tests.support.programs import Home
from tests.support.upscope import Upscope, upscope

COUNT = 8
DOWN_S = 12.0
"""Instead of a minute: longer than the first wait before a page that could not be reached is tried again."""

SILENT_S = 8.0
SCENARIO = "normal,slow"
"""A slow page takes three seconds to load."""


@pytest.fixture(scope="module")
def services() -> Iterator[ExitStack]:
    """Ends whatever service a test put on it."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def first(home: Home, log: Path, services: ExitStack) -> Upscope:
    return services.enter_context(upscope(home, log, sessions=COUNT, scenario=SCENARIO))


@pytest.fixture(scope="module")
def harness(home: Home, log: Path, first: Upscope, configure: Configure) -> Iterator[FaultHarness]:
    configure(links_by_label(first), pages_of=4)
    with FaultHarness(home, log, first, COUNT).running() as found:
        yield found


def kill_a_page(harness: FaultHarness) -> None:
    kill(host_processes(harness.host.pid).renderers[0])


def some(harness: FaultHarness, seq: int, hosting: str) -> EventList:
    """The events, once the sessions of one page were reported with this `hosting`."""
    seen = harness.events.so_far()
    return seen if len(reported_as(seen, seq, hosting)) == COUNT // 2 else []


# First, for each loss within a minute makes the wait before the next try longer.
def test_service_down(
    harness: FaultHarness, home: Home, log: Path, services: ExitStack, record_property: RecordProperty
) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    kill(harness.service.program.pid)
    load = harness.start_load(before)
    case = FaultCase("service down", record_property)
    kill_a_page(harness)
    case.detected(lambda left: until(lambda: some(harness, seq, "blocked"), left))
    down = reported_as(harness.events.so_far(), seq, "blocked")
    assert set(down.values()) == {"unreachable"}
    time.sleep(DOWN_S)
    assert_only_they_fail(load, set(down))
    answers = load.stop()
    again = upscope(home, log, sessions=COUNT, scenario=SCENARIO, port=harness.service.port)
    harness.replace_service(services.enter_context(again))
    case.end_fault()
    after = case.recovered(harness.wait_until_ready)
    # What was given meanwhile has no witness left but the pages that lived: nobody is told of it again.
    with harness.under_load(after):
        until(lambda: some(harness, seq, "live"), 5)
        time.sleep(2)
    assert not {one.argument for one in answers} & {seen["message"].get("color") for seen in harness.told()}


def test_service_slow(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    with harness.under_load(before, pages_die=True):
        case = FaultCase("service slow", record_property)
        kill_a_page(harness)
        case.detected(
            lambda left: until(lambda: some(harness, seq, "lost") and some(harness, seq, "loading"), left)
        )
        case.recovered(harness.wait_until_ready)


def test_service_does_not_answer(harness: FaultHarness, record_property: RecordProperty) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    load = harness.start_load(before)
    os.kill(harness.service.program.pid, signal.SIGSTOP)
    try:
        case = FaultCase("service does not answer", record_property)
        kill_a_page(harness)
        case.detected(
            lambda left: until(lambda: some(harness, seq, "lost") and some(harness, seq, "loading"), left)
        )
        time.sleep(SILENT_S)
        now = harness.home.look().values()
        assert sum(map(is_ready, now)) == COUNT // 2
        assert {session["hosting"] for session in now} == {"live", "loading"}
        others = {session["id"] for session in now if is_ready(session)}
        assert {a.state for a in load.answers[-COUNT:] if a.session in others} == {"confirmed"}
    finally:
        os.kill(harness.service.program.pid, signal.SIGCONT)
        case.end_fault()
        answers = load.stop()
    case.recovered(harness.wait_until_ready)
    harness.reconcile(answers, before, pages_die=True)


def assert_only_they_fail(load: InstructionLoad, down: set[str]) -> None:
    newest = load.answers[-2 * COUNT :]
    assert {answer.state for answer in newest if answer.session in down} == {"failed"}
    assert {answer.state for answer in newest if answer.session not in down} == {"confirmed"}
