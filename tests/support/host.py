"""A supervisor over a scripted hosting, alone or behind the real API on a real socket."""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser_host.api.bounds import BOUNDS, Bounds
from browser_host.api.peer import Peer
from browser_host.api.peers import AllowedUids
from browser_host.api.server import ApiServer
from browser_host.api.socket import HostSocket
from browser_host.journal.journal import Journal
from browser_host.protocol.instructions import Instruction
from browser_host.secrets import WatchLink
from browser_host.sessions.instant import Clock, system_clock
from browser_host.sessions.session import Session, Source
from browser_host.supervisor.dispatch import Given
from browser_host.supervisor.feed import Feed
from browser_host.supervisor.identity import KEY_BYTES, Identities
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.rest import Rest
from browser_host.supervisor.rules import Rules, RulesInForce
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.service import HostService
from browser_host.supervisor.supervisor import Supervisor
from tests.support.hosting import ScriptedHosting

PEER = Peer(uid=1000, name="ada", client="test")


class SilentLog:
    def info(self, event: str, **values: object) -> None:
        assert "token" not in json.dumps({"event": event, **values}, default=repr)

    warning = info


@dataclass(slots=True)
class ScriptedHost:
    supervisor: Supervisor
    hosting: ScriptedHosting
    feed: Feed
    service: HostService
    journal: Journal
    rules: RulesInForce
    stopped: asyncio.Event

    def give(
        self,
        session_id: str,
        instruction: Instruction,
        *,
        delay_s: float = 0.0,
        confirm_within_s: float = 5.0,
    ) -> Given:
        dispatch = self.supervisor.dispatch
        return dispatch.give(
            dispatch.draft(
                self.session(session_id),
                instruction,
                PEER,
                delay_s=delay_s,
                confirm_within_s=confirm_within_s,
            )
        )

    def add(self, label: str = "Ada Park") -> str:
        link = WatchLink(f"https://watch.example/{len(self.supervisor.fleet)}?token={label}")
        return self.supervisor.add(NewSession(link=link, source=Source.CONFIG, label=label))

    def live(self, count: int, status: str = "viewerReady") -> list[str]:
        """So many sessions whose pages have spoken."""
        ids = [self.add(f"visitor {number}") for number in range(count)]
        for session_id in ids:
            self.hosting.says_status(session_id, status)
        return ids

    def session(self, session_id: str) -> Session:
        session = self.supervisor.fleet.get(session_id)
        assert session is not None
        return session

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        lines = self.feed.after(after)
        assert lines is not None
        return [json.loads(line) for line in lines]


@contextlib.asynccontextmanager
async def scripted_host(
    rules: Rules | None = None,
    hosting: ScriptedHosting | None = None,
    rest: Rest | None = None,
    clock: Clock = system_clock,
    judged: Callable[[], None] = lambda: None,
) -> AsyncIterator[ScriptedHost]:
    feed = Feed()
    hosting = hosting or ScriptedHosting()
    in_force = RulesInForce(rules or Rules(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000))
    folder = tempfile.TemporaryDirectory()
    journal = Journal(Path(folder.name) / "journal.sqlite3", keep_s=None)
    await journal.start()
    scribe = Scribe(journal, clock)
    supervisor = Supervisor(
        hosting,
        in_force,
        Identities(b"t" * KEY_BYTES),
        feed=feed,
        clock=clock,
        log=SilentLog(),
        scribe=scribe,
        rest=rest,
        judged=judged,
    )
    hosting.sink = supervisor.receive
    stopped = asyncio.Event()
    service = HostService(
        supervisor,
        hosting,
        scribe=scribe,
        journal=journal,
        rest=rest,
        feed=feed,
        rules=in_force,
        version="0.0.0",
        started=clock(),
        simulated=False,
        stop=lambda _: stopped.set(),
    )
    try:
        yield ScriptedHost(supervisor, hosting, feed, service, journal, in_force, stopped)
    finally:
        supervisor.close()
        assert await journal.close()
        folder.cleanup()


@contextlib.asynccontextmanager
async def serving(host: ScriptedHost, path: Path, *uids: int, bounds: Bounds = BOUNDS) -> AsyncIterator[Path]:
    """The host's API on a socket of the file system."""
    with HostSocket(path) as socket:
        server = ApiServer(host.service, AllowedUids(uids), bounds)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[socket.socket]))
            await asyncio.wait_for(server.serving.wait(), 5)
            try:
                yield path
            finally:
                host.feed.close()
                server.should_exit = True
