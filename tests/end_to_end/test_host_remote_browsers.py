"""Sessions on Playwright servers: one hangs, then one is killed, and all sessions live elsewhere in time."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.browsers.install.locate import Found
from tests.conventions.named import ROOT
from tests.end_to_end.conftest import Configure
from tests.support.fault_case import RecordProperty, until
from tests.support.fault_harness import FaultHarness, Sessions, is_ready, links_by_label
from tests.support.patience import patient
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 8
NAMES = ("one", "two", "three")
ELSEWHERE_WITHIN_S = 20.0
"""By contract, from the moment a server is lost."""

pytestmark = pytest.mark.timeout(180)

ENDPOINT = """
[[browser.endpoints]]
name = "{name}"
kind = "playwright"
url = "{address}"
max_sessions = 20
"""


@contextlib.contextmanager
def playwright_server(
    folder: Path, executable: Path, name: str
) -> "Iterator[tuple[subprocess.Popen[bytes], str]]":
    """A server as users get it, and its address."""
    shipped = json.loads((ROOT / "docs" / "deploy" / "playwright-server.json").read_text("utf-8"))
    config = folder / f"{name}.json"
    # Tests may run as root, for whom there is no sandbox.
    config.write_text(
        json.dumps({**shipped, "executablePath": str(executable), "port": 0, "chromiumSandbox": False})
    )
    command = (
        sys.executable,
        "-m",
        "playwright",
        "launch-server",
        "--browser",
        "chromium",
        "--config",
        str(config),
    )
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(patient(30.0)), "the server printed no address"
        yield process, process.stdout.readline().decode().strip()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


Servers = dict[str, "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def servers(
    home: Home, log: Path, configure: Configure, browser: Found
) -> Iterator[tuple[Servers, FaultHarness]]:
    with contextlib.ExitStack() as stack:
        started = {
            name: stack.enter_context(playwright_server(home.path, browser.executable, name))
            for name in NAMES
        }
        service = stack.enter_context(upscope(home, log, sessions=COUNT, scenario="normal"))
        more = "".join(ENDPOINT.format(name=name, address=address) for name, (_, address) in started.items())
        configure(links_by_label(service), more=more)
        harness = stack.enter_context(FaultHarness(home, log, service, COUNT).running())
        yield {name: process for name, (process, _) in started.items()}, harness


@pytest.mark.parametrize(
    ("victim", "number"), [("one", signal.SIGSTOP), ("two", signal.SIGKILL)], ids=["hung", "killed"]
)
def test_sessions_of_a_lost_server_live_elsewhere_in_time(
    servers: tuple[Servers, FaultHarness],
    victim: str,
    number: signal.Signals,
    record_property: RecordProperty,
) -> None:
    processes, harness = servers
    before = harness.wait_until_ready()
    assert victim in homes(before)
    with harness.under_load(before, pages_die=True) as load:
        began = time.monotonic()
        os.killpg(processes[victim].pid, number)
        after = harness.home.until(
            lambda found: (
                len(found) == COUNT and all(map(is_ready, found.values())) and victim not in homes(found)
            ),
            ELSEWHERE_WITHIN_S,
        )
        took = time.monotonic() - began
        until(lambda: any(answer.state == "confirmed" for answer in load.answers), ELSEWHERE_WITHIN_S)
    record_property("elsewhere_s", round(took, 1))
    assert took <= patient(ELSEWHERE_WITHIN_S)
    assert {session["ended"] for session in after.values()} == {None}
    endpoints = {one["name"]: one for one in harness.home.json("browsers")["browsers"]}
    assert endpoints[victim]["state"] != "up"
    assert endpoints[victim]["reason"]
    assert sum(one["sessions"] for one in endpoints.values()) == COUNT


def homes(sessions: Sessions) -> set[str]:
    return {session["browser"] for session in sessions.values()}
