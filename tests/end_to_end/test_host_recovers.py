"""A host is killed: the next one on its socket ends its browsers, hosts its sessions, repeats nothing."""

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.simulator.people import make_visitors
from browser_host.simulator.settings import SimulatorSettings
from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.processes import host_processes, pids_of
from tests.support.programs import ENDS_WITHIN_S, Home, Program, alive, gone, running
from tests.support.upscope import Upscope, upscope

COUNT = 6
LINKED, VISITED, ADDED, LEFT, OVER = "linked", "visited", "added", "left", "over"
"""Sessions by label: configured by link and by visitor; added by visitor, the last two removed and ended."""

CONFIGURATION = """
[upscope]
base_url = "{base_url}"
[end]
undo = "0s"
confirm_within = "60s"
[[alerts]]
name = "watched"
when = "label:linked hosting:live"
for = "0s"
[[sessions]]
label = "visited"
visitor = "{visitor}"
"""
DEAF = "deaf"
RED = "#ff0000"


@pytest.fixture(scope="module")
def people() -> list[str]:
    """The simulated visitors' short ids, in the order of their links."""
    seed = SimulatorSettings().seed
    return [one.short_id for one in make_visitors(seed, COUNT, max(4, COUNT // 4))]


@pytest.fixture(scope="module")
def service(home: Home, log: Path, configure: Configure, people: list[str]) -> Iterator[Upscope]:
    # The last page takes its end; the others note what they are told, and confirm nothing.
    scenario = ",".join([DEAF] * (COUNT - 1) + ["waiting"])
    with upscope(home, log, sessions=COUNT, scenario=scenario) as found:
        more = CONFIGURATION.format(base_url=found.base_url, visitor=people[1])
        configure({LINKED: found.urls[0]}, more=more)
        yield found


@pytest.fixture
def innocent(tmp_path: Path, home: Home, log: Path) -> Iterator[Program]:
    """A host on another socket, with a browser of its own."""
    other = Home(tmp_path)
    other.configure(home.config.read_text().partition("[upscope]")[0])
    with running(other, "host", "--simulate", "1", log=log) as program:
        other.until(lambda now: {one["hosting"] for one in now.values()} == {"live"}, 30)
        yield program


@pytest.fixture
def leftovers() -> Iterator[list[int]]:
    """Processes that must not outlive the test, whatever became of it."""
    found: list[int] = []
    yield found
    for pid in alive(found):
        os.kill(pid, signal.SIGKILL)


def live(home: Home, *labels: str, within: float = 40) -> dict[str, dict[str, Any]]:
    """The sessions with these labels, once there are no others and each is live."""
    wanted = dict.fromkeys(labels, "live")
    return home.until(lambda now: {label: one["hosting"] for label, one in now.items()} == wanted, within)


def add(home: Home, label: str, visitor: str) -> str:
    added: str = home.json("add", "--visitor", visitor, "--label", label)["id"]
    return added


def tell(home: Home, session_id: str, **instruction: str) -> None:
    """An instruction whose outcome nobody waits for."""
    request = {"ids": [session_id], "wait": False, **instruction}
    host_socket.post(home.socket, "/v1/instructions", request)


def links_made(service: Upscope, visitor: str) -> int:
    return sum(one["session"] == visitor for one in service.record()["links"])


def test_next_host_ends_orphans_and_recovers_sessions(  # noqa: PLR0915, PLR0917 - four hosts, one after another
    home: Home, log: Path, service: Upscope, people: list[str], innocent: Program, leftovers: list[int]
) -> None:
    key = service.program.ready["api_key"]
    with running(home, "host", log=log, UPSCOPE_API_KEY=key) as program:
        live(home, LINKED, VISITED)
        ids = {
            label: add(home, label, people[number]) for number, label in ((2, ADDED), (3, LEFT), (5, OVER))
        }
        by_link = home.json("add", "--url", service.urls[4], "--label", "by link")["id"]
        first = live(home, LINKED, VISITED, ADDED, LEFT, OVER, "by link")
        assert {label: first[label]["id"] for label in ids} == ids
        assert home.run("remove", ids[LEFT]).returncode == 0
        assert home.json("end", ids[OVER], "--yes")["counts"] == {"confirmed": 1}
        tell(home, first[LINKED]["id"], action="mode", mode="draw")
        service.told(2)
        for label in (LINKED, VISITED, ADDED):
            tell(home, first[label]["id"], action="color", color=RED)
        tell(home, first[ADDED]["id"], action="mode", mode="pointer")
        told = service.told(6)
        home.until(lambda _: sent(home) == 6, 10)
        old = pids_of(program.pid)
        browser = host_processes(program.pid)
        others = host_processes(innocent.pid)
        leftovers += old
        os.kill(browser.driver, signal.SIGSTOP)  # which keeps its browser, too, when its host dies
        os.kill(program.pid, signal.SIGKILL)
        program.process.wait(ENDS_WITHIN_S)
        assert {browser.driver, browser.browser} <= set(alive(old))
    record = home.socket.with_name(f"{home.socket.name}.browsers")
    assert record.stat().st_mode & 0o777 == 0o600
    with running(home, "host", log=log, UPSCOPE_API_KEY=key) as program:
        assert gone(old, ENDS_WITHIN_S) == []
        neighbours = [innocent.pid, others.driver, others.browser, others.renderers[0]]
        assert alive(neighbours) == neighbours
        again = live(home, LINKED, VISITED, ADDED)
        for label, one in again.items():
            assert {key: one[key] for key in ("id", "label", "source", "visitor")} == {
                key: first[label][key] for key in ("id", "label", "source", "visitor")
            }
        # New links, and no other link but the configured one used twice.
        assert (again[LINKED]["link"], links_made(service, people[0])) == (first[LINKED]["link"], 0)
        for label, number in ((VISITED, 1), (ADDED, 2)):
            assert again[label]["link"] != first[label]["link"]
            assert links_made(service, people[number]) == 2
        assert_marks(home, again)
        assert service.told() == told  # nothing was posted a second time
        assert_said_once(home, by_link)
        ends.sound(home)
        terminate(program)
    with running(home, "host", log=log, UPSCOPE_API_KEY=key):
        # That one was terminated, as before a reboot: nobody said that its sessions are to be let go.
        assert {label: one["id"] for label, one in live(home, LINKED, VISITED, ADDED).items()} == {
            label: one["id"] for label, one in again.items()
        }
        assert service.told() == told
        assert home.run("stop").returncode == 0
    with running(home, "host", log=log, UPSCOPE_API_KEY=key):
        # That one was told to stop: what was added by command is gone with it, and so are the marks.
        after = live(home, LINKED, VISITED)
        assert {one["instruction"] for one in after.values()} == {None}
        assert_said_once(home, by_link)
        assert service.told() == told
        assert_fired_once(home, after[LINKED]["id"])
        assert home.run("stop").returncode == 0
    assert not record.exists()


def terminate(program: Program) -> None:
    """As a service manager does."""
    program.process.terminate()
    program.process.wait(ENDS_WITHIN_S)


def sent(home: Home) -> int:
    """How many instructions the journal knows to be sent."""
    entries = host_socket.get(home.socket, "/v1/history?limit=10000")["entries"]
    return sum(entry["outcome"] == "sent" for entry in entries)


def assert_marks(home: Home, sessions: dict[str, dict[str, Any]]) -> None:
    for label in (LINKED, VISITED):
        mark = sessions[label]["instruction"]
        assert (mark["action"], mark["state"], mark["by"]) == ("switchColor", "unconfirmed", ends.me())
        assert mark["text"] == "the host ended before its outcome was known: it was sent; it is not repeated"
    # The document that a mode was sent to is gone; what the page was told is still known.
    assert (sessions[LINKED]["mode"], sessions[VISITED]["mode"]) == (None, None)
    detail = host_socket.get(home.socket, f"/v1/sessions/{sessions[ADDED]['id']}")
    ledger = [(one["action"], one["argument"], one["state"]) for one in detail["ledger"]]
    assert ledger == [("switchColor", RED, "unconfirmed"), ("setMode", "pointer", "sent")]
    assert sessions[ADDED]["instruction"]["id"] == detail["ledger"][-1]["id"]


def assert_fired_once(home: Home, session_id: str) -> None:
    """The alert was announced by the first of the hosts, and fires since."""
    (alert,) = home.json("alerts")["alerts"]
    assert (alert["state"], alert["sessions"]) == ("firing", [session_id])
    announced = [entry["action"] for entry in ends.history(home) if entry["label"] == "watched"]
    assert announced == ["alert.firing"]


def assert_said_once(home: Home, by_link: str) -> None:
    entries = ends.history(home)
    (said,) = [entry for entry in entries if entry["action"] == "session.not_recovered"]
    assert (said["session"], said["label"], said["by"]) == (by_link, "by link", "watchdeck")
    assert "added by its link" in said["text"]
    assert "http" not in json.dumps(said)


def test_hosts_that_fail_early_lose_nothing(
    home: Home, log: Path, service: Upscope, people: list[str]
) -> None:
    key = service.program.ready["api_key"]
    with running(home, "host", log=log, UPSCOPE_API_KEY=key) as program:
        live(home, LINKED, VISITED)
        session_id = add(home, ADDED, people[2])
        now, before = live(home, LINKED, VISITED, ADDED), sent(home)
        for label in (LINKED, ADDED):
            tell(home, now[label]["id"], action="mode", mode="pointer")
        home.until(lambda _: sent(home) == before + 2, 10)
        old = pids_of(program.pid)
        kill(program)
    for _ in range(2):
        with running(home, "host", log=log, UPSCOPE_API_KEY=key) as program:
            old += pids_of(program.pid)
            kill(program)
    with no_browser(home):
        failed = home.run("host", UPSCOPE_API_KEY=key)
        assert (failed.returncode, "could not be started" in failed.stderr) == (1, True)
    with running(home, "host", log=log, UPSCOPE_API_KEY=key):
        assert gone(old, ENDS_WITHIN_S) == []
        now = home.until(lambda now: set(now) == {LINKED, VISITED, ADDED}, 20)
        assert (now[LINKED]["mode"], now[ADDED]["id"]) == ("pointer", session_id)
        assert [now[label]["instruction"]["state"] for label in (LINKED, ADDED)] == ["sent", "sent"]
        ends.sound(home)
        assert home.run("stop").returncode == 0


@contextlib.contextmanager
def no_browser(home: Home) -> Iterator[None]:
    """The configuration names a browser that does not start."""
    before = home.config.read_text()
    broken = home.path / "broken-browser"
    broken.write_text("#!/bin/sh\nexit 7\n")
    broken.chmod(0o755)
    home.configure(re.sub(r'executable = ".*"', f'executable = "{broken}"', before))
    try:
        yield
    finally:
        home.configure(before)


def kill(program: Program) -> None:
    os.kill(program.pid, signal.SIGKILL)
    program.process.wait(ENDS_WITHIN_S)
