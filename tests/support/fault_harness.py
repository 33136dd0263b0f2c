"""The test bed for faults: a simulated Upscope, a host over its pages, and a load of instructions."""

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tests.support import ends, host_socket, reconciliation
from tests.support.host_socket import Events, listening
from tests.support.instruction_load import InstructionLoad
from tests.support.processes import pids_of
from tests.support.programs import ENDS_WITHIN_S, WATCHDECK, Home, Program, gone, started
from tests.support.upscope import Upscope

Session: TypeAlias = Mapping[str, Any]
Sessions: TypeAlias = Mapping[str, Session]
EventList: TypeAlias = list[dict[str, Any]]

FIRST_COLOR = 0x101010
NOTED_WITHIN_S = 5.0
"""From the moment an instruction takes effect until the simulator's record has it."""

UNRECORDED_S = 1.5
"""Reports of a page travel through its browser: those of the last moments before its crash may be lost."""


def links_by_label(service: Upscope) -> dict[str, str]:
    """The watch links of a service by the labels s00, s01 and so on."""
    return {f"s{number:02}": url for number, url in enumerate(service.urls)}


class FaultHarness:
    """Runs hosts, one after the other, over the same pages.

    Args:
        log: takes the stderr of the hosts.
        count: sessions in the configuration.
        collect: makes the collector for the events of each host.
    """

    def __init__(
        self,
        home: Home,
        log: Path,
        service: Upscope,
        count: int,
        collect: Callable[[], Events] = Events,
    ) -> None:
        self._collect = collect
        self.home = home
        self.log = log
        self.service = service
        self.count = count
        self.host: Program
        self.events: Events
        self._running = contextlib.ExitStack()
        self._killed: list[float] = []
        self._colors = itertools.count(FIRST_COLOR)
        self._told_before = len(service.told())
        self._written_before = len(ends.history(home)) if home.run("audit", "verify").returncode == 0 else 0

    @contextlib.contextmanager
    def running(self, environment: Mapping[str, str] | None = None) -> Iterator["FaultHarness"]:
        """Run a host until the block ends."""
        self.start_host(environment)
        try:
            yield self
        finally:
            self.stop_host()

    def start_host(self, environment: Mapping[str, str] | None = None) -> None:
        """Start a host, and collect its events from the first on."""
        self._running = contextlib.ExitStack()
        settings = self.home.environment(**(environment or {}))
        self.host = self._running.enter_context(started([WATCHDECK, "host"], self.log, settings))
        self.events = self._running.enter_context(listening(self.home.socket, self._collect()))

    def stop_host(self) -> None:
        """Stop the host gracefully if it still runs."""
        self._running.close()

    def kill_host(self) -> None:
        """Send SIGKILL to the host, and wait until all its descendants are gone too."""
        pids = pids_of(self.host.pid)
        self._killed.append(time.time())
        os.kill(self.host.pid, signal.SIGKILL)
        self.host.process.wait(ENDS_WITHIN_S)
        assert gone(pids, ENDS_WITHIN_S) == []
        self._running.close()

    def wait_until_ready(self, within: float = 30.0) -> Sessions:
        """Wait until every session is live and ready, and return them all."""
        return self.home.until(self.all_ready, within)

    def all_ready(self, sessions: Sessions) -> bool:
        return len(sessions) == self.count and all(map(is_ready, sessions.values()))

    def newest_seq(self) -> int:
        """Return the number of the newest event, once it has arrived."""
        seq = int(host_socket.get(self.home.socket, "/v1/snapshot")["seq"])
        if seq:
            self.events.until(lambda seen: bool(seen) and seen[-1]["seq"] >= seq, 5)
        return seq

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = host_socket.get(self.home.socket, "/v1/health")
        return found

    def replace_service(self, service: Upscope) -> None:
        """Switch to another service for the same links; reconciliation restarts, as its record is empty."""
        self.service = service
        self._told_before = 0
        self._written_before = len(ends.history(self.home))

    def told(self) -> list[dict[str, Any]]:
        """The instructions that pages have received since this harness was made."""
        return self.service.told()[self._told_before :]

    def start_load(self, sessions: Sessions) -> InstructionLoad:
        """Start a load of instructions; the caller stops and reconciles it."""
        load = InstructionLoad(self.home, list(sessions.values()), self._colors)
        load.start()
        return load

    @contextlib.contextmanager
    def under_load(self, sessions: Sessions, *, pages_die: bool = False) -> Iterator[InstructionLoad]:
        """Send instructions to the sessions until the block ends, then reconcile them.

        Args:
            pages_die: whether pages crash meanwhile, so that they may not record their last instructions.
        """
        load = self.start_load(sessions)
        try:
            yield load
        finally:
            answers = load.stop()
        self.reconcile(answers, sessions, pages_die=pages_die)

    def reconcile(
        self, answers: Sequence[reconciliation.Answer], sessions: Sessions, *, pages_die: bool = False
    ) -> None:
        """Assert that no instruction was lost, repeated or misdirected, and that some were confirmed.

        Args:
            pages_die: instructions sent shortly before an answer without confirmation may be unrecorded.
        """
        links = {session["id"]: session["link"] for session in sessions.values()}
        dead = [one.given for one in answers if one.state != "confirmed"] if pages_die else []
        ends_of_records = [(moment - UNRECORDED_S, moment) for moment in (*dead, *self._killed)]
        unobserved = reconciliation.unobserved(answers, ends_of_records)

        def discrepancies() -> list[str]:
            known = reconciliation.histories(ends.history(self.home)[self._written_before :])
            seen = reconciliation.received(self.told())
            return reconciliation.discrepancies(known, seen, links, answers, unobserved)

        deadline = time.monotonic() + NOTED_WITHIN_S
        while (wrong := discrepancies()) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert wrong == [], wrong
        assert any(answer.state == "confirmed" for answer in answers)
        assert_gapless(self.events.so_far())


def is_ready(session: Session) -> bool:
    return session["hosting"] == "live" and session["status"] == "viewerReady" and session["error"] is None


def reported_as(seen: EventList, seq: int, hosting: str) -> dict[str, str | None]:
    """Ids of the sessions that were reported with this `hosting` after an event, with the error code."""
    return {
        event["id"]: (event.get("error") or {}).get("code")
        for event in seen
        if event["seq"] > seq and event["type"] == "session.hosting" and event["hosting"] == hosting
    }


def sharing_page_with(sessions: Sessions, label: str) -> set[str]:
    """Ids of the sessions that share the page of one session, including its own."""
    page = sessions[label]["process"]
    return {session["id"] for session in sessions.values() if session["process"] == page}


def ids(sessions: Sessions) -> set[str]:
    return {session["id"] for session in sessions.values()}


def wait_for_report(
    harness: FaultHarness, seq: int, hosting: str, expected: set[str], code: str
) -> Callable[[float], EventList]:
    """Wait until exactly these sessions were reported with this `hosting` and error code."""

    def wait(within: float) -> EventList:
        seen = harness.events.until(lambda seen: reported_as(seen, seq, hosting).keys() >= expected, within)
        assert reported_as(seen, seq, hosting) == dict.fromkeys(expected, code)
        return seen

    return wait


def assert_gapless(seen: EventList) -> None:
    """Assert that `seq` rises by one; a heartbeat repeats the last number."""
    numbers = [event["seq"] for event in seen if event["type"] != "host.beat"]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
