"""Calls to the host and its errors; `api.client` gives each call its types."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from browser_host.api.transport.host_transport import FIRST_ERROR, Answer, Transport
from browser_host.errors import (
    HostRunning,
    Refused,
    UnknownAlert,
    UnknownEndpoint,
    UnknownSession,
    UsageError,
    WatchdeckError,
)

ANSWER_S = 15.0
"""Seconds for an answer that does not wait for pages."""

_ERRORS: Mapping[str, type[WatchdeckError]] = {
    **{
        kind.code: kind
        for kind in (UsageError, Refused, UnknownAlert, UnknownEndpoint, UnknownSession, HostRunning)
    },
    "journal": Refused,  # what can't be journalled is refused
}


class HostCaller:
    """Calls a host over its Unix socket.

    Every call raises `NoHost` if no host answers, or the error that the host returned
    (`UsageError`, `Refused`, `UnknownSession`, else `WatchdeckError`).

    Args:
        socket: the host's socket.
        client: the calling program, `tui` or `cli`; the ledger shows it with the user's name.
        transport: makes what carries the requests, from the socket and the headers of each; None for one
            beside an event loop's other work.
        answer_s: seconds of silence before a call is given up that does not wait for pages.
    """

    def __init__(
        self,
        socket: Path,
        client: str,
        transport: Callable[[Path, Mapping[str, str]], Transport] | None = None,
        *,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._socket = socket
        self._transport = (transport or _beside)(socket, {"x-watchdeck-client": client, **_ssh_peer()})
        self._answer_s = answer_s

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; a stream that is being read ends with `NoHost`."""
        await self._transport.close()

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, waits: bool = False
    ) -> Mapping[str, Any]:
        """One request and its JSON answer.

        Args:
            waits: the host waits for pages, each with its own deadline, so there is no limit here.
        """
        document = json.loads((await self._answer(method, path, body, waits=waits)).content)
        if not isinstance(document, dict):
            raise WatchdeckError(f"the host answered {method} {path} with an invalid JSON object")
        return document

    async def _answer(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, waits: bool = False
    ) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        answer = await self._transport.request(method, path, content, None if waits else self._answer_s)
        if answer.status >= FIRST_ERROR:
            raise error_of(answer)
        return answer


def _beside(socket: Path, headers: Mapping[str, str]) -> Transport:
    from browser_host.api.transport.asyncio_transport import (  # noqa: PLC0415 - commands need no asyncio
        AsyncioTransport,
    )

    return AsyncioTransport(socket, headers)


def error_of(answer: Answer) -> WatchdeckError:
    """The error for a refusal of the host."""
    try:
        body = json.loads(answer.content)["error"]
        return _ERRORS.get(body["code"], WatchdeckError)(body["text"])
    except (ValueError, KeyError, TypeError):
        return WatchdeckError(f"the host answered with HTTP status {answer.status} and no reason")


def _ssh_peer() -> dict[str, str]:
    """The origin of the user's SSH connection, for the journal."""
    peer = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
    return {"x-watchdeck-ssh": peer} if peer.isascii() and peer.isprintable() and peer else {}
