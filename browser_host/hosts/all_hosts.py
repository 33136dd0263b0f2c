"""Calls to several hosts at once, with one answer; if one fails, the others still do their work."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from browser_host.api.replies import Arrival, Drain, EndCounts, StatsReport
from browser_host.api.schema import (
    Alerts,
    Browsers,
    Outcome,
    Result,
    SessionDetail,
    Snapshot,
    Target,
    VisitorView,
)
from browser_host.errors import NoHost, UnknownAlert, UsageError, WatchdeckError
from browser_host.host_names import split
from browser_host.hosts import merge
from browser_host.hosts.named_host import NamedHost
from browser_host.hosts.resolve import by_host, resolved
from browser_host.protocol.pointer_input import PointerInput
from browser_host.sessions import filter as filter_language
from browser_host.sessions.ledger import EntryState

Answer = TypeVar("Answer")


class AllHosts:
    """The calls of `HostClient` on several hosts; ids are qualified, or plain if only one host has them.

    A call raises only if every host that it concerns fails: `NoHost` if none answers, else the first error.
    Otherwise `troubles` has the errors of those that failed.

    Args:
        hosts: at least one.
        known: the ids of the sessions; None to ask the hosts for them before each call that names some.
    """

    def __init__(self, hosts: Iterable[NamedHost], known: Callable[[], Iterable[str]] | None = None) -> None:
        self.hosts = {host.name: host for host in hosts}
        self.troubles: dict[str, str] = {}
        self._listed = known

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(host.close() for host in self.hosts.values()))

    async def snapshots(self) -> Mapping[str, Snapshot]:
        """The state of each host that answers."""
        return await self._gather({name: host.snapshot() for name, host in self.hosts.items()})

    async def snapshot(self) -> Snapshot:
        """The state of all hosts as one; it has no number."""
        return merge.snapshot(await self.snapshots())

    async def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""
        host, session_id = await self._owner(session_id)
        return await host.detail(session_id)

    async def screenshot(self, session_id: str, width: int | None = None) -> bytes:
        """A picture of the session's page, as a PNG."""
        host, session_id = await self._owner(session_id)
        return await host.screenshot(session_id, width)

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to a session's page, by its own host."""
        host, own_id = await self._owner(session_id)
        await host.send_input(own_id, sent)

    async def add(
        self,
        *,
        url: str | None = None,
        visitor: str | None = None,
        label: str | None = None,
        within_s: float | None = None,
    ) -> Arrival:
        """Refuse: a session is hosted on a host that was chosen.

        A visitor whose id is qualified has one.
        """
        name, visitor = split(visitor or "")
        return await self._host(name).add(url=url, visitor=visitor, label=label, within_s=within_s)

    async def remove(self, session_id: str) -> None:
        """Remove a session without ending it."""
        host, session_id = await self._owner(session_id)
        await self._gather({host.name: host.remove(session_id)})

    async def instruct(
        self,
        target: Target,
        instruction: Mapping[str, Any],
        *,
        wait: bool = True,
        timeout_s: float | None = None,
    ) -> Outcome:
        """Instruct sessions, on all hosts at once."""
        targets = await self._spread(target)
        return await self._outcome(
            targets,
            {
                name: self.hosts[name].instruct(one, instruction, wait=wait, timeout_s=timeout_s)
                for name, one in targets.items()
            },
        )

    async def end(
        self,
        target: Target,
        *,
        dry_run: bool = False,
        wait: bool = True,
        timeout_s: float | None = None,
        exclude: Sequence[str] = (),
        skip_unknown: bool = False,
        while_stale: bool = False,
    ) -> Outcome:
        """Plan the end of sessions on each host, or end them, each host at its own pace."""
        targets = await self._spread(target, check=not skip_unknown)
        excluded = by_host(exclude)
        return await self._outcome(
            targets,
            {
                name: self.hosts[name].end(
                    one,
                    dry_run=dry_run,
                    wait=wait,
                    timeout_s=timeout_s,
                    exclude=excluded.get(name, ()),
                    skip_unknown=skip_unknown,
                    while_stale=while_stale,
                )
                for name, one in targets.items()
            },
        )

    async def cancel(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Cancel instructions that were not posted yet."""
        parts = by_host(instructions)
        calls = {
            name: self._host(name).cancel(part, skip_unknown=skip_unknown) for name, part in parts.items()
        }
        return merge.outcome((await self._gather(calls)).values())

    async def settle(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Wait until instructions are settled; those of a host that fails meanwhile are missing."""
        parts = by_host(instructions)
        calls = {
            name: self._host(name).settle(part, skip_unknown=skip_unknown) for name, part in parts.items()
        }
        return merge.outcome((await self._gather(calls)).values())

    async def retry(self, target: Target) -> tuple[str, ...]:
        """Retry sessions at once that wait for their next try; return their ids."""
        targets = await self._spread(target)
        tried = await self._gather({name: self.hosts[name].retry(one) for name, one in targets.items()})
        return tuple(session_id for ids in tried.values() for session_id in ids)

    async def drain(self, endpoint: str) -> Drain:
        """Give an endpoint `NAME/ENDPOINT` no more sessions."""
        return await self._host(split(endpoint)[0]).drain(endpoint)

    async def undrain(self, endpoint: str) -> Drain:
        """Give an endpoint `NAME/ENDPOINT` sessions again."""
        return await self._host(split(endpoint)[0]).undrain(endpoint)

    async def browsers(self) -> Browsers:
        """The browsers' endpoints of all hosts."""
        found = await self._gather({name: host.browsers() for name, host in self.hosts.items()})
        return Browsers(tuple(one for answer in found.values() for one in answer.browsers))

    async def alerts(self) -> Alerts:
        """The alerts of all hosts, by time."""
        return merge.alerts(await self._gather({name: host.alerts() for name, host in self.hosts.items()}))

    async def acknowledge(
        self, name: str, ids: Sequence[str] | None = None, *, skip_unknown: bool = False
    ) -> Alerts:
        """Acknowledge an alert: `NAME/ALERT` on that host, else on each that has it.

        Raises:
            UnknownAlert: no host has it, or it does not fire for one of the sessions.
        """
        host, alert = split(name)
        if host in self.hosts:
            return await self.hosts[host].acknowledge(alert, ids, skip_unknown=skip_unknown)
        if ids is not None:
            parts: Mapping[str, list[str] | None] = by_host(await self._resolved(ids))
        else:
            has = [one for one in (await self.alerts()).alerts if split(one.name)[1] == name]
            parts = dict.fromkeys(split(one.name)[0] for one in has)
        if not parts:
            raise UnknownAlert(f"no host has an alert {name}, or it was never about a session")
        calls = {key: self._host(key).acknowledge(name, part) for key, part in parts.items()}
        return merge.alerts(await self._gather(calls))

    async def visitors(self, search: str, limit: int = 50) -> tuple[VisitorView, ...]:
        """Search the visitors of each host's service; a visitor's id is qualified too, to host it there."""
        calls = {name: host.visitors(search, limit) for name, host in self.hosts.items()}
        return merge.visitors(await self._gather(calls), limit)

    async def history(
        self,
        session: str | None = None,
        limit: int = 500,
        *,
        since: float | None = None,
        reported: bool = False,
        expression: str | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """The newest entries of all journals, by time, newest last."""
        owner = split(session or "")[0]
        asked = {owner: self._host(owner)} if owner else self.hosts
        calls = {
            name: host.history(session, limit, since=since, reported=reported, expression=expression)
            for name, host in asked.items()
        }
        return merge.entries(await self._gather(calls), limit)

    async def stats(self, since: float, by: str) -> StatsReport:
        """Statistics of all hosts; the rows stay each host's own, for medians can't be joined."""
        found = (
            await self._gather({name: host.stats(since, by) for name, host in self.hosts.items()})
        ).values()
        counts = ("page", "supervisor", "rule", "lost")
        return StatsReport(
            since=max(one.since for one in found),
            sessions=sum(one.sessions for one in found),
            ended=EndCounts(**{key: sum(getattr(one.ended, key) for one in found) for key in counts}),
            rows=tuple(row for one in found for row in one.rows),
        )

    def _host(self, name: str) -> NamedHost:
        if name not in self.hosts:
            named = f"no host {name} is configured" if name else "several hosts are configured"
            raise UsageError(f"{named}; name one of {', '.join(self.hosts)} before a slash, or by --host")
        return self.hosts[name]

    async def _owner(self, session_id: str) -> tuple[NamedHost, str]:
        host, _ = split(session_id)
        if host not in self.hosts:
            (session_id,) = await self._resolved([session_id])
            host, _ = split(session_id)
        return self.hosts[host], session_id

    async def _resolved(self, ids: Iterable[str]) -> tuple[str, ...]:
        known = self._listed() if self._listed else [one.id for one in (await self.snapshot()).sessions]
        return resolved(ids, known, self.troubles)

    async def _spread(self, target: Target, *, check: bool = True) -> Mapping[str, Target]:
        """Each host's part of a target; nothing is sent anywhere if one of the ids is unknown."""
        if target.filter is not None:
            return self._filtered(target.filter)
        if target.all or target.stale:
            return dict.fromkeys(self.hosts, target)
        ids = target.ids
        if check:
            ids = await self._resolved(ids)
        return {self._host(name).name: Target(ids=tuple(part)) for name, part in by_host(ids).items()}

    def _filtered(self, expression: str) -> Mapping[str, Target]:
        try:
            whole = filter_language.parse(expression)
            parts = {name: filter_language.for_host(expression, name) for name in self.hosts}
        except filter_language.FilterError as error:
            raise UsageError(f"filter: {error}") from None
        if whole.is_empty:
            return dict.fromkeys(self.hosts, Target(filter=expression))  # refused by each, with its reason
        return {
            name: Target(filter=part) if part else Target(all=True)
            for name, part in parts.items()
            if part is not None
        }

    async def _outcome(
        self, targets: Mapping[str, Target], calls: Mapping[str, Awaitable[Outcome]]
    ) -> Outcome:
        """One outcome, with a failed result for each named session of a host that failed."""
        found = await self._gather(calls)
        missed = tuple(
            Result(one, EntryState.FAILED, "page", None, self.troubles[name], None)
            for name, target in targets.items()
            if name not in found
            for one in target.ids
        )
        answer = merge.outcome(found.values())
        return replace(
            answer,
            results=answer.results + missed,
            counts=Counter(answer.counts) + Counter(one.state for one in missed),
        )

    async def _gather(self, calls: Mapping[str, Awaitable[Answer]]) -> Mapping[str, Answer]:
        """The answers by host; see the class for the errors."""
        answers = await asyncio.gather(*calls.values(), return_exceptions=True)
        found: dict[str, Answer] = {}
        failed: dict[str, WatchdeckError] = {}
        for name, answer in zip(calls, answers, strict=True):
            match answer:
                case WatchdeckError() as error:
                    failed[name] = error
                case BaseException() as error:
                    raise error
                case _:
                    found[name] = answer
        told = {
            name: f"host {name}: {self.hosts[name].line_trouble or error}" for name, error in failed.items()
        }
        if failed and not found:
            kind = next((type(one) for one in failed.values() if not isinstance(one, NoHost)), NoHost)
            raise kind("\n".join(dict.fromkeys(told.values())))
        self.troubles.update(told)
        return found
