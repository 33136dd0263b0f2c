"""Rows of the fault matrix: the service behind the pages is gone, does not answer, or is slow."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import Case, Record, until
from tests.support.fault_stage import Happened, Stage, hosted, is_ready, labelled
from tests.support.giving import Giver
from tests.support.household import kill
from tests.support.processes import family
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
def stage(home: Home, log: Path, first: Upscope, configure: Configure) -> Iterator[Stage]:
    configure(labelled(first), pages_of=4)
    with Stage(home, log, first, COUNT).hosted() as found:
        yield found


def kill_a_page(stage: Stage) -> None:
    kill(family(stage.host.pid).renderers[0])


def some(stage: Stage, seq: int, hosting: str) -> Happened:
    """Whether the sessions of one page were said to be hosted so."""
    seen = stage.events.so_far()
    return seen if len(hosted(seen, seq, hosting)) == COUNT // 2 else []


# First, for each loss within a minute makes the wait before the next try longer.
def test_service_down(
    stage: Stage, home: Home, log: Path, services: ExitStack, record_property: Record
) -> None:
    before = stage.rested()
    seq = stage.newest()
    kill(stage.service.program.pid)
    giver = stage.giver(before)
    case = Case("service down", record_property)
    kill_a_page(stage)
    case.said(lambda left: until(lambda: some(stage, seq, "blocked"), left))
    down = hosted(stage.events.so_far(), seq, "blocked")
    assert set(down.values()) == {"unreachable"}
    time.sleep(DOWN_S)
    assert_only_they_fail(giver, set(down))
    answers = giver.stop()
    again = upscope(home, log, sessions=COUNT, scenario=SCENARIO, port=stage.service.port)
    stage.replace_service(services.enter_context(again))
    case.is_over()
    after = case.back(stage.rested)
    # What was given meanwhile has no witness left but the pages that lived: nobody is told of it again.
    with stage.instructed(after):
        until(lambda: some(stage, seq, "live"), 5)
        time.sleep(2)
    assert not {one.argument for one in answers} & {seen["message"].get("color") for seen in stage.told()}


def test_service_slow(stage: Stage, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    with stage.instructed(before, blink=True):
        case = Case("service slow", record_property)
        kill_a_page(stage)
        case.said(lambda left: until(lambda: some(stage, seq, "lost") and some(stage, seq, "loading"), left))
        case.back(stage.rested)


def test_service_does_not_answer(stage: Stage, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    giver = stage.giver(before)
    os.kill(stage.service.program.pid, signal.SIGSTOP)
    try:
        case = Case("service does not answer", record_property)
        kill_a_page(stage)
        case.said(lambda left: until(lambda: some(stage, seq, "lost") and some(stage, seq, "loading"), left))
        time.sleep(SILENT_S)
        now = stage.home.look().values()
        assert sum(map(is_ready, now)) == COUNT // 2
        assert {session["hosting"] for session in now} == {"live", "loading"}
        others = {session["id"] for session in now if is_ready(session)}
        assert {a.state for a in giver.answers[-COUNT:] if a.session in others} == {"confirmed"}
    finally:
        os.kill(stage.service.program.pid, signal.SIGCONT)
        case.is_over()
        answers = giver.stop()
    case.back(stage.rested)
    stage.account(answers, before, blink=True)


def assert_only_they_fail(giver: Giver, down: set[str]) -> None:
    newest = giver.answers[-2 * COUNT :]
    assert {answer.state for answer in newest if answer.session in down} == {"failed"}
    assert {answer.state for answer in newest if answer.session not in down} == {"confirmed"}
