"""A host that is killed in the middle of a bulk end: what the next one knows, says, and does not do again."""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import ends
from tests.support.processes import pids_of
from tests.support.programs import ENDS_WITHIN_S, WATCHDECK, Home, Program, gone, running
from tests.support.upscope import Upscope, upscope

COUNT = 24
SOME = 7
"""So many pages were told when the host is killed; at ten a second, seventeen are not."""

CONFIGURATION = """
[end]
undo = "1s"
per_second = 10
"""
UNKNOWN = "it may have been sent; it is not repeated"
AT_REST = {f"s{number:02}": "waiting" for number in range(COUNT)}

Sessions: TypeAlias = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def service(home: Home, log: Path, configure: Configure) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=Behaviour.WAITING) as found:
        configure(dict(zip(AT_REST, found.urls, strict=True)), more=CONFIGURATION)
        yield found


def hosting(home: Home, log: Path) -> AbstractContextManager[Program]:
    return running(home, "host", log=log)


def ending(home: Home) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [WATCHDECK, "end", "--all", "--yes", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home.environment(),
    )


def kill(program: Program) -> None:
    """Nothing of it runs any more, and nobody had a chance to say goodbye."""
    pids = pids_of(program.process.pid)
    os.kill(program.process.pid, signal.SIGKILL)
    program.process.wait(ENDS_WITHIN_S)
    assert gone(pids, ENDS_WITHIN_S) == []


def assert_lost_its_host(command: "subprocess.Popen[str]") -> None:
    stdout, stderr = command.communicate(timeout=10)
    assert (command.returncode, json.loads(stdout)["counts"]) == (4, {"unconfirmed": COUNT})
    assert "Traceback" not in stderr


def test_killed_host_resends_nothing_and_reports_unknown_ends(
    home: Home, log: Path, service: Upscope
) -> None:
    with hosting(home, log) as program:
        first = ends.rest(home, AT_REST)
        command = ending(home)
        ends.until_steps(home, lambda steps: len(steps) == COUNT)
        kill(program)  # within the time to undo: all is intended, and nothing was posted
        assert_lost_its_host(command)
    with hosting(home, log) as program:
        again = ends.rest(home, AT_REST)
        assert {name: s["id"] for name, s in again.items()} == {name: s["id"] for name, s in first.items()}
        assert {s["instruction"]["state"] for s in again.values()} == {"unconfirmed"}
        assert {s["instruction"]["text"].partition(": ")[2] for s in again.values()} == {UNKNOWN}
        entries = ends.history(home)
        assert_told_as_unknown(entries, COUNT, UNKNOWN)
        assert service.told() == []
        ends.sound(home)
        command = ending(home)
        service.told(SOME)
        kill(program)
        assert_lost_its_host(command)
    told = ends.ends_told(service)
    assert SOME <= told.total() < COUNT
    assert set(told.values()) == {1}
    with hosting(home, log) as program:
        again = ends.rest(home, AT_REST)
        assert {name: s["id"] for name, s in again.items()} == {name: s["id"] for name, s in first.items()}
        last = {entry["session"]: entry["outcome"] for entry in ends.ends_of(ends.history(home))}
        assert {s["id"]: s["instruction"]["state"] for s in again.values()} == last
        assert_account(ends.history(home)[len(entries) :], first, told)
        assert ends.ends_told(service) == told  # the pages reopened, and nobody was told twice
        ends.sound(home)
        answer = home.json("end", "--all", "--yes")
        assert answer["counts"] == {"confirmed": COUNT}
        assert ends.ends_told(service) == told + ends.links(first.values())
        steps = ends.steps(ends.history(home))
        assert len(steps) == 3 * COUNT  # an instruction's id never comes back
        assert list(steps.values())[2 * COUNT :] == [["intended", "sent", "confirmed"]] * COUNT
        ends.sound(home)


def assert_told_as_unknown(entries: list[dict[str, Any]], count: int, text: str) -> None:
    found = ends.ends_of(entries)
    assert [entry["outcome"] for entry in found] == ["intended"] * count + ["unconfirmed"] * count
    for entry in found[:count]:
        assert (entry["by"], entry["client"]) == (ends.me(), "cli")
    for entry in found[count:]:
        assert (entry["by"], entry["client"]) == ("watchdeck", "host")
        assert entry["text"].endswith(text)


def assert_account(entries: list[dict[str, Any]], sessions: Sessions, told: Counter[str]) -> None:
    """Each end has one last word, and none of them says more than was known."""
    found = ends.ends_of(entries)
    links = {session["id"]: session["link"] for session in sessions.values()}
    steps = ends.steps(entries)
    assert len(steps) == COUNT
    sent: set[str] = set()
    unsent: set[str] = set()
    for number, done in steps.items():
        mine = [entry for entry in found if entry["instruction"] == number]
        assert done in (
            ["intended", "sent", "confirmed"],
            ["intended", "sent", "unconfirmed"],
            ["intended", "unconfirmed"],
        )
        link = links[mine[0]["session"]]
        (sent if "sent" in done else unsent).add(link)
        if done[-1] == "unconfirmed":
            assert (mine[-1]["by"], mine[-1]["client"]) == ("watchdeck", "host")
            known = "was sent" if "sent" in done else "may have been sent"
            assert mine[-1]["text"].endswith(f": it {known}; it is not repeated")
    # What the page was told and what the journal got to know of it may differ by the moment of the kill.
    assert len(sent - set(told)) <= 1
    assert len(unsent & set(told)) <= 1
    assert "confirmed" in {done[-1] for done in steps.values()}
