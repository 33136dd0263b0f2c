"""Rows of the fault matrix: of several hosts in one view, one is killed, or its line is cut or slow."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from browser_host.config.clients.host_address import HostAddress
from browser_host.hosts.connecting import named_hosts
from browser_host.hosts.ssh_line import private_folder
from tests.support.fault_case import FaultCase, RecordProperty
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.patience import patient
from tests.support.programs import Program, started
from tests.support.sshd import Box, needs_sshd
from tests.support.waiting import until_holds, watchdeck
from tui.host.all_connections import AllConnections
from tui.host.deck import Deck, lost_hosts

SHOWN_WITHIN_S = 1.0
"""A row of another host, at any moment."""

SEEN_WITHIN_S = 60.0
"""More than any row allows, which is measured."""

SLOW_BYTES_PER_S = 20_000
SLOW_SESSIONS = 50
"""Their snapshot takes such a line some seconds."""

STATUSES = ("active", "viewerReady")


@dataclass(slots=True)
class View:
    """What a dashboard has of several hosts, and how late a row of the one named `near` has ever been."""

    near: ScriptedHost
    here: str
    decks: list[Deck] = field(default_factory=list)
    latest_s: float = 0.0
    lost: set[frozenset[str]] = field(default_factory=set)
    numbers: int = 0

    @property
    def deck(self) -> Deck:
        return self.decks[-1]

    def is_at(self, session: str, status: str) -> bool:
        found = self.deck.sessions.get(session)
        return found is not None and found.status == status

    async def near_changes(self) -> None:
        """Change the near host's row, and wait until it is shown."""
        self.numbers += 1
        status = STATUSES[self.numbers % len(STATUSES)]
        self.near.hosting.says_status(self.here, status)
        began = time.monotonic()
        await until_holds(partial(self.is_at, f"near/{self.here}", status))
        self.latest_s = max(self.latest_s, time.monotonic() - began)
        self.lost.add(lost_hosts(self.deck))
        await asyncio.sleep(0.05)

    async def near_changes_until(self, holds: Callable[[], object], within_s: float) -> None:
        """Do so until `holds` returns something true, and assert that no change was shown late."""
        async with asyncio.timeout(patient(within_s)):
            while not holds():
                await self.near_changes()
        assert self.latest_s < patient(SHOWN_WITHIN_S)


@asynccontextmanager
async def watching(home: Path, other: HostAddress) -> AsyncIterator[View]:
    """A dashboard's connections to a near host and another one."""
    async with scripted_host() as near, serving(near, home / "near.sock"):
        (here,) = near.live(1)
        view = View(near, here, [Deck()])
        with private_folder() as folder:
            hosts = named_hosts([HostAddress("near", home / "near.sock"), other], "tui", folder)
            connections = AllConnections(hosts, view.decks.append, refresh_hz=50, note=lambda _: None)
            running = asyncio.ensure_future(connections.run())
            try:
                yield view
            finally:
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running
                for host in hosts:
                    await host.close()


async def test_one_of_several_hosts_killed(user_home: Path, record_property: RecordProperty) -> None:
    place, log = user_home / "other.sock", user_home / "log"
    asked = json.dumps({"socket": str(place), "sessions": 3})
    command = [sys.executable, "-m", "tests.bench.subjects.scripted_host", asked]

    def start() -> Program:
        return stack.enter_context(started(command, log, os.environ, stdin=subprocess.PIPE))

    def is_shown() -> bool:
        return len(view.deck.sessions) == 4 and not lost_hosts(view.deck)

    with ExitStack() as stack:
        host = await asyncio.to_thread(start)
        async with watching(user_home, HostAddress("other", place)) as view:
            await view.near_changes_until(is_shown, 20)
            case = FaultCase("one of several hosts killed", record_property)
            os.kill(host.pid, signal.SIGKILL)
            await view.near_changes_until(lambda: lost_hosts(view.deck) == {"other"}, SEEN_WITHIN_S)
            case.detected_now()
            assert len(view.deck.sessions) == 4
            restarting = asyncio.ensure_future(asyncio.to_thread(start))
            await view.near_changes_until(restarting.done, 60)
            case.end_fault()
            await view.near_changes_until(is_shown, SEEN_WITHIN_S)
            case.recovered_now()
    record_property("others_shown_s", round(view.latest_s, 2))


@needs_sshd
async def test_ssh_line_cut(user_home: Path, box: Box, record_property: RecordProperty) -> None:
    place = user_home / "remote.sock"
    async with (
        scripted_host() as far,
        serving(far, place),
        watching(user_home, HostAddress("far", place, box.name)) as view,
    ):
        (there,) = far.live(1)
        await view.near_changes_until(lambda: len(view.deck.sessions) == 2 and not lost_hosts(view.deck), 20)
        case = FaultCase("ssh line cut", record_property)
        box.cut()
        await view.near_changes_until(lambda: lost_hosts(view.deck) == {"far"}, SEEN_WITHIN_S)
        case.detected_now()
        far.hosting.says_status(there, "active")
        await view.near_changes_until(
            lambda: view.is_at(f"far/{there}", "active") and not lost_hosts(view.deck), SEEN_WITHIN_S
        )
        case.recovered_now()
    record_property("others_shown_s", round(view.latest_s, 2))


@needs_sshd
async def test_ssh_line_slow(user_home: Path, box: Box, record_property: RecordProperty) -> None:
    place = user_home / "remote.sock"
    config = user_home / ".config/watchdeck/config.toml"
    config.parent.mkdir(parents=True)
    async with box.slowed(SLOW_BYTES_PER_S) as line, scripted_host() as far, serving(far, place):
        config.write_text(
            f'[[hosts]]\nname = "near"\nsocket = "{user_home}/near.sock"\n'
            f'[[hosts]]\nname = "far"\nssh = "{line.name}"\nremote_socket = "{place}"\n'
        )
        ids = far.live(SLOW_SESSIONS)
        case, began = FaultCase("ssh line slow", record_property), time.monotonic()
        async with watching(user_home, HostAddress("far", place, line.name)) as view:
            await view.near_changes_until(lambda: len(view.deck.sessions) == 1 + SLOW_SESSIONS, SEEN_WITHIN_S)
            record_property("snapshot_s", round(time.monotonic() - began, 1))
            view.lost.clear()
            talking = asyncio.ensure_future(talk(far, ids))
            listing = asyncio.ensure_future(watchdeck("list", "--host", "far", "--json"))
            await view.near_changes_until(listing.done, 60)
            talking.cancel()
            far.hosting.says_status(ids[-1], "pendingRequest")
            await view.near_changes_until(
                lambda: view.is_at(f"far/{ids[-1]}", "pendingRequest"), SEEN_WITHIN_S
            )
            case.recovered_now()
            assert view.lost == {frozenset()}
    code, listed, said = listing.result()
    assert (code, len(json.loads(listed)["sessions"])) == (0, SLOW_SESSIONS), said
    record_property("others_shown_s", round(view.latest_s, 2))


async def talk(host: ScriptedHost, ids: list[str]) -> None:
    """Have pages report more than a slow line passes, until cancelled."""
    for number in range(10_000):
        host.hosting.says_status(ids[number % len(ids)], STATUSES[number // len(ids) % 2])
        await asyncio.sleep(0.005)
