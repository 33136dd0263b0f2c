"""The API's verbs, put to the supervisor: requests in, the contract's JSON out."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from browser_host.api.peer import Peer
from browser_host.api.requests import (
    AddRequest,
    EndRequest,
    HistoryRequest,
    InstructionRequest,
    LedgerRequest,
    RetryRequest,
    VisitorsRequest,
)
from browser_host.api.schema import SCHEMA
from browser_host.browsers.hosting import Hosting
from browser_host.config import addresses
from browser_host.errors import Refused, UsageError
from browser_host.journal.journal import Journal
from browser_host.protocol.instructions import EndSession, Raw
from browser_host.protocol.text import printable
from browser_host.secrets import WatchLink
from browser_host.sessions import plan as plans
from browser_host.sessions import staleness, views
from browser_host.sessions.instant import Instant
from browser_host.sessions.session import LABEL_LIMIT, Source
from browser_host.supervisor import documents, metrics, results, targets
from browser_host.supervisor.dispatch import Given, Holding
from browser_host.supervisor.feed import Feed
from browser_host.supervisor.giving import give
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.rest import NO_SERVICE, Rest
from browser_host.supervisor.rules import RulesInForce
from browser_host.supervisor.scout import Scout
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.supervisor import Supervisor


class HostService:
    """The API's side of the host.

    Args:
        stop: asks the host's process to end in order; returns at once.
        simulated: the sessions are the built-in simulator's.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        hosting: Hosting,
        *,
        scribe: Scribe,
        journal: Journal,
        rest: Rest | None = None,
        scout: Scout | None = None,
        feed: Feed,
        rules: RulesInForce,
        version: str,
        started: Instant,
        simulated: bool,
        stop: Callable[[str], None],
    ) -> None:
        self._supervisor = supervisor
        self._hosting = hosting
        self._scribe = scribe
        self._journal = journal
        self._rest = rest
        self._scout = scout
        self._feed = feed
        self._rules = rules
        self._version = version
        self._started = started
        self._simulated = simulated
        self._stop = stop

    @property
    def events(self) -> Feed:
        """The numbered events."""
        return self._feed

    def snapshot(self) -> Mapping[str, Any]:
        """All that is known, as of the newest event."""
        return {
            "schema": SCHEMA,
            "seq": self._feed.seq,
            "host": {
                "version": self._version,
                "pid": os.getpid(),
                "started_at": self._started.iso(),
                "read_only": self._rules.now.read_only,
                "browsers": [asdict(browser) for browser in self._hosting.describe()],
                "undo_s": self._rules.now.undo_s,
                "confirm_within_s": self._rules.now.confirm_within_s,
                "raw_instructions": self._rules.now.raw_instructions,
                "simulated": self._simulated,
                "journal": self._journal.standing.reason or None,
                "given_up": self._supervisor.given_up,
                "discovery": asdict(self._scout.sight) if self._scout is not None else None,
                "automatic": sorted(self._rules.now.automatic),
                "stale": staleness.rules_json(self._rules.now.stale),
            },
            "sessions": [views.to_json(view) for view in self._supervisor.fleet.views()],
        }

    def detail(self, session_id: str) -> Mapping[str, Any]:
        """One session with its timeline and ledger."""
        (session,) = self._supervisor.require([session_id])
        return documents.detail(session, self._supervisor.fleet.view(session))

    async def add(self, request: AddRequest, peer: Peer) -> Mapping[str, Any]:
        """Hosts one more session, by its watch link or its visitor."""
        self._supervisor.require_writable(peer)
        new = NewSession(
            link=_link(request),
            source=Source.COMMAND,
            label=printable(request.label or "", LABEL_LIMIT),
            visitor=request.visitor,
        )
        return {"schema": SCHEMA, "id": self._supervisor.add(new, peer)}

    async def remove(self, session_id: str, peer: Peer) -> Mapping[str, Any]:
        """Forgets a session without ending it."""
        self._supervisor.require_writable(peer)
        self._supervisor.remove(session_id, peer)
        return {"schema": SCHEMA, "id": session_id}

    async def instruct(self, request: InstructionRequest, peer: Peer) -> Mapping[str, Any]:
        """Instructs sessions, and waits for what becomes of it where that is asked for."""
        self._supervisor.require_writable(peer)
        instruction = request.instruction()
        if isinstance(instruction, Raw) and not self._rules.now.raw_instructions:
            raise Refused("instructions as written are not allowed here (host.raw_instructions)")
        within = request.timeout_s or self._rules.now.confirm_within_s
        dispatch = self._supervisor.dispatch
        drafts = [
            dispatch.draft(session, instruction, peer, delay_s=0, confirm_within_s=within)
            for session in targets.sessions(request, self._supervisor)
        ]
        return results.answer(await self._results(await self._give(drafts, peer), wait=request.wait))

    async def end(self, request: EndRequest, peer: Peer) -> Mapping[str, Any]:
        """Plans the end of sessions; without `dry_run`, runs the plan at its pace."""
        meant = [session.id for session in targets.sessions(request, self._supervisor)]
        fleet = self._supervisor.fleet
        held = {session.id: fleet.aged(session) for session in fleet}
        plan = plans.make_plan(held, meant, request.exclude, fleet.now())
        planned = [results.planned(entry) for entry in plan.entries]
        skipped = [results.skipped(skip.id, skip.reason) for skip in plan.skipped]
        if request.dry_run:
            return results.answer(skipped, plan=planned)
        self._supervisor.require_writable(peer)
        within = request.timeout_s or self._rules.now.confirm_within_s
        drafts = [
            self._supervisor.dispatch.draft(
                session,
                EndSession(),
                peer,
                delay_s=self._rules.now.undo_s + place / self._rules.now.ends_per_second,
                confirm_within_s=within,
            )
            for place, session in enumerate(self._supervisor.require([entry.id for entry in plan.entries]))
        ]
        given = await self._give(drafts, peer)
        return results.answer([*await self._results(given, wait=request.wait), *skipped], plan=planned)

    async def cancel(self, request: LedgerRequest, peer: Peer) -> Mapping[str, Any]:
        """Takes back what was not posted yet, on a read-only host too; the answer says how each stands."""
        dispatch = self._supervisor.dispatch
        holdings = targets.holdings(request, self._supervisor.dispatch)
        for holding in holdings:
            dispatch.take_back(holding.entry.order.number, peer)
        return results.answer(await self._results([_given(one) for one in holdings], wait=False))

    async def settle(self, request: LedgerRequest) -> Mapping[str, Any]:
        """Waits until instructions came as far as they can come."""
        given = [_given(holding) for holding in targets.holdings(request, self._supervisor.dispatch)]
        return results.answer(await self._results(given, wait=True))

    def retry(self, request: RetryRequest, peer: Peer) -> Mapping[str, Any]:
        """Tries at once to host what waits for its next try, or was given up; nothing is sent to a page."""
        meant = [session.id for session in targets.sessions(request, self._supervisor)]
        return {"schema": SCHEMA, "retried": list(self._supervisor.retry(meant, peer))}

    def stop(self, peer: Peer) -> Mapping[str, Any]:
        """Lets the host end in order."""
        self._stop(f"asked by {peer.name} ({peer.client})")
        return {"schema": SCHEMA, "stopping": True}

    async def visitors(self, request: VisitorsRequest) -> Mapping[str, Any]:
        """Searches the service's visitors; opens nothing."""
        if self._rest is None:
            raise Refused(NO_SERVICE)
        hosted = {one.visitor: one.id for one in self._supervisor.fleet if one.ended is None}
        found = await self._rest.client.visitors(request.search, request.limit)
        return {
            "schema": SCHEMA,
            "visitors": [documents.visitor(one, hosted.get(one.short_id)) for one in found],
        }

    async def history(self, request: HistoryRequest) -> Mapping[str, Any]:
        """The journal's newest entries, newest last."""
        entries = await self._journal.history(
            since=request.since, session=request.session, limit=request.limit
        )
        return {"schema": SCHEMA, "entries": list(entries)}

    def health(self) -> Mapping[str, Any]:
        """How the host is, with a reason where it is not well."""
        hosting = metrics.trouble(self._hosting.describe(), self._supervisor.fleet)
        floods = (str(flood) for flood in self._supervisor.floods.present.values())
        troubles = (
            self._supervisor.given_up,
            hosting,
            *floods,
            self._journal.standing.reason,
            self._rules.refusal,
        )
        reason = "; ".join(filter(None, troubles)) or None
        return {
            "schema": SCHEMA,
            "status": "degraded" if reason else "ok",
            "reason": reason,
            "sessions": len(self._supervisor.fleet),
            "seq": self._feed.seq,
        }

    def metrics(self) -> str:
        """The host in numbers, for Prometheus."""
        return metrics.exposition(
            self._hosting.describe(),
            self._supervisor.fleet,
            self._supervisor.tallies,
            seq=self._feed.seq,
            started=self._started.wall,
        )

    async def _give(self, drafts: Sequence[Given], peer: Peer) -> list[Given]:
        return await give(drafts, peer, self._supervisor.fleet, self._supervisor.dispatch, self._scribe)

    async def _results(self, given: Sequence[Given], *, wait: bool) -> list[Mapping[str, Any]]:
        dispatch = self._supervisor.dispatch
        if wait:
            entries = await asyncio.gather(*(dispatch.settle(one) for one in given))
        else:
            entries = [dispatch.entry(one) for one in given]
        return [results.result(one, entry) for one, entry in zip(given, entries, strict=True)]


def _given(holding: Holding) -> Given:
    return Given(holding.session_id, holding.entry.order)


def _link(request: AddRequest) -> WatchLink | None:
    if request.watch_url is None:
        return None
    try:
        return addresses.watch_link(request.watch_url.get_secret_value())
    except ValueError as error:
        problem = str(error)
    raise UsageError(f"watch_url: {problem}")
