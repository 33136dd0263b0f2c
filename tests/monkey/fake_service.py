"""A host in this process, without a socket: it keeps sessions and a ledger, and records what it is told."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from browser_host.api.client import HostClient
from browser_host.api.schema import (
    Outcome,
    PlanEntry,
    Result,
    SessionDetail,
    Snapshot,
    Target,
    VisitorView,
)
from browser_host.errors import NoHost, NoPicture, Refused, UnknownSession
from browser_host.protocol.pointer_input import PointerInput
from browser_host.sessions.views import EndedView, InstructionView, StaleView
from tests.tui.deck.screen_samples import HOST, session
from tui.host.deck import ConnectionState, Deck

SESSIONS_AT_MOST = 40
STATUSES = ("waiting", "pendingRequest", "active", "viewerReady", "snapshotReceived")


@dataclass(frozen=True, slots=True)
class Request:
    """Something that changes a session or hosts one.

    Args:
        kind: `instruct`, `end`, `cancel`, `retry` or `add`.
        ids: sessions, or for `cancel` the ledger's ids.
        body: of an instruction.
    """

    kind: str
    ids: tuple[str, ...]
    body: Mapping[str, Any]


class FakeService:
    """The host's side: what the dashboard's client would reach.

    Args:
        clock: epoch seconds.
    """

    def __init__(self, dice: random.Random, clock: Callable[[], float]) -> None:
        self.requests: list[Request] = []
        self.deck = replace(
            Deck(host=replace(HOST, undo_s=2.0, confirm_within_s=2.0)), link=ConnectionState.ATTACHED
        )
        self.bodies: dict[str, Mapping[str, Any]] = {}
        self._dice = dice
        self._clock = clock
        self._numbers = 0
        self._arrivals = 0
        for _ in range(12):
            self.arrive()

    @property
    def client(self) -> HostClient:
        return cast("HostClient", self)

    # What happens by itself.

    def arrive(self) -> None:
        if len(self.deck.sessions) < SESSIONS_AT_MOST:
            self._arrivals += 1
            label = self._dice.choice(("acme", "zeta", "mid")) + f" {self._arrivals}"
            self._put(session(f"s{self._arrivals}", label=label, status=self._dice.choice(STATUSES)))

    def leave(self) -> None:
        if chosen := self._any():
            kept = {key: view for key, view in self.deck.sessions.items() if key != chosen}
            self.deck = replace(self.deck, sessions=kept)

    def change(self) -> None:
        if chosen := self._any():
            old = self.deck.sessions[chosen]
            now = self._clock()
            stale = StaleView("pending", now - 400, 400, 300, "") if self._dice.random() < 0.3 else None
            hosting = self._dice.choice(("live", "live", "live", "lost", "blocked", "unresponsive"))
            new = replace(
                old, status=self._dice.choice(STATUSES), stale=stale, hosting=hosting, last_event_at=now
            )
            self._put(new if old.ended is None else old)

    def end_by_itself(self) -> None:
        if chosen := self._any():
            self._end(chosen)

    def answer(self) -> None:
        """An instruction under way comes a step further."""
        for view in list(self.deck.sessions.values()):
            last = view.instruction
            if last is None or last.state not in {"queued", "sent"} or self._dice.random() < 0.3:
                continue
            states = ("sent",) if last.state == "queued" else ("confirmed", "confirmed", "unconfirmed")
            state = self._dice.choice(states)
            self._put(replace(view, instruction=replace(last, state=state, at=self._clock())))
            if state == "confirmed" and last.action == "endSession":
                self._end(view.id)

    def lose(self) -> None:
        if self.deck.link is ConnectionState.ATTACHED:
            self.deck = replace(self.deck, link=ConnectionState.LOST, lost_since=self._clock())
        else:
            self.deck = replace(self.deck, link=ConnectionState.ATTACHED, lost_since=None)

    def shorten_undo(self) -> None:
        assert self.deck.host is not None
        host = replace(self.deck.host, undo_s=self._dice.choice((0.0, 1.0, 2.0)))
        self.deck = replace(self.deck, host=host)

    def is_under_way(self, session_id: str, body: Mapping[str, Any]) -> bool:
        """The session's last instruction is this one, and its outcome is still to come."""
        last = self.deck.sessions[session_id].instruction
        if last is None or self.bodies[last.id] != body:
            return False
        return last.state == "queued" or (last.state == "sent" and self._clock() - last.at < 2.0)

    # What the dashboard's client calls.

    async def snapshot(self) -> Snapshot:
        await asyncio.Event().wait()  # decks are delivered by the monkey
        raise AssertionError

    async def close(self) -> None: ...

    async def instruct(self, target: Target, body: Mapping[str, Any], *, wait: bool = True) -> Outcome:
        assert not wait
        return self._take("instruct", tuple(target.ids), body)

    async def end(
        self, target: Target, *, dry_run: bool = False, wait: bool = True, while_stale: bool = False
    ) -> Outcome:
        if dry_run:
            return self._planned(target)
        assert not wait
        ids = tuple(one for one in target.ids if not while_stale or self._is_stale(one))
        return self._take("end", ids, {"action": "endSession"})

    async def cancel(self, instructions: Sequence[str]) -> Outcome:
        self.requests.append(Request("cancel", tuple(instructions), {}))
        results = []
        for view in list(self.deck.sessions.values()):
            last = view.instruction
            if last is not None and last.id in instructions and last.state == "queued":
                self._put(replace(view, instruction=replace(last, state="cancelled")))
                results.append(Result(view.id, "cancelled", "page", None, "", last.id))
        return Outcome(tuple(results), {})

    async def retry(self, target: Target) -> tuple[str, ...]:
        self.requests.append(Request("retry", tuple(target.ids), {}))
        return tuple(target.ids)

    async def add(self, **_: object) -> str:
        self.requests.append(Request("add", (), {}))
        self.arrive()
        return f"s{self._arrivals}"

    async def settle(self, _: Sequence[str]) -> Outcome:
        raise NoHost("not asked in this play")

    async def detail(self, session_id: str) -> SessionDetail:
        raise UnknownSession(session_id)

    async def screenshot(self, session_id: str, width: int | None = None) -> bytes:
        raise NoPicture(f"no page of {session_id} has {width} pixels")

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        raise Refused(f"no input for {session_id}: {sent}")

    async def history(self, *_: object, **__: object) -> tuple[Mapping[str, Any], ...]:
        return ()

    async def visitors(self, *_: object, **__: object) -> tuple[VisitorView, ...]:
        return ()

    def _is_stale(self, session_id: str) -> bool:
        view = self.deck.sessions.get(session_id)
        return view is not None and view.stale is not None

    def _planned(self, target: Target) -> Outcome:
        views = self.deck.sessions.values()
        by_ids = bool(target.ids)
        wanted = [view for view in views if (view.id in target.ids if by_ids else view.stale is not None)]
        plan = tuple(PlanEntry(view.id, view.label, view.status, "") for view in wanted if view.ended is None)
        return Outcome((), {}, plan)

    def _take(self, kind: str, ids: tuple[str, ...], body: Mapping[str, Any]) -> Outcome:
        self.requests.append(Request(kind, ids, body))
        if self.deck.link is ConnectionState.LOST:
            raise NoHost("no host")
        if unknown := [session_id for session_id in ids if session_id not in self.deck.sessions]:
            raise UnknownSession(f"no session {unknown[0]}")
        results = []
        for session_id in ids:
            self._numbers += 1
            number = f"i{self._numbers}"
            self.bodies[number] = body
            told = InstructionView(number, str(body["action"]), "queued", self._clock(), "root (0)", "")
            self._put(replace(self.deck.sessions[session_id], instruction=told))
            results.append(Result(session_id, "queued", "page", None, "", number))
        return Outcome(tuple(results), {"queued": len(results)})

    def _end(self, session_id: str) -> None:
        view = self.deck.sessions[session_id]
        self._put(replace(view, hosting="ended", ended=EndedView("terminated", self._clock())))

    def _any(self) -> str | None:
        return self._dice.choice(list(self.deck.sessions)) if self.deck.sessions else None

    def _put(self, view: Any) -> None:
        self.deck = replace(self.deck, sessions={**self.deck.sessions, view.id: view}, newest=view.id)
