"""One of several hosts: takes its sessions by qualified ids, and answers with qualified ids."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from browser_host.api.client import HostClient
from browser_host.api.replies import Arrival, Drain, StatsReport
from browser_host.api.schema import (
    Alerts,
    Browsers,
    HostEvent,
    Outcome,
    SessionDetail,
    Snapshot,
    Target,
    VisitorView,
)
from browser_host.host_names import qualified, split
from browser_host.hosts import qualify
from browser_host.hosts.ssh_line import SshLine
from browser_host.protocol.pointer_input import PointerInput


class NamedHost:
    """The client of a host with its name; every call raises what `HostClient` raises.

    Args:
        name: before the slash of its ids.
        client: of the host.
        line: to its machine, None for this one.
    """

    def __init__(self, name: str, client: HostClient, line: SshLine | None = None) -> None:
        self.name = name
        self.line = line
        self._client = client

    @property
    def line_trouble(self) -> str:
        """Why the line to its machine is not up; empty if it is."""
        return "" if self.line is None else self.line.trouble

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    async def snapshot(self) -> Snapshot:
        """The host's state, and the number of its last event."""
        return qualify.snapshot(self.name, await self._client.snapshot())

    async def events(self, after: int, every: float | None = None) -> AsyncIterator[HostEvent]:
        """The events after number `after`, as they come, beats included."""
        async for event in self._client.events(after, every):
            yield qualify.event(self.name, event)

    async def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""
        return qualify.detail(self.name, await self._client.detail(plain(session_id)))

    async def screenshot(self, session_id: str, width: int | None = None) -> bytes:
        """A picture of the session's page, as a PNG."""
        return await self._client.screenshot(plain(session_id), width)

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to the session's page."""
        await self._client.send_input(plain(session_id), sent)

    async def add(
        self,
        *,
        url: str | None = None,
        visitor: str | None = None,
        label: str | None = None,
        within_s: float | None = None,
    ) -> Arrival:
        """Host a session by watch link or visitor."""
        arrival = await self._client.add(url=url, visitor=visitor, label=label, within_s=within_s)
        return replace(arrival, id=qualified(self.name, arrival.id))

    async def remove(self, session_id: str) -> None:
        """Remove a session without ending it."""
        await self._client.remove(plain(session_id))

    async def instruct(
        self,
        target: Target,
        instruction: Mapping[str, Any],
        *,
        wait: bool = True,
        timeout_s: float | None = None,
    ) -> Outcome:
        """Instruct sessions."""
        answer = await self._client.instruct(_own(target), instruction, wait=wait, timeout_s=timeout_s)
        return qualify.outcome(self.name, answer)

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
        """Plan the end of sessions, or end them."""
        answer = await self._client.end(
            _own(target),
            dry_run=dry_run,
            wait=wait,
            timeout_s=timeout_s,
            exclude=all_plain(exclude),
            skip_unknown=skip_unknown,
            while_stale=while_stale,
        )
        return qualify.outcome(self.name, answer)

    async def cancel(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Cancel instructions that were not posted yet."""
        answer = await self._client.cancel(all_plain(instructions), skip_unknown=skip_unknown)
        return qualify.outcome(self.name, answer)

    async def settle(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Wait until instructions are settled."""
        answer = await self._client.settle(all_plain(instructions), skip_unknown=skip_unknown)
        return qualify.outcome(self.name, answer)

    async def retry(self, target: Target) -> tuple[str, ...]:
        """Retry sessions at once that wait for their next try."""
        return tuple(qualified(self.name, one) for one in await self._client.retry(_own(target)))

    async def drain(self, endpoint: str) -> Drain:
        """Give an endpoint no more sessions."""
        return qualify.drain(self.name, await self._client.drain(plain(endpoint)))

    async def undrain(self, endpoint: str) -> Drain:
        """Give an endpoint sessions again."""
        return qualify.drain(self.name, await self._client.undrain(plain(endpoint)))

    async def browsers(self) -> Browsers:
        """The browsers' endpoints."""
        return Browsers(qualify.browsers(self.name, (await self._client.browsers()).browsers))

    async def alerts(self) -> Alerts:
        """The alerts that are or were about sessions."""
        return qualify.all_alerts(self.name, await self._client.alerts())

    async def acknowledge(
        self, name: str, ids: Sequence[str] | None = None, *, skip_unknown: bool = False
    ) -> Alerts:
        """Acknowledge an alert, by its name on the host."""
        named = None if ids is None else all_plain(ids)
        answer = await self._client.acknowledge(name, named, skip_unknown=skip_unknown)
        return qualify.all_alerts(self.name, answer)

    async def visitors(self, search: str, limit: int = 50) -> tuple[VisitorView, ...]:
        """Search the REST service's visitors."""
        found = await self._client.visitors(search, limit)
        return tuple(qualify.visitor(self.name, one) for one in found)

    async def history(
        self,
        session: str | None = None,
        limit: int = 500,
        *,
        since: float | None = None,
        reported: bool = False,
        expression: str | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """The journal's newest entries, newest last."""
        told = await self._client.history(
            session and plain(session), limit, since=since, reported=reported, expression=expression
        )
        return tuple(qualify.entry(self.name, entry) for entry in told)

    async def stats(self, since: float, by: str) -> StatsReport:
        """Statistics since `since`, epoch seconds."""
        return qualify.stats(self.name, await self._client.stats(since, by))


def plain(name: str) -> str:
    """What a host itself calls something of its own."""
    return split(name)[1]


def all_plain(names: Iterable[str]) -> list[str]:
    """What a host itself calls things of its own."""
    return [plain(name) for name in names]


def _own(target: Target) -> Target:
    return replace(target, ids=tuple(all_plain(target.ids)))
