"""A host that dies under the dashboard and comes back, and one that takes no instructions."""

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.processes import kill
from tests.support.programs import Home, Program, alive, running
from tests.support.screen import Picture
from tests.support.terminal import ESCAPE, Terminal, terminal
from tests.support.upscope import Upscope, upscope

LOST_WITHIN_S = 3.0
TRIES = 3
ALL = ("s00", "s01", "s02")


@pytest.fixture(scope="module")
def service(home: Home, log: Path, configure: Configure) -> Iterator[Upscope]:
    with upscope(home, log, sessions=len(ALL), scenario="normal") as found:
        configure(dict(zip(ALL, found.urls, strict=True)))
        yield found


@pytest.fixture(scope="module")
def hosts() -> Iterator[ExitStack]:
    """Ends whatever host a test put on it."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def first(home: Home, log: Path, service: Upscope, hosts: ExitStack) -> Program:
    assert service.urls
    return hosts.enter_context(running(home, "host", log=log))


@pytest.fixture(scope="module")
def window(home: Home, first: Program) -> Iterator[Terminal]:
    with terminal(home, "attach") as found:
        found.until(all_ready)
        assert first.process.poll() is None
        yield found


def all_ready(now: Picture) -> bool:
    return now.labels == ALL and all("live" in (row := now.row(s)) and "viewerReady" in row for s in ALL)


def refuses(window: Terminal, key: str, words: str) -> None:
    for _ in range(TRIES):  # a key that comes while the footer changes is dropped
        with contextlib.suppress(AssertionError):
            window.press("y")
            window.shows("Sent to the terminal", within=2.0)  # so that the words are this key's own
            window.press(key)
            refused = window.shows(words, within=2.0)
            break
    else:
        pytest.fail(f"{key} was not refused:\n{window.picture.text}")
    assert "Cancel" not in refused.text


def instructions(home: Home) -> dict[str, object]:
    """The last instruction of each session."""
    return {label: session["instruction"] for label, session in home.look().items()}


def test_a_dashboard_that_leaves_lets_the_host_go_on(home: Home, first: Program) -> None:
    with terminal(home, "attach") as window:
        window.until(all_ready)
        window.press("q")
        assert window.wait() == 0
        assert f"detached; the host keeps running (pid {first.process.pid})" in window.raw.decode()
    assert alive([first.process.pid]) == [first.process.pid]
    assert set(home.look()) == set(ALL)


def test_a_lost_host_is_said_with_the_last_rows_greyed(
    window: Terminal, first: Program, service: Upscope
) -> None:
    inks = set(window.inks("s01"))
    told = len(service.told())
    kill(first.process.pid)
    lost = window.shows("HOST LOST", within=LOST_WITHIN_S)
    assert lost.labels == ALL
    assert all("viewerReady" in lost.row(label) for label in ALL)
    window.until(lambda now: bool(now) and set(window.inks("s01")) != inks)
    for key in "sdpceSz":
        refuses(window, key, "Connection to the host lost; nothing can be sent until it is back")
    assert len(service.told()) == told


def test_a_host_that_comes_back_is_attached_to_by_itself(
    window: Terminal, home: Home, log: Path, hosts: ExitStack
) -> None:
    second = hosts.enter_context(running(home, "host", log=log))
    window.until(lambda now: "HOST LOST" not in now.text and all_ready(now), within=20)
    window.shows(f"pid {second.process.pid}")
    window.press("s")
    window.until(lambda now: sum("color confirmed" in line for line in now.lines) == 1)
    assert second.end() < 10  # the next test has a host of its own on the same socket


def test_a_read_only_host_refuses_with_a_word(
    window: Terminal, home: Home, log: Path, service: Upscope, hosts: ExitStack
) -> None:
    window.shows("HOST LOST", within=LOST_WITHIN_S)
    told = len(service.told())
    hosts.enter_context(running(home, "host", "--read-only", log=log))
    window.until(lambda now: "READ-ONLY" in now.text and all_ready(now), within=20)
    before = instructions(home)  # of the host before, which was terminated
    for key in "sdpceS":
        refuses(window, key, "The host is read-only")
    window.press(":")
    offered = window.shows("Mark or unmark the row", "Move the cursor down")
    assert not any(word in offered.text for word in ("End the sessions", "Mode draw", "next colour"))
    window.press(ESCAPE)
    window.until(lambda now: "Move the cursor down" not in now.text)
    assert len(service.told()) == told
    assert instructions(home) == before
    window.press("q")
    assert window.wait() == 0
