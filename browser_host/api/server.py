"""HTTP and JSON on the host's Unix socket: routes in, the service's answers out."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Container, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from browser_host.api.bounds import BACKLOG, BOUNDS, HEAD_LIMIT, Bounds
from browser_host.api.connection import BoundedProtocol
from browser_host.api.peer import Peer
from browser_host.api.requests import (
    BODY_LIMIT,
    AddRequest,
    EndRequest,
    HistoryRequest,
    InstructionRequest,
    LedgerRequest,
    PaceRequest,
    RetryRequest,
    VisitorsRequest,
    parse,
    parse_query,
)
from browser_host.api.schema import SCHEMA
from browser_host.api.service import Service
from browser_host.api.streams import Stream, lines, merged_lines
from browser_host.errors import Busy, HostRunning, Refused, UnknownSession, UsageError, WatchdeckError
from browser_host.protocol.text import printable

CLIENT_NAME_LIMIT = 32
SSH_PEER_LIMIT = 64
"""Characters of what a client says of itself; both are only shown."""

PATH_LIMIT = 200
"""Characters of an address that is repeated in a refusal."""

_STATUS = {
    UsageError: HTTPStatus.BAD_REQUEST,
    Refused: HTTPStatus.FORBIDDEN,
    UnknownSession: HTTPStatus.NOT_FOUND,
    HostRunning: HTTPStatus.CONFLICT,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}


class ApiServer(uvicorn.Server):
    """Serves the API; the host's process minds the signals, not the server.

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
        """Begins to serve, and says so through `serving`."""
        await super().startup(sockets)
        self.serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def application(service: Service, bounds: Bounds = BOUNDS) -> Starlette:
    """The routes over a service."""
    routes = _Routes(service, bounds)
    app = Starlette(
        routes=[
            Route("/v1/snapshot", routes.snapshot),
            Route("/v1/events", routes.events),
            Route("/v1/sessions", routes.add, methods=["POST"]),
            Route("/v1/sessions/{session_id}", routes.detail, methods=["GET"]),
            Route("/v1/sessions/{session_id}", routes.remove, methods=["DELETE"]),
            Route("/v1/instructions", routes.instruct, methods=["POST"]),
            Route("/v1/ends", routes.end, methods=["POST"]),
            Route("/v1/cancel", routes.cancel, methods=["POST"]),
            Route("/v1/settle", routes.settle, methods=["POST"]),
            Route("/v1/retry", routes.retry, methods=["POST"]),
            Route("/v1/stop", routes.stop, methods=["POST"]),
            Route("/v1/history", routes.history),
            Route("/v1/visitors", routes.visitors),
            Route("/v1/health", routes.health),
            Route("/metrics", routes.metrics),
        ],
        exception_handlers={WatchdeckError: _refuse, HTTPException: _refuse_http},
    )
    app.router.redirect_slashes = False  # it would name an address by whatever Host a client gives
    return app


class _Cut(UsageError):  # noqa: N818 - says what it is
    """A body that is not read to its end; its connection is closed."""

    def __init__(self, text: str, status: HTTPStatus) -> None:
        super().__init__(text)
        self.status = status


class _Routes:
    def __init__(self, service: Service, bounds: Bounds) -> None:
        self._service = service
        self._bounds = bounds
        self._streams: set[Stream] = set()

    async def snapshot(self, _: Request) -> Response:
        return _json(self._service.snapshot())

    async def events(self, request: Request) -> Response:
        feed = self._service.events
        after = request.query_params.get("after", str(feed.seq))
        if not after.isascii() or not after.isdigit():
            raise UsageError("after is the number of the last event that was seen, such as after=42")
        every = parse_query(
            PaceRequest, {k: v for k, v in request.query_params.items() if k != "after"}
        ).every
        number = int(after[:18])
        if request.method == "HEAD":
            return Response(media_type="application/jsonl")
        if len(self._streams) >= self._bounds.streams:
            raise Busy(f"{self._bounds.streams} clients follow the events already")
        sent = lines(feed, number) if every is None else merged_lines(feed, number, every)
        return Stream(sent, self._streams)

    async def detail(self, request: Request) -> Response:
        return _json(self._service.detail(request.path_params["session_id"]))

    async def add(self, request: Request) -> Response:
        return _json(await self._service.add(parse(AddRequest, await self._body(request)), _peer(request)))

    async def remove(self, request: Request) -> Response:
        return _json(await self._service.remove(request.path_params["session_id"], _peer(request)))

    async def instruct(self, request: Request) -> Response:
        asked = parse(InstructionRequest, await self._body(request))
        return _json(await self._service.instruct(asked, _peer(request)))

    async def end(self, request: Request) -> Response:
        return _json(await self._service.end(parse(EndRequest, await self._body(request)), _peer(request)))

    async def cancel(self, request: Request) -> Response:
        return _json(
            await self._service.cancel(parse(LedgerRequest, await self._body(request)), _peer(request))
        )

    async def settle(self, request: Request) -> Response:
        return _json(await self._service.settle(parse(LedgerRequest, await self._body(request))))

    async def retry(self, request: Request) -> Response:
        return _json(self._service.retry(parse(RetryRequest, await self._body(request)), _peer(request)))

    async def stop(self, request: Request) -> Response:
        return _json(self._service.stop(_peer(request)))

    async def visitors(self, request: Request) -> Response:
        return _json(await self._service.visitors(parse_query(VisitorsRequest, request.query_params)))

    async def history(self, request: Request) -> Response:
        return _json(await self._service.history(parse_query(HistoryRequest, request.query_params)))

    async def health(self, _: Request) -> Response:
        return _json(self._service.health())

    async def metrics(self, _: Request) -> Response:
        return PlainTextResponse(self._service.metrics(), media_type="text/plain; version=0.0.4")

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        within_s = self._bounds.request_within_s
        try:
            async with asyncio.timeout(within_s):
                async for piece in request.stream():
                    body += piece
                    if len(body) > BODY_LIMIT:
                        text = f"a request's body has at most {BODY_LIMIT} bytes"
                        raise _Cut(text, HTTPStatus.BAD_REQUEST)
        except ClientDisconnect:
            raise _Cut("the request's body ended before its end", HTTPStatus.BAD_REQUEST) from None
        except TimeoutError:
            raise _Cut(
                f"a request's body is sent within {within_s:g} s", HTTPStatus.REQUEST_TIMEOUT
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


def _json(
    document: Mapping[str, Any], status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, headers, media_type="application/json")


async def _refuse(_: Request, error: Exception) -> Response:
    code = getattr(error, "code", "failed")
    if isinstance(error, _Cut):
        return _error(code, str(error), error.status, {"connection": "close"})
    kind = next((kind for kind in _STATUS if isinstance(error, kind)), None)
    return _error(code, str(error), _STATUS[kind] if kind else HTTPStatus.INTERNAL_SERVER_ERROR)


async def _refuse_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    # As it came: `request.url` is read together with the Host header, which may be no host.
    path = printable(str(request.scope["path"]), PATH_LIMIT)
    return _error("http", f"{HTTPStatus(status).phrase.lower()}: {request.method} {path}", status)


def _error(code: str, text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return _json({"schema": SCHEMA, "error": {"code": code, "text": text}}, status, headers)
