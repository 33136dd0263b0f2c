"""HTTP and JSON on the host's Unix socket: routes in, the service's answers out."""

import asyncio
import contextlib
import inspect
import socket
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from browser_host.api.bounds import BACKLOG, BOUNDS, HEAD_LIMIT, Bounds
from browser_host.api.endpoints import ENDPOINTS, JSON, Call, Endpoint
from browser_host.api.http_connection import BoundedProtocol
from browser_host.api.openapi import document
from browser_host.api.peer import Peer
from browser_host.api.requests import BODY_LIMIT, EventsRequest, parse, parse_query
from browser_host.api.schema import SCHEMA, Problem, Refusal
from browser_host.api.service import Service
from browser_host.api.streams import Stream, lines, merged_lines
from browser_host.errors import (
    Busy,
    HostRunning,
    InputFailed,
    NoPicture,
    Refused,
    UnknownAlert,
    UnknownEndpoint,
    UnknownSession,
    UsageError,
    WatchdeckError,
)
from browser_host.protocol.text import printable
from browser_host.sessions import json_codec
from browser_host.tasks import in_slices

CLIENT_NAME_LIMIT = 32
SSH_PEER_LIMIT = 64
"""Characters of a client's name and of its SSH origin, which are only shown."""

_PUNCTUATION = len(": \r\n")
"""Bytes of a header besides its name and value."""

ROWS = 100
"""Rows of an answer that are encoded, in some 2 ms, before other work on the event loop gets its turn."""

PATH_LIMIT = 200
"""Characters of an address that a refusal quotes."""

_STATUS = {
    UsageError: HTTPStatus.BAD_REQUEST,
    Refused: HTTPStatus.FORBIDDEN,
    UnknownSession: HTTPStatus.NOT_FOUND,
    UnknownAlert: HTTPStatus.NOT_FOUND,
    UnknownEndpoint: HTTPStatus.NOT_FOUND,
    HostRunning: HTTPStatus.CONFLICT,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    InputFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    NoPicture: HTTPStatus.SERVICE_UNAVAILABLE,
}


class ApiServer(uvicorn.Server):
    """Serves the API; the host's process handles the signals, not the server.

    Args:
        allowed: uids that may connect.
    """

    def __init__(self, service: Service, allowed: Container[int], bounds: Bounds = BOUNDS) -> None:
        super().__init__(
            uvicorn.Config(
                application(service, bounds),
                http=partial(BoundedProtocol, allowed, bounds),  # type: ignore[arg-type]  # it is only called
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                backlog=BACKLOG,
                h11_max_incomplete_event_size=HEAD_LIMIT,
                timeout_graceful_shutdown=1,
                timeout_keep_alive=bounds.idle_s,
                server_header=False,
            )
        )
        self.serving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to serve, and report it through `serving`."""
        await super().startup(sockets)
        self.serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        yield


def application(service: Service, bounds: Bounds = BOUNDS) -> Starlette:
    """The routes over a service."""
    routes = _Routes(service, bounds)
    app = Starlette(
        middleware=[Middleware(HeadLimit)],
        routes=[
            *(
                Route(endpoint.path, routes.handler(endpoint), methods=[endpoint.method])
                for endpoint in ENDPOINTS
            ),
            Route("/v1/events", routes.events),
            Route("/v1/openapi.json", routes.openapi),
            Route("/metrics", routes.metrics),
        ],
        exception_handlers={WatchdeckError: _refuse, HTTPException: _refuse_http},
    )
    app.router.redirect_slashes = False  # it would build an address from the client's Host header
    return app


class HeadLimit:
    """Refuses heads that are too long: uvicorn bounds only those that arrive in pieces."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is short enough."""
        head = sum(len(name) + len(value) + _PUNCTUATION for name, value in scope["headers"])
        if head + len(scope["raw_path"]) + len(scope["query_string"]) <= HEAD_LIMIT:
            await self._app(scope, receive, send)
            return
        text = f"a request's head may have at most {HEAD_LIMIT} bytes"
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        await _error("usage", text, status, {"connection": "close"})(scope, receive, send)


