"""HTTP and JSON on the host's Unix socket: routes in, the service's answers out."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Container, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from browser_host.api.peer import Peer
from browser_host.api.peers import checking_protocol
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
from browser_host.api.schema import BEAT, BEAT_EVERY_S, RESYNC, SCHEMA
from browser_host.api.service import Events, Service
from browser_host.errors import HostRunning, Refused, UnknownSession, UsageError, WatchdeckError
from browser_host.protocol.text import printable
from browser_host.sessions.instant import iso

MAX_CLIENTS = 200
"""Connections served at once; a dashboard holds two."""

CLIENT_NAME_LIMIT = 32
SSH_PEER_LIMIT = 64
"""Characters of what a client says of itself; both are only shown."""

_STATUS = {
    UsageError: HTTPStatus.BAD_REQUEST,
    Refused: HTTPStatus.FORBIDDEN,
    UnknownSession: HTTPStatus.NOT_FOUND,
    HostRunning: HTTPStatus.CONFLICT,
}


class ApiServer(uvicorn.Server):
    """Serves the API; the host's process minds the signals, not the server.

    Args:
        allowed: uids that may connect.
    """

    def __init__(self, service: Service, allowed: Container[int]) -> None:
        super().__init__(
            uvicorn.Config(
                application(service),
                http=checking_protocol(allowed),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                limit_concurrency=MAX_CLIENTS,
                timeout_graceful_shutdown=1,
                timeout_keep_alive=60,
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


def application(service: Service) -> Starlette:
    """The routes over a service."""
    routes = _Routes(service)
    return Starlette(
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


class _Routes:
    def __init__(self, service: Service) -> None:
        self._service = service

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
        lines = _lines(feed, number) if every is None else _merged_lines(feed, number, every)
        return StreamingResponse(lines, media_type="application/jsonl")

    async def detail(self, request: Request) -> Response:
        return _json(self._service.detail(request.path_params["session_id"]))

    async def add(self, request: Request) -> Response:
        return _json(await self._service.add(parse(AddRequest, await _body(request)), _peer(request)))

    async def remove(self, request: Request) -> Response:
        return _json(await self._service.remove(request.path_params["session_id"], _peer(request)))

    async def instruct(self, request: Request) -> Response:
        asked = parse(InstructionRequest, await _body(request))
        return _json(await self._service.instruct(asked, _peer(request)))

    async def end(self, request: Request) -> Response:
        return _json(await self._service.end(parse(EndRequest, await _body(request)), _peer(request)))

    async def cancel(self, request: Request) -> Response:
        return _json(await self._service.cancel(parse(LedgerRequest, await _body(request)), _peer(request)))

    async def settle(self, request: Request) -> Response:
        return _json(await self._service.settle(parse(LedgerRequest, await _body(request))))

    async def retry(self, request: Request) -> Response:
        return _json(self._service.retry(parse(RetryRequest, await _body(request)), _peer(request)))

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


async def _lines(feed: Events, seq: int) -> AsyncIterator[bytes]:
    while True:
        lines = feed.after(seq)
        if lines is None:
            seq = feed.seq
            yield _word(RESYNC, seq)
        elif lines:
            seq += len(lines)
            yield b"".join(lines)
        elif feed.closed:
            return
        elif not await feed.news(seq, BEAT_EVERY_S) and not feed.closed:
            yield _word(BEAT, seq)


async def _merged_lines(feed: Events, seq: int, every: float) -> AsyncIterator[bytes]:
    """At once what comes after a silence, then a piece each `every` seconds at most, however much happens.

    A client that reads slowly is waited for, and finds what happened meanwhile merged: never a backlog.
    """
    while True:
        piece = feed.merged(seq)
        if piece is None:
            seq = feed.seq
            yield _word(RESYNC, seq)
        elif piece[0]:
            seq = piece[1]
            yield b"".join(piece[0])
            await asyncio.sleep(every)
        elif feed.closed:
            return
        elif not await feed.news(seq, BEAT_EVERY_S) and not feed.closed:
            yield _word(BEAT, seq)


def _word(kind: str, seq: int) -> bytes:
    return json.dumps({"seq": seq, "at": iso(time.time()), "type": kind}).encode() + b"\n"


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_LIMIT:
            raise UsageError(f"a request's body has at most {BODY_LIMIT} bytes")
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


def _json(document: Mapping[str, Any], status: int = HTTPStatus.OK) -> Response:
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, media_type="application/json")


async def _refuse(_: Request, error: Exception) -> Response:
    kind = next((kind for kind in _STATUS if isinstance(error, kind)), None)
    status = _STATUS[kind] if kind else HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(getattr(error, "code", "failed"), str(error), status)


async def _refuse_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    text = f"{HTTPStatus(status).phrase.lower()}: {request.method} {request.url.path[:200]}"
    return _error("http", text, status)


def _error(code: str, text: str, status: int) -> Response:
    return _json({"schema": SCHEMA, "error": {"code": code, "text": text}}, status)
