"""A renderer, the browser and its driver are killed: who is lost, who is not, and when all are live again."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.host_socket import Events, listening
from tests.support.processes import family
from tests.support.programs import Home, Program, gone, running
from tests.support.upscope import upscope

COUNT = 12


@pytest.fixture(scope="module")
def host(home: Home, log: Path, configure: Configure) -> Iterator[Program]:
    with upscope(home, log, sessions=COUNT) as service:
        configure({f"s{number:02}": url for number, url in enumerate(service.urls)}, pages_of=4)
        with running(home, "host", log=log) as program:
            yield program


@pytest.fixture
def events(home: Home, host: Program) -> Iterator[Events]:
    assert host.process.poll() is None
    home.until(all_live, within=20)
    with listening(home.socket) as found:
        yield found


def all_live(sessions: dict[str, dict[str, Any]]) -> bool:
    return len(sessions) == COUNT and all(
        session["hosting"] == "live" and session["status"] == "viewerReady" for session in sessions.values()
    )


def lost_in(seen: list[dict[str, Any]], seq: int) -> dict[str, str]:
    """Ids of the sessions that were said to be lost after an event, with the error's code."""
    return {
        event["id"]: event["error"]["code"]
        for event in seen
        if event["seq"] > seq and event["type"] == "session.hosting" and event["hosting"] == "lost"
    }


def newest(home: Home, events: Events) -> int:
    """The newest event's number, once the collector has it."""
    everybody = {session["id"] for session in home.look().values()}
    seen = events.until(lambda seen: {event.get("id") for event in seen} >= everybody, 5)
    return int(seen[-1]["seq"])


def test_a_killed_renderer_takes_its_own_page_alone(home: Home, host: Program, events: Events) -> None:
    before = home.look()
    assert len({session["page"] for session in before.values()}) == 3
    seq = newest(home, events)
    began = time.monotonic()
    os.kill(family(host.process.pid).renderers[0], signal.SIGKILL)
    events.until(lambda seen: len(lost_in(seen, seq)) >= 4, within=10)
    after = home.until(all_live, within=15 - (time.monotonic() - began))
    lost = lost_in(events.so_far(), seq)
    (page,) = {session["page"] for session in before.values() if session["id"] in lost}
    assert set(lost) == {session["id"] for session in before.values() if session["page"] == page}
    assert set(lost.values()) == {"page_crashed"}
    for label, session in before.items():
        if session["id"] not in lost:
            assert after[label]["opened_at"] == session["opened_at"]
    assert {session["error"] for session in after.values()} == {None}


@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_a_killed_browser_or_driver_loses_all_and_all_come_back(
    home: Home, host: Program, events: Events, victim: str
) -> None:
    everybody = {session["id"] for session in home.look().values()}
    seq = newest(home, events)
    before = family(host.process.pid)
    began = time.monotonic()
    os.kill(getattr(before, victim), signal.SIGKILL)
    events.until(lambda seen: set(lost_in(seen, seq)) == everybody, within=10)
    after = home.until(all_live, within=20 - (time.monotonic() - began))
    assert set(lost_in(events.so_far(), seq)) == everybody
    assert set(lost_in(events.so_far(), seq).values()) == {"browser_gone"}
    kinds = [event["type"] for event in events.so_far() if event["seq"] > seq]
    assert kinds.index("browser.lost") < kinds.index("browser.started")
    assert {session["ended"] for session in after.values()} == {None}
    assert gone(set(before.pids) - {host.process.pid}, within=10) == []
    (running_now,) = home.json("list")["host"]["browsers"]
    assert running_now["sessions"] == COUNT