class _Cut(UsageError):  # noqa: N818 - says what it is
    """A request's body was not read to its end; its connection is closed."""

    def __init__(self, text: str, status: HTTPStatus) -> None:
        super().__init__(text)
        self.status = status


class _Routes:
    def __init__(self, service: Service, bounds: Bounds) -> None:
        self._service = service
        self._bounds = bounds
        self._streams: set[Stream] = set()

    def handler(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Answer an endpoint's requests."""

        async def handle(request: Request) -> Response:
            asked = None
            if endpoint.body is not None:
                asked = parse(endpoint.body, await self._body(request))
            elif endpoint.query is not None:
                asked = parse_query(endpoint.query, request.query_params)
            named = request.path_params
            call = Call(asked, _peer(request), named.get("session_id", ""), named.get("browser", ""))
            answer = endpoint.handle(self._service, call)
            if inspect.isawaitable(answer):
                answer = await answer
            if endpoint.media != JSON:
                return Response(answer, media_type=endpoint.media)
            pieces = [piece async for piece in in_slices(json_codec.json_pieces(answer, ROWS), size=1)]
            return Response(_whole("".join(pieces)), media_type=JSON)

        return handle

    async def events(self, request: Request) -> Response:
        feed = self._service.events
        asked = parse_query(EventsRequest, request.query_params)
        number = feed.seq if asked.after is None else asked.after or feed.first
        if request.method == "HEAD":
            return Response(media_type="application/jsonl")
        if len(self._streams) >= self._bounds.streams:
            raise Busy(f"{self._bounds.streams} clients already follow the events")
        sent = lines(feed, number) if asked.every is None else merged_lines(feed, number, asked.every)
        return Stream(sent, self._streams, self._service.followed(asked.every or 0.0))

    async def openapi(self, _: Request) -> Response:
        return Response(await asyncio.to_thread(document), media_type="application/json")

    async def metrics(self, _: Request) -> Response:
        return Response(self._service.metrics(), media_type="text/plain; version=0.0.4")

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        within_s = self._bounds.request_within_s
        try:
            async with asyncio.timeout(within_s):
                async for piece in request.stream():
                    body += piece
                    if len(body) > BODY_LIMIT:
                        text = f"a request's body may have at most {BODY_LIMIT} bytes"
                        raise _Cut(text, HTTPStatus.BAD_REQUEST)
        except ClientDisconnect:
            raise _Cut("the request's body is incomplete", HTTPStatus.BAD_REQUEST) from None
        except TimeoutError:
            raise _Cut(
                f"a request's body must be sent within {within_s:g} s", HTTPStatus.REQUEST_TIMEOUT
            ) from None
        return bytes(body)


def _peer(request: Request) -> Peer:
    name, uid = request.client or ("unknown", -1)
    client = request.headers.get("x-watchdeck-client", "http")
    ssh = request.headers.get("x-watchdeck-ssh")
    return Peer(
        uid=uid,
        name=name,
        client=printable(client, CLIENT_NAME_LIMIT),
        ssh=printable(ssh, SSH_PEER_LIMIT) if ssh else None,
    )


def _json(answer: Any, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    text = "".join(json_codec.json_pieces(answer, ROWS))
    return Response(_whole(text), status, headers, media_type=JSON)


def _whole(keys: str) -> bytes:
    return f'{{"schema":{SCHEMA}{keys}}}'.encode("utf-8", "replace")


async def _refuse(_: Request, error: Exception) -> Response:
    code = getattr(error, "code", "failed")
    if isinstance(error, _Cut):
        return _error(code, str(error), error.status, {"connection": "close"})
    kind = next((kind for kind in _STATUS if isinstance(error, kind)), None)
    return _error(code, str(error), _STATUS[kind] if kind else HTTPStatus.INTERNAL_SERVER_ERROR)


async def _refuse_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    # The raw path: `request.url` also parses the Host header, which may be invalid.
    path = printable(str(request.scope["path"]), PATH_LIMIT)
    return _error("http", f"{HTTPStatus(status).phrase.lower()}: {request.method} {path}", status)


def _error(code: str, text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return _json(Refusal(Problem(code, text)), status, headers)
