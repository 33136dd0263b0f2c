"""The faults of a soak: one function injects and ends each, then returns for the recovery."""

import contextlib
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import psutil

from tests.soak.harness import SoakHarness
from tests.soak.invariant_error import InvariantError
from tests.support import ends
from tests.support.processes import HostProcesses, host_processes, kill, pids_of
from tests.support.programs import alive

HOUR_S = 3600.0

Inject: TypeAlias = Callable[[SoakHarness, random.Random], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Args:
        inject: injects the fault, and ends it.
        settles_s: seconds within which everything must have recovered.
    """

    inject: Inject
    settles_s: float


def kill_renderer(harness: SoakHarness, chance: random.Random) -> None:
    with harness.dying():
        _kill(chance.choice(_processes(harness).renderers))


def kill_browser(harness: SoakHarness, _: random.Random) -> None:
    with harness.dying():
        _kill(_processes(harness).browser)


def kill_driver(harness: SoakHarness, _: random.Random) -> None:
    with harness.dying():
        _kill(_processes(harness).driver)


def stop_browser(harness: SoakHarness, _: random.Random) -> None:
    _until_gone(harness, _processes(harness).browser)


def stop_driver(harness: SoakHarness, _: random.Random) -> None:
    _until_gone(harness, _processes(harness).driver)


def loop(harness: SoakHarness, chance: random.Random) -> None:
    _order(harness, chance, "loop")


def crash(harness: SoakHarness, chance: random.Random) -> None:
    _order(harness, chance, "crash")


def kill_host(harness: SoakHarness, _: random.Random) -> None:
    with harness.dying():
        harness.under_test.kill_host()
        harness.start_host()


def restart_host(harness: SoakHarness, _: random.Random) -> None:
    with harness.dying():
        harness.under_test.stop_host()
        harness.start_host()


def suspend(harness: SoakHarness, chance: random.Random) -> None:
    pids = pids_of(harness.under_test.host.pid)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(chance.uniform(1, 9))
    for pid in reversed(pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def fill_disk(harness: SoakHarness, chance: random.Random) -> None:
    with ends.full_disk(harness.under_test.host.pid):
        time.sleep(chance.uniform(1, 6))


def set_clock(harness: SoakHarness, chance: random.Random) -> None:
    harness.clock.put(chance.choice((-HOUR_S, 0.0, HOUR_S)))


def silence_service(harness: SoakHarness, chance: random.Random) -> None:
    pid = harness.service.program.pid
    os.kill(pid, signal.SIGSTOP)
    time.sleep(chance.uniform(1, 6))
    os.kill(pid, signal.SIGCONT)


def slow_service(harness: SoakHarness, chance: random.Random) -> None:
    pid = harness.service.program.pid
    with harness.dying():
        _kill(chance.choice(_processes(harness).renderers))
        for _ in range(chance.randrange(8, 24)):
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.2)
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)


def kill_service(harness: SoakHarness, chance: random.Random) -> None:
    with harness.dying():
        harness.kill_service()
        time.sleep(chance.uniform(0, 4))
        harness.restart_service()


def close_terminal(harness: SoakHarness, _: random.Random) -> None:
    harness.window.hang_up()
    harness.close_window()
    harness.open_window()


def kill_dashboard(harness: SoakHarness, _: random.Random) -> None:
    _kill(harness.window.process.pid)
    harness.close_window()
    harness.open_window()


def read_nothing(harness: SoakHarness, chance: random.Random) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(harness.home.socket))
        client.sendall(b"GET /v1/events?after=0 HTTP/1.0\r\nHost: host\r\n\r\n")
        time.sleep(chance.uniform(2, 8))


FAULTS: Mapping[str, Fault] = {
    "renderer killed": Fault(kill_renderer, 25),
    "page loops": Fault(loop, 40),
    "page crashes": Fault(crash, 40),
    "browser killed": Fault(kill_browser, 30),
    "driver killed": Fault(kill_driver, 30),
    "browser stopped": Fault(stop_browser, 60),
    "driver stopped": Fault(stop_driver, 60),
    "host killed": Fault(kill_host, 30),
    "host restarted": Fault(restart_host, 30),
    "machine suspended": Fault(suspend, 30),
    "disk full": Fault(fill_disk, 15),
    "clock set": Fault(set_clock, 10),
    "service silent": Fault(silence_service, 15),
    "service slow": Fault(slow_service, 40),
    "service killed": Fault(kill_service, 45),
    "terminal closed": Fault(close_terminal, 15),
    "dashboard killed": Fault(kill_dashboard, 15),
    "client reads nothing": Fault(read_nothing, 10),
}
"""Without a deleted socket, which ends the streams whose events a soak counts, and without a damaged journal,
which needs a person to act."""

KILLED_WITHIN_S = 50.0
BROWSER_WITHIN_S = 90.0


def _processes(harness: SoakHarness) -> HostProcesses:
    """Wait until the host has a browser with pages, and return its processes; a fault may have ended it."""
    deadline = time.monotonic() + BROWSER_WITHIN_S
    while time.monotonic() < deadline:
        # Processes come and go during the look.
        with contextlib.suppress(ValueError, psutil.Error):
            if (found := host_processes(harness.under_test.host.pid)).renderers:
                return found
        time.sleep(0.1)
    raise InvariantError(f"no browser with a page within {BROWSER_WITHIN_S:.0f} s")


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        kill(pid)


def _until_gone(harness: SoakHarness, pid: int) -> None:
    """Stop a process for good, and wait until the host has killed it."""
    with harness.dying():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
        deadline = time.monotonic() + KILLED_WITHIN_S
        while alive([pid]) and time.monotonic() < deadline:
            time.sleep(0.2)


def _order(harness: SoakHarness, chance: random.Random, what: str) -> None:
    with harness.dying():
        harness.service.tell(chance.choice(harness.visitors), what)
        time.sleep(12)  # until the page has got the order, and the host has replaced it
