"""Where faults happen: a simulated Upscope, a host over its pages, and instructions given all the while."""

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tests.support import accounts, ends, host_socket
from tests.support.giving import Giver
from tests.support.host_socket import Events, listening
from tests.support.processes import everybody
from tests.support.programs import ENDS_WITHIN_S, WATCHDECK, Home, Program, gone, started
from tests.support.upscope import Upscope

Session: TypeAlias = Mapping[str, Any]
Sessions: TypeAlias = Mapping[str, Session]
Happened: TypeAlias = list[dict[str, Any]]

FIRST_COLOR = 0x101010
NOTED_WITHIN_S = 5.0
"""From an instruction's taking effect to the simulator's knowing of it; a page says so at once."""

BLINK_S = 1.5
"""What a page notes travels through its browser: of what it lived through just before that died, nobody may
ever hear."""


def labelled(service: Upscope) -> dict[str, str]:
    """Its watch links by the labels s00, s01 and so on."""
    return {f"s{number:02}": url for number, url in enumerate(service.urls)}


class Stage:
    """One host after the other over the same pages.

    Args:
        log: takes what the hosts say on stderr.
        count: sessions in the configuration.
        collect: makes what takes the events of the next host.
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
        self._colors = itertools.count(FIRST_COLOR)
        self._told_before = len(service.told())
        self._written_before = len(ends.history(home)) if home.run("audit", "verify").returncode == 0 else 0

    @contextlib.contextmanager
    def hosted(self, environment: Mapping[str, str] | None = None) -> Iterator["Stage"]:
        """Itself, with a host until the block ends."""
        self.start_host(environment)
        try:
            yield self
        finally:
            self.stop_host()

    def start_host(self, environment: Mapping[str, str] | None = None) -> None:
        """Starts a host, and listens to it from its first event."""
        self._running = contextlib.ExitStack()
        settings = self.home.environment(**(environment or {}))
        self.host = self._running.enter_context(started([WATCHDECK, "host"], self.log, settings))
        self.events = self._running.enter_context(listening(self.home.socket, self._collect()))

    def stop_host(self) -> None:
        """Ends it in order, where it still runs."""
        self._running.close()

    def kill_host(self) -> None:
        """SIGKILL, and all that it started is gone as well."""
        family = everybody(self.host.pid)
        os.kill(self.host.pid, signal.SIGKILL)
        self.host.process.wait(ENDS_WITHIN_S)
        assert gone(family, ENDS_WITHIN_S) == []
        self._running.close()

    def rested(self, within: float = 30.0) -> Sessions:
        """All sessions, once each is live and its page has said what it comes to rest at."""
        return self.home.until(self.is_rested, within)

    def is_rested(self, sessions: Sessions) -> bool:
        return len(sessions) == self.count and all(map(is_ready, sessions.values()))

    def newest(self) -> int:
        """Number of the newest event, once it was heard."""
        seq = int(host_socket.get(self.home.socket, "/v1/snapshot")["seq"])
        if seq:
            self.events.until(lambda seen: bool(seen) and seen[-1]["seq"] >= seq, 5)
        return seq

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = host_socket.get(self.home.socket, "/v1/health")
        return found

    def replace_service(self, service: Upscope) -> None:
        """Another one serves the same links; what is accounted for begins anew, as it has seen nothing."""
        self.service = service
        self._told_before = 0
        self._written_before = len(ends.history(self.home))

    def told(self) -> list[dict[str, Any]]:
        """What pages were told on this stage."""
        return self.service.told()[self._told_before :]

    def giver(self, sessions: Sessions) -> Giver:
        """Gives instructions until whoever asked for it stops it, and accounts for them."""
        giver = Giver(self.home, list(sessions.values()), self._colors)
        giver.start()
        return giver

    @contextlib.contextmanager
    def instructed(self, sessions: Sessions, *, blink: bool = False) -> Iterator[Giver]:
        """Gives instructions to the sessions until the block ends, and then accounts for each of them.

        Args:
            blink: a browser dies meanwhile, so that a page may have no time to note what it was told.
        """
        giver = self.giver(sessions)
        try:
            yield giver
        finally:
            answers = giver.stop()
        self.account(answers, sessions, blink=blink)

    def account(self, answers: Sequence[accounts.Answer], sessions: Sessions, *, blink: bool = False) -> None:
        """Nothing was lost, repeated or misdirected, by the pages' own record; some of it arrived.

        Args:
            blink: what was given shortly before the last answer that was no confirmation may be unwitnessed.
        """
        links = {session["id"]: session["link"] for session in sessions.values()}
        dead = [one.given for one in answers if one.state != "confirmed"] if blink else []
        unwitnessed = accounts.unwitnessed(answers, [(moment - BLINK_S, moment) for moment in dead])

        def complaints() -> list[str]:
            known = accounts.fates(ends.history(self.home)[self._written_before :])
            seen = accounts.seen(self.told())
            return accounts.complaints(known, seen, links, answers, unwitnessed)

        deadline = time.monotonic() + NOTED_WITHIN_S
        while (wrong := complaints()) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert wrong == []
        assert any(answer.state == "confirmed" for answer in answers)
        assert_gapless(self.events.so_far())


def is_ready(session: Session) -> bool:
    return session["hosting"] == "live" and session["status"] == "viewerReady" and session["error"] is None


def hosted(seen: Happened, seq: int, hosting: str) -> dict[str, str | None]:
    """Ids of the sessions said to be hosted so after an event, with the error's code."""
    return {
        event["id"]: (event.get("error") or {}).get("code")
        for event in seen
        if event["seq"] > seq and event["type"] == "session.hosting" and event["hosting"] == hosting
    }


def on_page_of(sessions: Sessions, label: str) -> set[str]:
    """Ids of the sessions that share the page of this one, itself included."""
    page = sessions[label]["page"]
    return {session["id"] for session in sessions.values() if session["page"] == page}


def ids(sessions: Sessions) -> set[str]:
    return {session["id"] for session in sessions.values()}


def said_of(stage: Stage, seq: int, hosting: str, whom: set[str], code: str) -> Callable[[float], Happened]:
    """Waits until exactly these sessions were said to be hosted so, for that reason."""

    def wait(within: float) -> Happened:
        seen = stage.events.until(lambda seen: hosted(seen, seq, hosting).keys() >= whom, within)
        assert hosted(seen, seq, hosting) == dict.fromkeys(whom, code)
        return seen

    return wait


def assert_gapless(seen: Happened) -> None:
    """`seq` rises by one; a beat repeats the last number."""
    numbers = [event["seq"] for event in seen if event["type"] != "host.beat"]
    assert numbers == list(range(1, len(numbers) + 1))
