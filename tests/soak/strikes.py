"""The faults of a soak: each is done and undone by one function, which returns when the town may recover."""

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

from tests.soak.town import Town
from tests.soak.violation import Violation
from tests.support import ends
from tests.support.household import kill
from tests.support.processes import Family, everybody, family
from tests.support.programs import alive

HOUR_S = 3600.0

Strike: TypeAlias = Callable[[Town, random.Random], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Args:
        settles_s: seconds after which all must be as before.
    """

    strike: Strike
    settles_s: float


def kill_renderer(town: Town, chance: random.Random) -> None:
    with town.dying():
        _kill(chance.choice(_family(town).renderers))


def kill_browser(town: Town, _: random.Random) -> None:
    with town.dying():
        _kill(_family(town).browser)


def kill_driver(town: Town, _: random.Random) -> None:
    with town.dying():
        _kill(_family(town).driver)


def stop_browser(town: Town, _: random.Random) -> None:
    _until_gone(town, _family(town).browser)


def stop_driver(town: Town, _: random.Random) -> None:
    _until_gone(town, _family(town).driver)


def loop(town: Town, chance: random.Random) -> None:
    _order(town, chance, "loop")


def crash(town: Town, chance: random.Random) -> None:
    _order(town, chance, "crash")


def kill_host(town: Town, _: random.Random) -> None:
    with town.dying():
        town.stage.kill_host()
        town.start_host()


def restart_host(town: Town, _: random.Random) -> None:
    with town.dying():
        town.stage.stop_host()
        town.start_host()


def suspend(town: Town, chance: random.Random) -> None:
    pids = everybody(town.stage.host.pid)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(chance.uniform(1, 9))
    for pid in reversed(pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def fill_disk(town: Town, chance: random.Random) -> None:
    with ends.full_disk(town.stage.host.pid):
        time.sleep(chance.uniform(1, 6))


def set_clock(town: Town, chance: random.Random) -> None:
    town.clock.put(chance.choice((-HOUR_S, 0.0, HOUR_S)))


def silence_service(town: Town, chance: random.Random) -> None:
    pid = town.service.program.pid
    os.kill(pid, signal.SIGSTOP)
    time.sleep(chance.uniform(1, 6))
    os.kill(pid, signal.SIGCONT)


def slow_service(town: Town, chance: random.Random) -> None:
    pid = town.service.program.pid
    with town.dying():
        _kill(chance.choice(_family(town).renderers))
        for _ in range(chance.randrange(8, 24)):
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.2)
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)


def kill_service(town: Town, chance: random.Random) -> None:
    with town.dying():
        town.kill_service()
        time.sleep(chance.uniform(0, 4))
        town.restart_service()


def close_terminal(town: Town, _: random.Random) -> None:
    town.window.hang_up()
    town.close_window()
    town.open_window()


def kill_dashboard(town: Town, _: random.Random) -> None:
    _kill(town.window.process.pid)
    town.close_window()
    town.open_window()


def read_nothing(town: Town, chance: random.Random) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(town.home.socket))
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
"""Not a socket that is deleted, for with it end the streams whose events a soak counts; nor a journal that is
damaged: a person must act then."""

GIVEN_UP_WITHIN_S = 50.0
BROWSER_WITHIN_S = 90.0


def _family(town: Town) -> Family:
    """The host's processes, once a browser with pages is among them: an earlier fault may have ended it."""
    deadline = time.monotonic() + BROWSER_WITHIN_S
    while time.monotonic() < deadline:
        # They come and go while they are looked at.
        with contextlib.suppress(ValueError, psutil.Error):
            if (found := family(town.stage.host.pid)).renderers:
                return found
        time.sleep(0.1)
    raise Violation(f"no browser with a page within {BROWSER_WITHIN_S:.0f} s")


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # gone by itself meanwhile
        kill(pid)


def _until_gone(town: Town, pid: int) -> None:
    """Stops a process for ever, and waits until the host has given it up."""
    with town.dying():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
        deadline = time.monotonic() + GIVEN_UP_WITHIN_S
        while alive([pid]) and time.monotonic() < deadline:
            time.sleep(0.2)


def _order(town: Town, chance: random.Random, what: str) -> None:
    with town.dying():
        town.service.tell(chance.choice(town.visitors), what)
        time.sleep(12)  # from the order, which pages ask for, to the page's being given up
