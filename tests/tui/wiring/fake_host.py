"""A scripted host: the real server, feed and views on a real Unix socket, without a browser behind them."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from browser_host.api.peer import Peer
from browser_host.api.replies import History, InputSent, Retried
from browser_host.api.requests import (
    EndRequest,
    HistoryRequest,
    InputRequest,
    InstructionRequest,
    LedgerRequest,
    RetryRequest,
    ScreenshotRequest,
)
from browser_host.api.schema import HostView, Outcome, Result, SessionDetail, Snapshot
from browser_host.api.server import ApiServer
from browser_host.api.socket import HostSocket
from browser_host.errors import UnknownSession, WatchdeckError
from browser_host.sessions import views
from browser_host.sessions.clock import system_clock
from browser_host.sessions.json_codec import to_json
from browser_host.sessions.views import InstructionView, MomentView, SessionView
from browser_host.supervisor.event_feed import EventFeed

if TYPE_CHECKING:
    from browser_host.api.service import Service


def session(session_id: str, **changes: Any) -> SessionView:
    values: dict[str, Any] = {
        "id": session_id,
        "label": f"label of {session_id}",
        "source": "simulator",
        "visitor": None,
        "link": "0123abcd",
        "hosting": "live",
        "status": "viewerReady",
        "status_since": 1_790_000_000.0,
        "opened_at": 1_790_000_000.0,
        "last_event_at": 1_790_000_000.0,
        "color": "#4363d8",
        "color_raw": "#4363d8",
        "mode": None,
        "stale": None,
        "instruction": None,
        "ended": None,
        "error": None,
        "events": 3,
        "dropped": 0,
        "violations": 0,
        "process": 1,
        "browser": "local",
    }
    return SessionView(**{**values, **changes})


class FakeHost:
    """Serves what a test scripts, and records what it was asked; of the service, what a dashboard needs."""

    def __init__(self, socket: Path, ids: tuple[str, ...] = ("s1", "s2", "s3")) -> None:
        self.path = socket
        self.sessions = {session_id: session(session_id) for session_id in ids}
        self.undo_s = 60.0
        self.picture = b""
        self.refusal: WatchdeckError | None = None
        self.asked: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.snapshots = 0
        self.events = EventFeed()
        self._number = 0
        self._server: ApiServer | None = None
        self._serving: asyncio.Task[None] | None = None

    def followed(self, every_s: float) -> contextlib.AbstractContextManager[None]:
        assert every_s >= 0
        return contextlib.nullcontext()

    async def serve(self) -> None:
        self.events = EventFeed()
        self._socket = HostSocket(self.path)
        self._server = ApiServer(cast("Service", self), frozenset(range(100_000)))
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket.socket]))

    async def go_away(self) -> None:
        if self._server is None or self._serving is None:
            return
        self.events.close()
        self._server.should_exit = True
        await self._serving
        self._socket.close()
        self._server = None

    def change(self, session_id: str, kind: str = "session.status", **changes: Any) -> None:
        """Changes a session and tells the clients."""
        old = self.sessions[session_id]
        new = SessionView(**{key: changes.get(key, getattr(old, key)) for key in views.KEYS})
        self.sessions[session_id] = new
        body = to_json(new)
        fields = {key: body[key] for key in changes}
        self.events.publish(kind, session_id, system_clock(), fields)

    def outcome(self, session_id: str, state: str) -> None:
        """Tells what became of a session's last instruction."""
        last = self.sessions[session_id].instruction
        assert last is not None
        self._instructed(session_id, last.id, last.action, state)

    def snapshot(self) -> Snapshot:
        self.snapshots += 1
        host = HostView(
            version="0",
            pid=1,
            started_at=1_790_000_000.0,
            read_only=False,
            browsers=(),
            undo_s=self.undo_s,
            simulated=True,
        )
        return Snapshot(self.events.seq, host, tuple(self.sessions.values()))

    def detail(self, session_id: str) -> SessionDetail:
        self.asked.put_nowait(("detail", session_id))
        if session_id not in self.sessions:
            raise UnknownSession(f"no session {session_id}")
        return SessionDetail(
            session=self.sessions[session_id],
            timeline=(MomentView(1_790_000_000.0, "status", "[b]active[/b]\x1b[2J"),),
            ledger=(),
            last_message='{"type": "hm"}',
        )

    async def history(self, _: HistoryRequest) -> History:
        return History(())

    async def screenshot(self, session_id: str, request: ScreenshotRequest, _peer: Peer) -> bytes:
        self.asked.put_nowait(("screenshot", (session_id, request.width)))
        if self.refusal is not None:
            raise self.refusal
        return self.picture

    async def send_input(self, session_id: str, request: InputRequest, _peer: Peer) -> InputSent:
        self.asked.put_nowait(("input", (session_id, request.pointer_input())))
        return InputSent(session_id)

    async def instruct(self, request: InstructionRequest, _peer: Peer) -> Outcome:
        return self._give(request.action, tuple(request.ids or ()), request.model_dump(exclude_none=True))

    async def end(self, request: EndRequest, _peer: Peer) -> Outcome:
        return self._give("endSession", tuple(request.ids or ()), request.model_dump(exclude_none=True))

    def retry(self, request: RetryRequest, _peer: Peer) -> Retried:
        self.asked.put_nowait(("retry", request.ids or ()))
        return Retried(request.ids or ())

    async def cancel(self, request: LedgerRequest, _peer: Peer) -> Outcome:
        self.asked.put_nowait(("cancel", request.instructions))
        results = []
        for view in list(self.sessions.values()):
            if view.instruction is not None and view.instruction.id in request.instructions:
                self._instructed(view.id, view.instruction.id, view.instruction.action, "cancelled")
                results.append(self._result(view.id, view.instruction.id, "cancelled"))
        return Outcome(tuple(results), {"cancelled": len(results)})

    def _give(self, action: str, ids: tuple[str, ...], body: Mapping[str, Any]) -> Outcome:
        self.asked.put_nowait((action, body))
        if self.refusal is not None:
            raise self.refusal
        results = []
        for session_id in ids:
            self._number += 1
            self._instructed(session_id, f"i{self._number}", action, "queued")
            results.append(self._result(session_id, f"i{self._number}", "queued"))
        return Outcome(tuple(results), {"queued": len(results)})

    def _instructed(self, session_id: str, instruction: str, action: str, state: str) -> None:
        view = InstructionView(instruction, action, state, time.time(), "root", "")
        self.change(session_id, f"instruction.{state}", instruction=view)

    @staticmethod
    def _result(session_id: str, instruction: str, state: str) -> Result:
        return Result(session_id, state, "page", None, "", instruction)
