"""The client of the host, and the only one that the dashboard and the commands use."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

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
from browser_host.api.transport.caller import HostCaller, error_of
from browser_host.api.transport.host_transport import Answer
from browser_host.errors import NoHost
from browser_host.protocol.pointer_input import PointerInput
from browser_host.sessions.clock import from_iso
from browser_host.sessions.json_codec import from_json

if TYPE_CHECKING:
    from browser_host.api.replies import Arrival, Drain, StatsReport

SILENCE_S = 35.0
"""Seconds of silence after which an event stream counts as dead: a little more than two beats."""


class HostClient(HostCaller):
    """The calls that a host offers, with the types of what they take and return."""

    async def snapshot(self) -> Snapshot:
        """The host's state, and the number of its last event."""
        return from_json(Snapshot, await self.call("GET", "/v1/snapshot"))

    async def events(self, after: int, every: float | None = None) -> AsyncIterator[HostEvent]:
        """The events after number `after`, as they come, beats included.

        Args:
            every: seconds of an interval in which at most one batch comes, with a session's events merged;
                None for single events.

        Raises:
            NoHost: the connection was lost, or silent for `SILENCE_S`.
        """
        query = {"after": after} if every is None else {"after": after, "every": every}
        async with aclosing(self._transport.lines(f"/v1/events?{urlencode(query)}", SILENCE_S)) as lines:
            async for line in lines:
                if isinstance(line, Answer):
                    raise error_of(line)
                yield _event(line)
        raise NoHost(f"the host on {self._socket} closed the event stream")

    async def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""
        return from_json(SessionDetail, await self.call("GET", f"/v1/sessions/{session_id}"))

    async def screenshot(self, session_id: str, width: int | None = None) -> bytes:
        """A picture of the session's page, as a PNG.

        Args:
            width: of the picture in pixels; None for the page's own.
        """
        query = {} if width is None else {"width": width}
        path = f"/v1/sessions/{quote(session_id, safe='')}/screenshot?{urlencode(query)}"
        return (await self._answer("GET", path)).content

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to the session's page; returns once the page has it."""
        path = f"/v1/sessions/{quote(session_id, safe='')}/input"
        begin, *further = ({"x": place.x, "y": place.y} for place in sent.places)
        await self.call("POST", path, {"kind": sent.kind.value, **begin, "path": further})

    async def add(
        self,
        *,
        url: str | None = None,
        visitor: str | None = None,
        label: str | None = None,
        within_s: float | None = None,
    ) -> "Arrival":
        """Host a session by watch link or visitor.

        Args:
            within_s: seconds to wait for its page, or None not to wait.
        """
        from browser_host.api.replies import Arrival  # noqa: PLC0415 - the dashboard's start needs none

        wait = {} if within_s is None else {"wait": True, "timeout_s": within_s}
        body = {"watch_url": url, "visitor": visitor, "label": label, **wait}
        given = {key: value for key, value in body.items() if value is not None}
        return from_json(Arrival, await self.call("POST", "/v1/sessions", given, waits=True))

    async def remove(self, session_id: str) -> None:
        """Remove a session without ending it."""
        await self.call("DELETE", f"/v1/sessions/{session_id}")

    async def drain(self, endpoint: str) -> "Drain":
        """Give an endpoint of the browsers no more sessions, and move those that it has."""
        return await self._drained(endpoint, "drain")

    async def undrain(self, endpoint: str) -> "Drain":
        """Give an endpoint of the browsers sessions again."""
        return await self._drained(endpoint, "undrain")

    async def _drained(self, endpoint: str, change: str) -> "Drain":
        from browser_host.api.replies import Drain  # noqa: PLC0415 - as in `add`

        return from_json(Drain, await self.call("POST", f"/v1/browsers/{quote(endpoint, safe='')}/{change}"))

    async def instruct(
        self,
        target: Target,
        instruction: Mapping[str, Any],
        *,
        wait: bool = True,
        timeout_s: float | None = None,
    ) -> Outcome:
        """Instruct sessions.

        Args:
            instruction: `{"action": "setMode", "mode": …}`, `{"action": "switchColor", "color"?: …}` or
                `{"action": "raw", "message": {…}}`.
            wait: answer when each is settled (else at once, all `queued`).
            timeout_s: seconds to wait for confirmation, instead of the host's setting.
        """
        body = {**target.body(), **instruction, "wait": wait, "timeout_s": timeout_s}
        return from_json(Outcome, await self.call("POST", "/v1/instructions", body, waits=True))

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
        """Plan the end of sessions (`dry_run`), or end them; ends first wait the host's `end.undo`.

        Args:
            skip_unknown: unknown ids are `skipped`; otherwise one of them makes the host refuse all.
            while_stale: end none that is no longer stale when its end is posted.
        """
        body = {
            **target.body(),
            "dry_run": dry_run,
            "wait": wait,
            "timeout_s": timeout_s,
            "exclude": list(exclude),
            "skip_unknown": skip_unknown,
            "while_stale": while_stale,
        }
        return from_json(Outcome, await self.call("POST", "/v1/ends", body, waits=True))

    async def cancel(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Cancel instructions that were not posted yet; the answer has the state of each.

        Args:
            skip_unknown: leave out unknown instructions; otherwise one of them makes the host refuse all.
        """
        body = {"instructions": list(instructions), "skip_unknown": skip_unknown}
        return from_json(Outcome, await self.call("POST", "/v1/cancel", body))

    async def settle(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Wait until instructions are settled, and return their states.

        Args:
            skip_unknown: as in `cancel`.
        """
        body = {"instructions": list(instructions), "skip_unknown": skip_unknown}
        return from_json(Outcome, await self.call("POST", "/v1/settle", body, waits=True))

    async def visitors(self, search: str, limit: int = 50) -> tuple[VisitorView, ...]:
        """Search the REST service's visitors in its own syntax; opens nothing."""
        query = urlencode({"search": search, "limit": limit})
        found = (await self.call("GET", f"/v1/visitors?{query}", waits=True))["visitors"]
        return tuple(from_json(VisitorView, one) for one in found)

    async def browsers(self) -> Browsers:
        """The browsers' endpoints."""
        return from_json(Browsers, await self.call("GET", "/v1/browsers"))

    async def alerts(self) -> Alerts:
        """The alerts that are or were about sessions."""
        return from_json(Alerts, await self.call("GET", "/v1/alerts"))

    async def acknowledge(
        self, name: str, ids: Sequence[str] | None = None, *, skip_unknown: bool = False
    ) -> Alerts:
        """Acknowledge an alert; the answer has only this one.

        Args:
            ids: of its sessions; None for all that it fires for.
            skip_unknown: leave out those that it does not fire for.

        Raises:
            UnknownAlert: the host has no such alert, or it does not fire for one of the sessions.
        """
        named = {} if ids is None else {"ids": list(ids)}
        body = {"name": name, "skip_unknown": skip_unknown, **named}
        return from_json(Alerts, await self.call("POST", "/v1/alerts/ack", body))

    async def history(
        self,
        session: str | None = None,
        limit: int = 500,
        *,
        since: float | None = None,
        reported: bool = False,
        expression: str | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """The journal's newest entries in the contract's form, newest last.

        Args:
            since: epoch seconds; None for all.
            reported: include what the pages reported, not only what people and rules did.
            expression: words that an entry must contain; the host applies it before `limit`.
        """
        asked = {"session": session, "limit": limit, "since": since, "filter": expression}
        given = {key: value for key, value in asked.items() if value is not None}
        query = urlencode({**given, "reported": str(reported).lower()})
        return tuple((await self.call("GET", f"/v1/history?{query}"))["entries"])

    async def stats(self, since: float, by: str) -> "StatsReport":
        """Statistics of the sessions since `since`, epoch seconds, in rows by a `Grouping`."""
        query = urlencode({"since": since, "by": by})
        from browser_host.api.replies import StatsReport  # noqa: PLC0415 - most commands ask for none

        return from_json(StatsReport, await self.call("GET", f"/v1/stats?{query}"))

    async def retry(self, target: Target) -> tuple[str, ...]:
        """Retry sessions at once that wait for their next try; return their ids."""
        return tuple((await self.call("POST", "/v1/retry", target.body()))["retried"])

    async def stop(self) -> None:
        """Stop the host gracefully."""
        await self.call("POST", "/v1/stop", {})

    async def health(self) -> Mapping[str, Any]:
        """The host's health as it reports it."""
        return await self.call("GET", "/v1/health")


def _event(line: str) -> HostEvent:
    body = json.loads(line)
    return HostEvent(
        seq=body["seq"], at=from_iso(body["at"]), type=body["type"], id=body.get("id"), body=body
    )
