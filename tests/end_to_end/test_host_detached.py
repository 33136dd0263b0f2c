"""A host that was started detached: nothing of whoever started it holds it, and a failure is passed on."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.browsers.install.locate import Found
from tests.support import host_socket
from tests.support.processes import kill, left_over, of_home
from tests.support.programs import ENDS_WITHIN_S, STARTS_WITHIN_S, WATCHDECK, Home, alive, gone
from tests.support.terminal import terminal

DETACHED = ("host", "--detach", "--simulate", "2", "--rate", "0")
BROWSER_WAITS_S = 3.0
"""Long enough to kill whoever waits for the host while its browser starts."""


@pytest.fixture
def own_home(browser: Found, tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    home.configure(f'[browser]\nexecutable = "{browser.executable}"\n')
    yield home
    if home.socket.exists():
        home.run("stop")
    for pid in of_home(home):
        kill(pid)


def all_live(home: Home) -> None:
    home.until(lambda now: len(now) == 2 and {one["hosting"] for one in now.values()} == {"live"}, 30)


def actions(home: Home) -> list[str]:
    return [entry["action"] for entry in host_socket.get(home.socket, "/v1/history")["entries"]]


def test_it_outlives_its_starter_and_its_terminal(own_home: Home) -> None:
    with terminal(own_home, *DETACHED) as window:
        window.shows('"ready": true', within=STARTS_WITHIN_S)
        assert window.wait() == 0
        line = window.raw.decode().strip().splitlines()[-1]
        window.hang_up()
    ready = json.loads(line)
    assert set(ready) == {"ready", "socket", "pid"}
    assert ready["socket"] == str(own_home.socket)
    host = ready["pid"]
    assert os.getsid(host) == os.getpgid(host) == host
    for number in range(3):
        assert not str(Path(f"/proc/{host}/fd/{number}").readlink()).startswith("/dev/pts")
    all_live(own_home)
    assert own_home.run("stop").returncode == 0
    assert gone([host], ENDS_WITHIN_S) == []
    assert left_over(own_home, ENDS_WITHIN_S) == {}


def test_it_takes_the_options_of_a_host_in_the_foreground(own_home: Home, tmp_path: Path) -> None:
    config = tmp_path / "other.toml"
    own_home.config.rename(config)
    config.write_text(config.read_text() + '\n[stale]\npending = "77s"\n')
    socket = tmp_path / "s" / "other.sock"
    options = ("--config", str(config), "--socket", str(socket))
    done = own_home.run(*DETACHED, "--read-only", *options)
    assert (done.returncode, json.loads(done.stdout)["socket"]) == (0, str(socket))
    listed = json.loads(own_home.run("list", "--json", *options).stdout)
    assert listed["host"]["read_only"] is True
    assert listed["host"]["stale"]["default"]["pending"] == 77
    assert own_home.run("mode", "draw", "--all", *options).returncode == 6
    assert own_home.run("stop", *options).returncode == 0


def test_a_second_one_is_refused_as_in_the_foreground(own_home: Home) -> None:
    first = json.loads(own_home.run(*DETACHED).stdout)["pid"]
    done = own_home.run(*DETACHED)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"pid {first}" in done.stderr
    assert "Traceback" not in done.stderr
    assert alive([first]) == [first]
    all_live(own_home)


def test_what_keeps_it_from_starting_is_said_with_its_exit_code(own_home: Home, tmp_path: Path) -> None:
    own_home.configure("[host]\nread_onli = true\n")
    done = own_home.run(*DETACHED)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean host.read_only?" in done.stderr
    own_home.configure(f'[browser]\nexecutable = "{tmp_path / "nothing"}"\n')
    done = own_home.run(*DETACHED)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not an executable program" in done.stderr
    assert "Traceback" not in done.stderr
    assert own_home.run("host", "--detach", "--lifeline").returncode == 2
    assert of_home(own_home) == {}


@contextlib.contextmanager
def starting(home: Home, tmp_path: Path, browser: Found) -> Iterator["subprocess.Popen[bytes]"]:
    """The command while it waits for a host whose browser takes its time."""
    slow = tmp_path / "browser"
    slow.write_text(f'#!/bin/sh\nsleep {BROWSER_WAITS_S}\nexec {browser.executable} "$@"\n')
    slow.chmod(0o755)
    home.configure(f'[browser]\nexecutable = "{slow}"\n')
    with subprocess.Popen(
        [WATCHDECK, *DETACHED],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home.environment(),
        start_new_session=True,
    ) as starter:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not any(f"sh {slow}" in line for line in of_home(home).values()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert starter.poll() is None
        yield starter


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL])
def test_it_comes_up_though_its_starter_dies_while_waiting(
    own_home: Home, tmp_path: Path, browser: Found, number: int
) -> None:
    with starting(own_home, tmp_path, browser) as starter:
        os.killpg(starter.pid, number)
        assert starter.wait(5) == -number
    deadline = time.monotonic() + STARTS_WITHIN_S
    while own_home.run("list").returncode != 0:
        assert time.monotonic() < deadline
    all_live(own_home)


def test_an_interrupt_while_waiting_leaves_no_host(own_home: Home, tmp_path: Path, browser: Found) -> None:
    with starting(own_home, tmp_path, browser) as starter:
        starter.send_signal(signal.SIGINT)
        assert starter.wait(ENDS_WITHIN_S) == 130
    assert left_over(own_home, ENDS_WITHIN_S) == {}


def test_foreground_host_survives_its_terminal(own_home: Home) -> None:
    with terminal(own_home, "host", "--simulate", "2", "--rate", "0") as window:
        window.shows('"ready": true', within=STARTS_WITHIN_S)
        all_live(own_home)
        window.hang_up()
        deadline = time.monotonic() + 5
        while "host.reloaded" not in actions(own_home):  # the line's SIGHUP: a reload, and nothing else
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert own_home.run("mode", "draw", "--all").returncode == 0
        assert window.process.poll() is None
        assert own_home.run("stop").returncode == 0
        assert window.process.wait(ENDS_WITHIN_S) == 0
