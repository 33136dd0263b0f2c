"""A dashboard whose terminal goes away, on a real pty: it ends in time and in order, and nothing is left."""

import contextlib
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from browser_host.browsers.install.locate import Found
from tests.support.processes import kill, left_over, of_home
from tests.support.programs import ENDS_WITHIN_S, WATCHDECK, Home, Program, alive, running
from tests.support.terminal import LEAVES_WITHIN_S, Terminal, environment_of, set_size, terminal
from tui.terminal import LEAVE_WITHIN_S

LEAVES_S = LEAVE_WITHIN_S + 2.0
"""Seconds from the loss of its line to the dashboard's end, on a busy machine."""

SHOWN_WITHIN_S = 30.0
STALLED_S = 4.0
"""With events all the while: by then the writer waits for the terminal, and the app for the writer."""

INTERRUPTED = 130
LEFT_SCREEN = b"\x1b[?1049l"


@pytest.fixture(scope="module")
def lasting(home: Home, log: Path, browser: Found) -> Iterator[Program]:
    home.configure(f'[browser]\nexecutable = "{browser.executable}"\n')
    with running(home, "host", "--simulate", "2", "--rate", "5", log=log) as program:
        home.until(lambda now: {one["hosting"] for one in now.values()} == {"live"}, SHOWN_WITHIN_S)
        yield program


def closes(window: Terminal) -> None:
    window.hang_up()


def told(number: int) -> Callable[[Terminal], None]:
    return lambda window: window.process.send_signal(number)


WAYS = pytest.mark.parametrize(
    ("lose", "code"),
    [(closes, INTERRUPTED), (told(signal.SIGHUP), INTERRUPTED), (told(signal.SIGTERM), 0)],
    ids=["closed", "SIGHUP", "SIGTERM"],
)


def crashes(home: Home) -> str:
    """What the dashboards' logs tell of faults."""
    logs = [*home.path.glob("dashboard*/watchdeck/*.log"), *home.path.glob("state/watchdeck/tui.log")]
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return "\n".join(line for line in lines if '"critical"' in line or "Traceback" in line or "Errno" in line)


def leaves_in_time(process: "subprocess.Popen[bytes]", began: float) -> int:
    code = process.wait(LEAVES_WITHIN_S)
    assert time.monotonic() - began < LEAVES_S
    return code


@WAYS
def test_attached_dashboard_exits_and_the_host_continues(
    home: Home, lasting: Program, lose: Callable[[Terminal], None], code: int
) -> None:
    with terminal(home, "attach") as window:
        window.shows("2 viewerReady", within=SHOWN_WITHIN_S)
        began = time.monotonic()
        lose(window)
        assert leaves_in_time(window.process, began) == code
        if lose is not closes:  # the terminal is still there, and gets itself back
            window.wait()
            assert window.is_restored()
            assert LEFT_SCREEN in window.raw
            assert b"Traceback" not in window.raw
    assert crashes(home) == ""
    assert alive([lasting.pid]) == [lasting.pid]
    assert len(home.look()) == 2


@pytest.mark.usefixtures("lasting")
def test_sigcont_without_a_stop_starts_nothing_twice(home: Home) -> None:
    with terminal(home, "attach") as window:
        window.shows("2 viewerReady", within=SHOWN_WITHIN_S)
        process = psutil.Process(window.process.pid)
        threads = settled_threads(process)
        for _ in range(3):
            window.process.send_signal(signal.SIGCONT)
            time.sleep(0.3)
        assert process.num_threads() <= threads
        window.press("q")
        assert window.wait() == 0


def settled_threads(process: psutil.Process) -> int:
    """How many threads it has for two seconds; one loads code soon after the start."""
    seen = [process.num_threads()]
    while len(seen) < 8 or len(set(seen[-8:])) > 1:
        time.sleep(0.25)
        seen.append(process.num_threads())
    return seen[-1]


def test_one_that_is_killed_leaves_the_host_going_on(home: Home, lasting: Program) -> None:
    with terminal(home, "attach") as window:
        window.shows("2 viewerReady", within=SHOWN_WITHIN_S)
        kill(window.process.pid)
        assert window.process.wait(LEAVES_S) == -signal.SIGKILL
    assert alive([lasting.pid]) == [lasting.pid]
    assert len(home.look()) == 2


@pytest.mark.parametrize("lose", [closes, told(signal.SIGHUP)], ids=["closed", "SIGHUP"])
def test_dashboard_with_own_host_exits_and_the_host_stops(
    browser: Found, tmp_path: Path, lose: Callable[[Terminal], None]
) -> None:
    home = Home(tmp_path)
    home.configure(f'[browser]\nexecutable = "{browser.executable}"\n')
    with terminal(home, "demo", "--sessions", "2") as window:
        window.shows("2 viewerReady", within=SHOWN_WITHIN_S)
        assert len(of_home(home)) > 4
        began = time.monotonic()
        lose(window)
        assert leaves_in_time(window.process, began) == INTERRUPTED
        assert left_over(home, ENDS_WITHIN_S) == {}
    assert crashes(home) == ""
    (log,) = home.path.glob("dashboard*/watchdeck/host.log")
    assert "the lifeline was closed" in log.read_text()
    assert '"host.stopped"' in log.read_text()


@contextlib.contextmanager
def unsignalled(home: Home) -> Iterator[tuple["subprocess.Popen[bytes]", int, int]]:
    """A dashboard on a terminal that is not its session's own, so that no SIGHUP comes; with both sides."""
    master, slave = os.openpty()
    set_size(slave, 120, 32)
    process = subprocess.Popen(
        [sys.executable, WATCHDECK, "attach"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment_of(home, {}),
        start_new_session=True,
    )
    try:
        yield process, master, slave
    finally:
        process.kill()
        process.wait()
        os.close(slave)


def test_a_terminal_that_goes_without_a_signal_is_noticed(home: Home, lasting: Program) -> None:
    with unsignalled(home) as (process, master, _):
        reads_until(master, b"viewerReady")
        began = time.monotonic()
        os.close(master)
        assert leaves_in_time(process, began) == INTERRUPTED
    assert crashes(home) == ""
    assert alive([lasting.pid]) == [lasting.pid]


def test_a_terminal_that_takes_nothing_holds_no_dashboard_back(home: Home, lasting: Program) -> None:
    with unsignalled(home) as (process, master, slave):
        reads_until(master, b"viewerReady")
        termios.tcflow(slave, termios.TCOOFF)  # what ctrl+s does, or a line that stalls
        time.sleep(STALLED_S)
        began = time.monotonic()
        process.send_signal(signal.SIGHUP)
        assert leaves_in_time(process, began) == -signal.SIGALRM
        os.close(master)
    assert alive([lasting.pid]) == [lasting.pid]


def reads_until(master: int, word: bytes) -> None:
    seen = b""
    while word not in seen:
        seen += os.read(master, 65536)
