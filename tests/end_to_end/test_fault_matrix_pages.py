"""Rows of the fault matrix: what befalls a page, and the sessions that share it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import Case, Record
from tests.support.fault_stage import Stage, hosted, labelled, on_page_of, said_of
from tests.support.processes import family
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 12


@pytest.fixture(scope="module")
def stage(home: Home, log: Path, configure: Configure) -> Iterator[Stage]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(labelled(service), pages_of=4)
        with Stage(home, log, service, COUNT).hosted() as found:
            yield found


def test_renderer_killed(stage: Stage, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    with stage.instructed(before, blink=True):
        case = Case("renderer killed", record_property)
        os.kill(family(stage.host.pid).renderers[0], signal.SIGKILL)
        seen = case.said(
            lambda left: stage.events.until(lambda seen: len(hosted(seen, seq, "lost")) > 3, left)
        )
        after = case.back(stage.rested)
    lost = hosted(seen, seq, "lost")
    (culprit,) = {session["page"] for session in before.values() if session["id"] in lost}
    assert lost == dict.fromkeys(
        (session["id"] for session in before.values() if session["page"] == culprit), "page_crashed"
    )
    for label, session in before.items():
        if session["id"] not in lost:
            assert after[label]["opened_at"] == session["opened_at"]


def test_page_loops_and_loops_again(stage: Stage, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    culprit = before["s05"]
    beside = on_page_of(before, "s05")
    with stage.instructed(before, blink=True):
        case = Case("page loops", record_property)
        stage.service.order(culprit["link"], "loop")
        case.said(said_of(stage, seq, "unresponsive", beside, "page_hung"))
        after = case.back(stage.rested)
        assert {label: one["opened_at"] for label, one in after.items()} == {
            label: one["opened_at"] for label, one in before.items()
        }
        again = stage.newest()
        case = Case("page loops again", record_property)
        stage.service.order(culprit["link"], "loop")
        case.said(said_of(stage, again, "lost", beside, "page_hung"))
        case.back(stage.rested)
    assert hosted(stage.events.so_far(), seq, "lost").keys() == beside
    halves = {one["page"] for one in stage.rested().values() if one["id"] in beside}
    assert len(halves) == 2
