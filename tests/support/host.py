"""A supervisor over scripted hosting, alone or behind the real API on a real socket."""

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
from browser_host.notify.outbox import Outboxes
from browser_host.protocol.page_instructions import Instruction
from browser_host.secrets import WatchLink
from browser_host.sessions.clock import Clock, system_clock
from browser_host.sessions.session import Session, Source
from browser_host.supervisor.api.handlers import HostService
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.automation.alerts import AlertWatch
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import LivePolicy, Policy
from browser_host.supervisor.session_ids import KEY_BYTES, SessionIds
from browser_host.supervisor.submission import Submission
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.upscope_worker import UpscopeWorker
from tests.support.hosting import ScriptedHosting

PEER = Peer(uid=1000, name="ada", client="test")


class SilentLog:
    """Keeps what is logged, and refuses a link in it."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []

    def info(self, event: str, **values: object) -> None:
        assert "token" not in json.dumps({"event": event, **values}, default=repr)
        self.lines.append((event, values))

    warning = info

    def of(self, event: str) -> list[dict[str, object]]:
        """The values of each line with this event."""
        return [values for name, values in self.lines if name == event]


@dataclass(slots=True)
class ScriptedHost:
    supervisor: Supervisor
    hosting: ScriptedHosting
    feed: EventFeed
    service: HostService
    journal: Journal
    policy: LivePolicy
    log: SilentLog
    stopped: asyncio.Event
    alert_watch: AlertWatch

    def give(
        self,
        session_id: str,
        instruction: Instruction,
        *,
        delay_s: float = 0.0,
        confirm_within_s: float = 5.0,
    ) -> Submission:
        instructions = self.supervisor.instructions
        return instructions.accept(
            instructions.prepare(
                self.session(session_id),
                instruction,
                PEER,
                delay_s=delay_s,
                confirm_within_s=confirm_within_s,
            )
        )

    def add(self, label: str = "Ada Park") -> str:
        link = WatchLink(f"https://watch.example/{len(self.supervisor.store)}?token={label}")
        return self.supervisor.add(NewSession(link=link, source=Source.CONFIG, label=label))

    def live(self, count: int, status: str = "viewerReady") -> list[str]:
        """Add `count` sessions whose pages have reported a status."""
        ids = [self.add(f"visitor {number}") for number in range(count)]
        for session_id in ids:
            self.hosting.says_status(session_id, status)
        return ids

    def session(self, session_id: str) -> Session:
        session = self.supervisor.store.get(session_id)
        assert session is not None
        return session

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        lines = self.feed.after(after)
        assert lines is not None
        return [json.loads(line) for line in lines]


@contextlib.asynccontextmanager
async def scripted_host(
    rules: Policy | None = None,
    hosting: ScriptedHosting | None = None,
    rest: UpscopeWorker | None = None,
    clock: Clock = system_clock,
    judged: Callable[[], None] = lambda: None,
) -> AsyncIterator[ScriptedHost]:
    feed = EventFeed()
    hosting = hosting or ScriptedHosting()
    in_force = LivePolicy(rules or Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000))
    folder = tempfile.TemporaryDirectory()
    journal = Journal(Path(folder.name) / "journal.sqlite3", keep_s=None)
    await journal.start()
    recorder = AuditRecorder(journal, clock)
    log = SilentLog()
    supervisor = Supervisor(
        hosting,
        in_force,
        SessionIds(b"t" * KEY_BYTES),
        feed=feed,
        clock=clock,
        log=log,
        recorder=recorder,
        rest=rest,
        judged=judged,
    )
    hosting.sink = supervisor.receive
    stopped = asyncio.Event()
    alert_watch = AlertWatch(
        in_force, supervisor.store, feed, recorder, Outboxes(log), host_name="desk", clock=clock, log=log
    )
    service = HostService(
        supervisor,
        journal=journal,
        rest=rest,
        alert_watch=alert_watch,
        feed=feed,
        policy=in_force,
        version="0.0.0",
        started=clock(),
        simulated=False,
        stop=lambda _: stopped.set(),
    )
    try:
        yield ScriptedHost(supervisor, hosting, feed, service, journal, in_force, log, stopped, alert_watch)
    finally:
        supervisor.close()
        assert await journal.close()
        folder.cleanup()


@contextlib.asynccontextmanager
async def serving(host: ScriptedHost, path: Path, *uids: int, bounds: Bounds = BOUNDS) -> AsyncIterator[Path]:
    """The host's API on a socket of the file system."""
    with HostSocket(path, uids) as socket:
        server = ApiServer(host.service, AllowedUids(uids), bounds)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[socket.socket]))
            await asyncio.wait_for(server.serving.wait(), 5)
            try:
                yield path
            finally:
                host.feed.close()
                server.should_exit = True
