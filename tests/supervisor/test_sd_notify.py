"""What the host says to the service manager, on a real datagram socket."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.supervisor.process.sd_notify import STATUS_LIMIT, Notifier, notifier_of
from tests.support.host import SilentLog, scripted_host


class Manager:
    """The receiving end."""

    def __init__(self, inbox: socket.socket) -> None:
        self._inbox = inbox

    def told(self) -> list[list[str]]:
        """The datagrams since the last look, each as its lines."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                found.append(self._inbox.recv(4096).decode().split("\n"))
        return found


@contextlib.contextmanager
def manager(address: str) -> Iterator[Manager]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inbox:
        inbox.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        inbox.settimeout(0)
        yield Manager(inbox)


class Warnings:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def info(self, event: str, **values: object) -> None:
        raise AssertionError(event, values)

    def warning(self, event: str, **values: object) -> None:
        assert values
        self.heard.append(event)


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "path" else f"@watchdeck-{tmp_path.name}"


def test_its_life_is_told_in_the_managers_words(address: str) -> None:
    with manager(address) as heard:
        notifier = notifier_of({"NOTIFY_SOCKET": address}, SilentLog())
        before = time.monotonic_ns() // 1000
        notifier.ready()
        notifier.reloading()
        notifier.stopping()
        (ready,), (reloading, at), (stopping,) = heard.told()
        assert (ready, reloading, stopping) == ("READY=1", "RELOADING=1", "STOPPING=1")
        name, _, microseconds = at.partition("=")
        assert name == "MONOTONIC_USEC"
        assert before <= int(microseconds) <= time.monotonic_ns() // 1000
        notifier.close()
        notifier.ready()
        assert heard.told() == []


def test_a_beat_is_passed_on_at_half_of_the_managers_time(tmp_path: Path) -> None:
    address, now = str(tmp_path / "n"), 100.0
    with manager(address) as heard:
        notifier = Notifier(address, 10.0, SilentLog(), lambda: now)
        beats = []
        for _ in range(20):
            now += 1.0
            notifier.beat(lambda: "well")
            if any("WATCHDOG=1" in words for words in heard.told()):
                beats.append(now - 100.0)
        assert beats == [5.0, 10.0, 15.0, 20.0]
        notifier.close()


def test_a_status_is_told_when_it_changes_on_one_bounded_line(tmp_path: Path) -> None:
    address = str(tmp_path / "n")
    with manager(address) as heard:
        notifier = Notifier(address, None, SilentLog())
        for status in ("3 sessions", "3 sessions", "bad\nREADY=1", "x" * 5000):
            notifier.beat(lambda status=status: status)  # type: ignore[misc]
        first, second, third = heard.told()
        assert first == ["STATUS=3 sessions"]
        assert len(second) == 1
        assert second[0].startswith("STATUS=bad")
        assert len(third[0]) <= STATUS_LIMIT + len("STATUS=")
        notifier.close()


def test_without_a_manager_nothing_is_said_and_no_status_is_made() -> None:
    notifier = notifier_of({}, SilentLog())

    def status() -> str:
        raise AssertionError("nobody asked")

    notifier.ready()
    notifier.beat(status)
    notifier.close()


@pytest.mark.parametrize(
    ("variables", "beats"),
    [
        ({"WATCHDOG_USEC": "2000000"}, True),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}, True),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}, False),
        ({"WATCHDOG_USEC": "soon"}, False),
        ({"WATCHDOG_USEC": "0"}, False),
        ({}, False),
    ],
)
def test_notify_variables_are_not_inherited(
    tmp_path: Path,
    variables: dict[str, str],
    beats: bool,  # noqa: FBT001 - a case's expected value
) -> None:
    address = str(tmp_path / "n")
    environ = {"NOTIFY_SOCKET": address, "HOME": "/h", **variables}
    with manager(address) as heard:
        notifier = notifier_of(environ, SilentLog())
        notifier.beat(lambda: "well")
        assert any("WATCHDOG=1" in words for words in heard.told()) is beats
        notifier.close()
    assert environ == {"HOME": "/h"}


def test_an_address_of_another_kind_is_said_and_left_alone() -> None:
    log = Warnings()
    notifier_of({"NOTIFY_SOCKET": "vsock:2:1234"}, log).ready()
    assert log.heard == ["notify.address_not_understood"]


def test_missing_manager_blocks_nothing_and_is_logged_once(tmp_path: Path) -> None:
    log = Warnings()
    nobody = Notifier(str(tmp_path / "nobody"), None, log)
    nobody.ready()
    nobody.ready()
    assert log.heard == ["notify.failed"]
    nobody.close()
    address = str(tmp_path / "deaf")
    with manager(address):
        deaf = Notifier(address, None, log)
        began = time.monotonic()
        for _ in range(5_000):  # more than the kernel keeps for a reader that does not come
            deaf.ready()
        assert log.heard == ["notify.failed"] * 2
        assert time.monotonic() - began < 5
        deaf.close()


async def test_watchdog_beats_only_after_each_check() -> None:
    beats = []
    async with scripted_host(judged=lambda: beats.append(len(beats))) as host:
        host.supervisor._judge()
        assert beats == [0]
        host.supervisor.store._sessions = None  # type: ignore[assignment]
        with pytest.raises(AttributeError):
            host.supervisor._judge()
        assert beats == [0]
        host.supervisor.store._sessions = {}
