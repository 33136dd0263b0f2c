"""How a host begins and ends: signals, `stop`, its lifeline, a second host, a stale socket, no browser."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.processes import pids_of
from tests.support.programs import ENDS_WITHIN_S, Home, Program, alive, gone, running
from tests.support.upscope import Upscope, upscope

COUNT = 3
CLEANED_WITHIN_S = 2.0
"""Seconds for the last of its grandchildren, which are no children of the host to wait for."""


@pytest.fixture(scope="module")
def service(home: Home, log: Path, configure: Configure) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT) as found:
        configure({f"s{number}": url for number, url in enumerate(found.urls)}, pages_of=2)
        yield found


class Hosting(Protocol):
    def __call__(
        self, *arguments: str, stdin: int = subprocess.DEVNULL
    ) -> AbstractContextManager[Program]: ...


@pytest.fixture
def hosting(home: Home, log: Path, service: Upscope) -> Hosting:
    assert service.urls

    def start(*arguments: str, stdin: int = subprocess.DEVNULL) -> AbstractContextManager[Program]:
        return running(home, "host", *arguments, log=log, stdin=stdin)

    return start


def all_live(home: Home) -> dict[str, str]:
    """Ids by label, once all are live."""
    sessions = home.until(
        lambda now: len(now) == COUNT and {session["hosting"] for session in now.values()} == {"live"}, 20
    )
    return {label: session["id"] for label, session in sessions.items()}


def ended_in_order(home: Home, program: Program, pids: tuple[int, ...], began: float) -> None:
    assert program.process.wait(max(0.1, ENDS_WITHIN_S - (time.monotonic() - began))) == 0
    assert time.monotonic() - began < ENDS_WITHIN_S
    assert gone(pids, CLEANED_WITHIN_S) == []
    assert not home.socket.exists()
    assert list(home.temporary.iterdir()) == []


def test_signals_and_stop_end_it_in_order_and_its_ids_stay(home: Home, hosting: Hosting) -> None:
    seen = []
    for way in (signal.SIGTERM, signal.SIGINT, "stop"):
        with hosting() as program:
            seen.append(all_live(home))
            pids = pids_of(program.process.pid)
            assert len(pids) > 5
            assert home.socket.stat().st_mode & 0o777 == 0o600
            assert home.socket.parent.stat().st_mode & 0o777 == 0o700
            began = time.monotonic()
            if isinstance(way, signal.Signals):
                program.process.send_signal(way)
            else:
                assert home.run(way).returncode == 0
            ended_in_order(home, program, pids, began)
    assert seen[0] == seen[1] == seen[2]


def test_pending_end_is_cancelled_when_the_host_stops(home: Home, hosting: Hosting) -> None:
    with hosting() as program:
        ids = all_live(home)
        with ThreadPoolExecutor(1) as aside:
            ending = aside.submit(home.run, "end", ids["s0"], "--yes", "--json")
            home.until(lambda now: bool((now["s0"]["instruction"] or {}).get("state") == "queued"), 10)
            assert home.run("stop").returncode == 0
            answer = ending.result(ENDS_WITHIN_S)
        assert program.process.wait(ENDS_WITHIN_S) == 0
    (result,) = json.loads(answer.stdout)["results"]
    assert (result["state"], result["text"]) == ("cancelled", "the host stopped before it was sent")


def test_it_ends_with_its_lifeline_and_not_with_its_terminal(home: Home, hosting: Hosting) -> None:
    with hosting("--lifeline", stdin=subprocess.PIPE) as program:
        all_live(home)
        pids = pids_of(program.process.pid)
        program.process.send_signal(signal.SIGHUP)
        assert home.run("mode", "draw", "--all").returncode == 0
        assert program.process.poll() is None
        assert program.process.stdin is not None
        began = time.monotonic()
        program.process.stdin.close()
        ended_in_order(home, program, pids, began)


def test_second_host_is_refused_and_dead_socket_replaced(home: Home, hosting: Hosting) -> None:
    with hosting() as first:
        ids = all_live(home)
        second = home.run("host")
        assert (second.returncode, second.stdout) == (1, "")
        assert "a host already runs on" in second.stderr
        assert f"pid {first.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr
        assert first.process.poll() is None
        assert all_live(home) == ids
        pids = pids_of(first.process.pid)
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(5)
        assert home.socket.exists()
        assert home.run("list").returncode == 3
        # Nobody is left to end the browser: its pipe to the host is what does.
        assert gone(pids, ENDS_WITHIN_S) == []
        with hosting() as next_one:
            assert all_live(home) == ids
            assert next_one.ready["pid"] != first.process.pid


def test_without_a_host_commands_say_so(home: Home, service: Upscope) -> None:
    assert service.urls
    for command in (("list",), ("end", "--yes", "--all"), ("stop",)):
        done = home.run(*command)
        assert (done.returncode, done.stdout) == (3, "")
        assert "host" in done.stderr


def test_a_browser_that_cannot_start_is_told_in_plain_words(tmp_path: Path) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 7\n")
    broken.chmod(0o755)
    other = Home(tmp_path)
    for executable, words in (
        (tmp_path / "nothing", "not an executable program"),
        (broken, "could not be started"),
    ):
        other.configure(f'[browser]\nexecutable = "{executable}"\n')
        before = pids_of(os.getpid())
        done = other.run("host")
        assert (done.returncode, done.stdout) == (1, "")
        assert str(executable) in done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
        assert alive(set(pids_of(os.getpid())) - set(before)) == []
        assert not other.socket.exists()
