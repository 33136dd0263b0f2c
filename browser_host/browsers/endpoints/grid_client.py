"""The requests that the host sends to a Selenium Grid."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx
from pydantic import BaseModel, ValidationError

from browser_host.browsers.endpoints.browser_source import BrowserGone
from browser_host.browsers.endpoints.grid_status import (
    BROWSER,
    GridAcknowledgement,
    GridFailure,
    GridSessionAnswer,
    GridStatus,
)
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import BrowserUrl, Secret

QUEUED_WITHIN_S = 15.0
"""How long a new session may wait in the Grid's queue; then it is withdrawn, and requested again later."""
ANSWERS_WITHIN_S = 5.0
MOST_ANSWER_BYTES = 8_000_000
"""Largest answer read; a slot with a session takes about 2 kB of `/status`."""

_JSON = {"Content-Type": "application/json; charset=utf-8"}
"""A Grid refuses JSON without its charset."""
_SCHEMES = {"http": "ws", "https": "wss"}
_UNAUTHORIZED = 401
_NOT_FOUND = 404
_GONE = "invalid session id"
_LONGEST_DETAIL = 100

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class GridSession:
    """A session of a Grid.

    Args:
        id: whoever knows it can control the browser.
        address: of the browser's own protocol, which needs no password.
    """

    id: Secret
    address: BrowserUrl


class GridClient:
    """Asks one Grid, directly: what the driver connects to goes through no proxy either.

    Every call raises `BrowserUnavailable` with a text that names no address.

    Args:
        address: http or https, perhaps with the router's user name and password.
    """

    def __init__(self, address: BrowserUrl) -> None:
        parts = urlsplit(address.reveal())
        login = (
            (unquote(parts.username or ""), unquote(parts.password or "")) if "@" in parts.netloc else None
        )
        self._parts = parts._replace(netloc=parts.netloc.rpartition("@")[2], path=parts.path.rstrip("/"))
        self._http = httpx.AsyncClient(
            base_url=urlunsplit(self._parts),
            auth=login,
            verify=ssl.create_default_context(),
            trust_env=False,
            timeout=ANSWERS_WITHIN_S,
        )

    async def status(self) -> GridStatus:
        """The nodes and their sessions."""
        return await self._ask(GridStatus, "GET", "/status")

    async def create(self, arguments: Sequence[str]) -> GridSession:
        """Request a browser with these arguments; wait in the Grid's queue while it is full."""
        options = {"browserName": BROWSER, "goog:chromeOptions": {"args": list(arguments)}}
        body = {"capabilities": {"alwaysMatch": options}}
        answer = await self._ask(GridSessionAnswer, "POST", "/session", body, QUEUED_WITHIN_S)
        # By our own address instead of the answer's: it is reachable from here, through a tunnel too.
        path = f"{self._parts.path}/session/{answer.session_id}/se/cdp"
        made = self._parts._replace(scheme=_SCHEMES[self._parts.scheme], path=path, query="", fragment="")
        session = GridSession(Secret(answer.session_id), BrowserUrl(urlunsplit(made)))
        if answer.capabilities.devtools is None:
            await self.end(session)
            raise BrowserUnavailable("the Grid forwards no se:cdp address; enable it on its nodes")
        return session

    async def touch(self, session: GridSession) -> None:
        """Count as activity, so that the Grid does not end the session.

        Raises:
            BrowserGone: the Grid no longer has the session.
        """
        await self._ask(GridAcknowledgement, "GET", f"/session/{session.id.reveal()}/timeouts")

    async def end(self, session: GridSession) -> None:
        """End the session with its browser, and free its slot."""
        await self._ask(GridAcknowledgement, "DELETE", f"/session/{session.id.reveal()}")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(
        self,
        shape: type[A],
        method: str,
        path: str,
        body: object = None,
        within: float = ANSWERS_WITHIN_S,
    ) -> A:
        content = None if body is None else json.dumps(body)
        problem = ""
        try:
            sent = self._http.stream(method, path, content=content, headers=_JSON, timeout=within)
            async with sent as response:
                status, read = response.status_code, await _read(response)
        except httpx.TimeoutException:
            problem = f"the Grid did not answer within {within:.0f} s"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = f"the Grid can't be reached ({str(error)[:_LONGEST_DETAIL] or type(error).__name__})"
        if problem:
            # Not in the handler: even an exception raised `from None` would carry the address along.
            raise BrowserUnavailable(problem)
        return _value(shape, status, read)


async def _read(response: httpx.Response) -> bytes:
    read = b""
    async for piece in response.aiter_bytes():
        read += piece
        if len(read) > MOST_ANSWER_BYTES:
            raise httpx.DecodingError(f"its answer is longer than {MOST_ANSWER_BYTES} bytes")
    return read


def _value(shape: type[A], status: int, read: bytes) -> A:
    """The `value` of an answer.

    Raises:
        BrowserUnavailable: it is an error, or not of this shape.
        BrowserGone: it says that the Grid does not have the session.
    """
    try:
        value: Any = json.loads(read)["value"]
        if httpx.codes.is_success(status):
            return shape.model_validate({} if value is None else value)
        failure = GridFailure.model_validate(value)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        failure = None
    if status == _UNAUTHORIZED:
        raise BrowserUnavailable("the Grid requires a user name and password: put them into its address")
    if failure is None:
        raise BrowserUnavailable(f"the answer is not that of a Selenium Grid (HTTP {status})")
    if status == _NOT_FOUND and failure.error == _GONE:
        raise BrowserGone("the Grid ended the session")
    raise BrowserUnavailable(f"the Grid refused: {failure.first_line} (HTTP {status})")
