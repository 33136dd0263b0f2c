"""The one client of the host: the dashboard and the commands use nothing else."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx

from browser_host.api import decode
from browser_host.api.schema import HostEvent, Outcome, SessionDetail, Snapshot, Target, VisitorView
from browser_host.errors import NoHost, WatchdeckError

CONNECT_S = 3.0
"""Seconds to reach the socket; it is on this machine."""

ANSWER_S = 15.0
"""Seconds for an answer that waits for no page."""

SILENCE_S = 35.0
"""Seconds of silence after which an event stream counts as dead: two promised beats, and some."""


class HostClient:
    """Speaks to a host over its Unix socket.

    Every call raises `NoHost` where no host answers, and the error that the host answered with
    (`UsageError`, `Refused`, `UnknownSession`, else `WatchdeckError`).

    Args:
        socket: the host's socket.
        client: what is calling, `tui` or `cli`; it stands beside the user's name in the ledger.
    """

    def __init__(self, socket: Path, client: str) -> None:
        self._socket = socket
        self._http = httpx.AsyncClient(
            # A Unix socket has no TLS; without this httpx reads the authorities' bundle, 20 ms of a command.
            transport=httpx.AsyncHTTPTransport(uds=str(socket), verify=False),
            base_url="http://watchdeck",
            headers={"x-watchdeck-client": client, **_ssh_peer()},
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes every connection; a stream that is being read ends with `NoHost`."""
        await self._http.aclose()

    async def snapshot(self) -> Snapshot:
        """All that the host knows, and the number of the last event in it."""
        return decode.snapshot(await self.call("GET", "/v1/snapshot"))

    async def events(self, after: int, every: float | None = None) -> AsyncIterator[HostEvent]:
        """The events after number `after`, as they come, beats included.

        Args:
            every: seconds between two pieces at least; those of a session come merged then, whatever
                their number. None for each event by itself.

        Raises:
            NoHost: the host went away, or was silent for `SILENCE_S`.
        """
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S, read=SILENCE_S)
        try:
            query = {"after": after} if every is None else {"after": after, "every": every}
            async with self._http.stream("GET", "/v1/events", params=query, timeout=timeout) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise decode.error(answer.status_code, await answer.aread())
                async for line in answer.aiter_lines():
                    yield decode.event(line)
        except (httpx.TransportError, RuntimeError) as error:
            raise self._no_host(error) from error
        raise NoHost(f"the host on {self._socket} closed the event stream")

    async def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""
        return decode.detail(await self.call("GET", f"/v1/sessions/{session_id}"))

    async def add(
        self, *, url: str | None = None, visitor: str | None = None, label: str | None = None
    ) -> str:
        """Hosts one more session, by its watch link or its visitor, and returns its id."""
        body = {"watch_url": url, "visitor": visitor, "label": label}
        answer = await self.call("POST", "/v1/sessions", {k: v for k, v in body.items() if v is not None})
        return str(answer["id"])

    async def remove(self, session_id: str) -> None:
        """Forgets a session without ending it."""
        await self.call("DELETE", f"/v1/sessions/{session_id}")

    async def instruct(
        self,
        target: Target,
        instruction: Mapping[str, Any],
        *,
        wait: bool = True,
        timeout_s: float | None = None,
    ) -> Outcome:
        """Instructs sessions.

        Args:
            instruction: `{"action": "setMode", "mode": …}`, `{"action": "switchColor", "color"?: …}` or
                `{"action": "raw", "message": {…}}`.
            wait: answer when each has come as far as it can come (else at once, all `queued`).
            timeout_s: seconds to confirm within, instead of the host's own.
        """
        body = {**target.body(), **instruction, "wait": wait, "timeout_s": timeout_s}
        return decode.outcome(await self.call("POST", "/v1/instructions", body, waits=True))

    async def end(
        self,
        target: Target,
        *,
        dry_run: bool = False,
        wait: bool = True,
        timeout_s: float | None = None,
        exclude: Sequence[str] = (),
    ) -> Outcome:
        """Plans the end of sessions (`dry_run`), or ends them; ends wait the host's time to undo first."""
        body = {
            **target.body(),
            "dry_run": dry_run,
            "wait": wait,
            "timeout_s": timeout_s,
            "exclude": list(exclude),
        }
        return decode.outcome(await self.call("POST", "/v1/ends", body, waits=True))

    async def cancel(self, instructions: Sequence[str]) -> Outcome:
        """Takes back instructions that were not posted yet; the answer says which could be."""
        return decode.outcome(await self.call("POST", "/v1/cancel", {"instructions": list(instructions)}))

    async def settle(self, instructions: Sequence[str]) -> Outcome:
        """Waits until instructions came as far as they can come, and tells how they stand then."""
        body = {"instructions": list(instructions)}
        return decode.outcome(await self.call("POST", "/v1/settle", body, waits=True))

    async def visitors(self, search: str, limit: int = 50) -> tuple[VisitorView, ...]:
        """Searches the REST service's visitors in its own syntax; opens nothing."""
        query = httpx.QueryParams({"search": search, "limit": limit})
        return decode.visitors(await self.call("GET", f"/v1/visitors?{query}", waits=True))

    async def history(self, session: str | None = None, limit: int = 500) -> tuple[Mapping[str, Any], ...]:
        """The journal's newest entries in the contract's words, newest last."""
        query = httpx.QueryParams({"limit": limit, **({"session": session} if session else {})})
        return tuple((await self.call("GET", f"/v1/history?{query}"))["entries"])

    async def retry(self, target: Target) -> tuple[str, ...]:
        """Has sessions hosted at once that wait for their next try; returns the ids of those that did."""
        return tuple((await self.call("POST", "/v1/retry", target.body()))["retried"])

    async def stop(self) -> None:
        """Asks the host to end in order."""
        await self.call("POST", "/v1/stop", {})

    async def health(self) -> Mapping[str, Any]:
        """The host's own word on how it is."""
        return await self.call("GET", "/v1/health")

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, waits: bool = False
    ) -> Mapping[str, Any]:
        """One request and its JSON answer.

        Args:
            waits: the host answers when pages have, each within its own deadline: no limit is set here.
        """
        timeout = httpx.Timeout(None, connect=CONNECT_S) if waits else httpx.USE_CLIENT_DEFAULT
        try:
            answer = await self._http.request(method, path, json=body, timeout=timeout)
        except httpx.TransportError as error:
            raise self._no_host(error) from error
        if answer.is_error:
            raise decode.error(answer.status_code, answer.content)
        document = answer.json()
        if not isinstance(document, dict):
            raise WatchdeckError(f"the host answered {method} {path} with something that is no JSON object")
        return document

    def _no_host(self, error: Exception) -> NoHost:
        why = (
            "nobody answers" if isinstance(error, httpx.ConnectError) else str(error) or type(error).__name__
        )
        return NoHost(f"no host on {self._socket} ({why}); start one with: watchdeck host")


def _ssh_peer() -> dict[str, str]:
    """Where the user's SSH connection came from, for the journal."""
    peer = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
    return {"x-watchdeck-ssh": peer} if peer.isascii() and peer.isprintable() and peer else {}
