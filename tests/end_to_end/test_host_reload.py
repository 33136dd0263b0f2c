"""A running host on SIGHUP: what it takes over, what it refuses, what it tells systemd, on the real parts."""

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.fault_case import until
from tests.support.programs import Home, Program, running
from tests.support.upscope import Upscope, upscope

TAKEN_WITHIN_S = 5.0
WATCHDOG_US = "4000000"


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=3, scenario="normal") as found:
        yield found


@pytest.fixture(scope="module")
def manager(home: Home) -> Iterator[socket.socket]:
    """What systemd would be."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inbox:
        inbox.bind(str(home.path / "notify"))
        inbox.settimeout(TAKEN_WITHIN_S)
        yield inbox


@pytest.fixture(scope="module")
def host(
    home: Home, log: Path, service: Upscope, configure: Configure, manager: socket.socket
) -> Iterator[Program]:
    configure({"s0": service.urls[0], "s1": service.urls[1]})
    asked = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": WATCHDOG_US}
    with running(home, "host", log=log, **asked) as program:
        home.until(lambda now: {one["hosting"] for one in now.values()} == {"live"}, 20)
        yield program


def reload(host: Program, home: Home) -> str:
    """Asks for it, and returns the row that the journal has of it."""
    before = len(reloads(home))
    host.process.send_signal(signal.SIGHUP)
    return until(lambda: reloads(home)[before:], TAKEN_WITHIN_S)[0]


def reloads(home: Home) -> list[str]:
    entries = host_socket.get(home.socket, "/v1/history")["entries"]
    return [entry["text"] for entry in entries if entry["action"] == "host.reloaded"]


def logged(home: Home, event: str) -> Sequence[dict[str, Any]]:
    text = (home.path / "state" / "watchdeck" / "host.log").read_text()
    return [line for line in map(json.loads, text.splitlines()) if line["event"] == event]


def health(home: Home) -> Any:
    return host_socket.get(home.socket, "/v1/health")


def heard_so_far(manager: socket.socket) -> list[str]:
    manager.settimeout(0)
    heard: list[str] = []
    with contextlib.suppress(BlockingIOError):
        while True:
            heard += manager.recv(4096).decode().split("\n")
    return heard


def test_the_manager_hears_that_it_serves_and_then_that_it_lives(
    host: Program, manager: socket.socket
) -> None:
    assert host.process.poll() is None
    heard: list[str] = []
    deadline = time.monotonic() + TAKEN_WITHIN_S
    while "WATCHDOG=1" not in heard or not any(word.startswith("STATUS=2 sessions, ok") for word in heard):
        assert time.monotonic() < deadline
        heard += manager.recv(4096).decode().split("\n")
    assert "READY=1" in heard


def test_rules_level_and_new_sessions_are_taken_over(
    host: Program, home: Home, service: Upscope, configure: Configure
) -> None:
    more = (
        '[stale]\nage = "1ms"\n[[stale.labels]]\nmatch = "s1"\nage = "off"\n'
        '[log]\nlevel = "debug"\n[host]\nread_only = true\n'
    )
    configure({f"s{number}": url for number, url in enumerate(service.urls)}, more=more)
    row = reload(host, home)
    for key in ("stale.age", "stale.labels", "log.level", "host.read_only", "sessions", "new sessions: 1"):
        assert key in row
    home.until(lambda now: len(now) == 3 and now["s2"]["hosting"] == "live", 20)
    told = home.until(lambda now: bool(now["s0"]["stale"]), TAKEN_WITHIN_S)
    assert told["s0"]["stale"]["rule"] == "age"
    assert told["s1"]["stale"] is None
    assert home.run("mode", "draw", "--all").returncode == 6
    assert host_socket.get(home.socket, "/v1/snapshot")["host"]["read_only"] is True
    assert not logged(home, "config.needs_restart")


def test_faulty_file_leaves_the_old_one_in_force(host: Program, home: Home, manager: socket.socket) -> None:
    right = home.config.read_text()
    home.configure(right.replace("\nage = ", "\naeg = ").replace("read_only = true", "read_only = 3"))
    host.process.send_signal(signal.SIGHUP)
    reason = until(lambda: health(home)["reason"], TAKEN_WITHIN_S)
    assert health(home)["status"] == "degraded"
    problems = logged(home, "config.refused")[-1]["problems"]
    assert len(problems) == 3  # the key is wrong in [stale] and for the label
    for part in ("host.read_only", "stale.aeg", f"{home.config}:"):
        assert part in reason
        assert any(part in problem for problem in problems)
    assert home.look()["s0"]["stale"]["rule"] == "age"
    degraded = b"STATUS=3 sessions, degraded: the configuration was refused"
    until(lambda: degraded in manager.recv(4096), TAKEN_WITHIN_S)
    home.configure(right)
    assert reload(host, home) == "no changes"
    assert health(home)["reason"] is None
    assert host_socket.get(home.socket, "/v1/snapshot")["host"]["configuration"] is None
    home.config.unlink()
    host.process.send_signal(signal.SIGHUP)
    assert "no configuration" in until(lambda: health(home)["reason"], TAKEN_WITHIN_S)
    home.configure(right)
    reload(host, home)


def test_reload_names_restart_keys_and_keeps_sessions(
    host: Program, home: Home, service: Upscope, configure: Configure
) -> None:
    gone = home.look()["s0"]["id"]
    configure(
        {"s1": service.urls[1], "s2": service.urls[2]}, pages_of=3, more='[journal]\npath = "elsewhere.db"\n'
    )
    row = reload(host, home)
    assert "needs a restart: browser.sessions_per_process, journal.path" in row
    assert logged(home, "config.needs_restart")[-1]["keys"] == [
        "browser.sessions_per_process",
        "journal.path",
    ]
    assert logged(home, "config.sessions_stay")[-1]["sessions"] == {gone: "s0"}
    assert set(home.look()) == {"s0", "s1", "s2"}
    assert home.look()["s0"]["hosting"] == "live"
    assert home.run("mode", "draw", gone).returncode == 0  # and the host is not read-only any more


def test_no_link_gets_into_the_log_or_the_journal_by_a_reload(home: Home, service: Upscope) -> None:
    kept = (home.path / "state" / "watchdeck" / "host.log").read_text() + home.run("history", "--json").stdout
    assert not [url for url in service.urls if url in kept or url.rpartition("/")[2] in kept]


def test_hung_host_is_silent_and_stopping_host_says_so(host: Program, manager: socket.socket) -> None:
    os.kill(host.pid, signal.SIGSTOP)
    try:
        heard_so_far(manager)
        manager.settimeout(float(WATCHDOG_US) / 1e6)  # by then systemd would have ended it
        with pytest.raises(TimeoutError):
            manager.recv(4096)
    finally:
        os.kill(host.pid, signal.SIGCONT)
    assert host.end() < 10
    heard = heard_so_far(manager)
    assert "STOPPING=1" in heard
    assert "WATCHDOG=1" not in heard[heard.index("STOPPING=1") :]
