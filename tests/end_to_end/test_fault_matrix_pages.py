"""Rows of the fault matrix: what befalls a page, and the sessions that share it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import Case, Record
from tests.support.fault_stage import Session, Stage, hosted, ids, is_ready, on_page_of, said_of
from tests.support.processes import family
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 12
REFUSING = "normal,framing-denied,normal,http-500"
WHY = {"framing_blocked", "http_status"}


@pytest.fixture(scope="module")
def stage(home: Home, log: Path, configure: Configure) -> Iterator[Stage]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure({f"s{number:02}": url for number, url in enumerate(service.urls)}, pages_of=4)
        found = Stage(home, log, service, COUNT)
        found.start_host()
        yield found
        found.stop_host()


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


def test_page_loops(stage: Stage, record_property: Record) -> None:
    before = stage.rested()
    seq = stage.newest()
    culprit = before["s05"]
    beside = on_page_of(before, "s05")
    with stage.instructed(before, blink=True):
        case = Case("page loops", record_property)
        stage.service.order(culprit["link"], "loop")
        case.said(said_of(stage, seq, "unresponsive", beside, "page_hung"))
        case.back(lambda left: stage.home.until(lambda now: stage.is_rested(now) and lost(stage, seq), left))
    assert hosted(stage.events.so_far(), seq, "unresponsive").keys() == beside


def lost(stage: Stage, seq: int) -> bool:
    """Whether the page that hung was given up: until then its sessions may pass for live."""
    return bool(hosted(stage.events.so_far(), seq, "lost"))


def test_half_of_the_pages_refuse(
    stage: Stage, home: Home, log: Path, configure: Configure, record_property: Record
) -> None:
    stage.stop_host()
    with upscope(home, log, sessions=COUNT, scenario=REFUSING) as service:
        configure({f"r{number:02}": url for number, url in enumerate(service.urls)}, pages_of=4)
        half = Stage(home, log, service, COUNT)
        case = Case("half of the pages refuse", record_property)
        half.start_host()
        try:
            now = case.said(
                lambda left: home.until(lambda now: sum(map(is_blocked, now.values())) == 6, left)
            )
            assert {session["error"]["code"] for session in now.values() if session["error"]} == WHY
            now = case.back(lambda left: home.until(lambda now: sum(map(is_ready, now.values())) == 6, left))
            refused = {session["link"] for session in now.values() if is_blocked(session)}
            with half.instructed(now) as giver:
                half.events.until(lambda _: len(giver.answers) >= 2 * COUNT, 15)
            states = {(a.link in refused, a.state) for a in giver.answers}
            assert states == {(True, "failed"), (False, "confirmed")}
            assert len(ids(now)) == COUNT
        finally:
            half.stop_host()


def is_blocked(session: Session) -> bool:
    return session["hosting"] == "blocked" and session["page"] is None
