"""A client's HTTP connection: refused users are cut off unread, and every wait has a deadline."""

import asyncio
import json
from asyncio import Transport
from collections.abc import Container
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from browser_host.api.bounds import Bounds
from browser_host.api.peers import peer_uid, user_name
from browser_host.api.schema import SCHEMA

_CAN_BE_ANSWERED = (h11.IDLE, h11.SEND_RESPONSE)


class BoundedProtocol(H11Protocol):
    """Uvicorn's HTTP protocol with bounds, for allowed users; others get an error and are cut off.

    The peer's name and uid become the request's `client`.

    Args:
        allowed: uids that may connect.
        uvicorn_gives: uvicorn's arguments for every protocol.
    """

    def __init__(self, allowed: Container[int], bounds: Bounds, **uvicorn_gives: Any) -> None:
        super().__init__(**uvicorn_gives)
        self._allowed = allowed
        self._bounds = bounds
        self._due: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Check who connected."""
        super().connection_made(transport)
        sock: Any = transport.get_extra_info("socket")
        uid = peer_uid(sock)
        self.client = (user_name(uid), uid)
        if uid not in self._allowed:
            text = "this host serves only its own user (host.allow_uids)"
            self._turn_away(HTTPStatus.FORBIDDEN, "refused", text)
        elif len(self.connections) > self._bounds.clients:
            text = f"{self._bounds.clients} clients are connected already"
            self._turn_away(HTTPStatus.SERVICE_UNAVAILABLE, "busy", text)
        else:
            self._expect_more()

    def data_received(self, data: bytes) -> None:
        """Read on; a request that has started must be complete in time."""
        super().data_received(data)
        if self._owes() and not self.transport.is_closing():
            self._expect_more()
        else:
            self._expect_nothing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        self._expect_nothing()
        self._goes_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Start the deadline of a client that does not read."""
        super().pause_writing()
        self._stalls()

    def resume_writing(self) -> None:
        """Stop the deadline, because the client reads."""
        super().resume_writing()
        self._goes_on()

    def on_response_complete(self) -> None:
        """Close in time, even if the answer is not read or another request was started and not finished."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._stalls()
        elif self._owes() and (self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]):
            self._expect_more()

    def timeout_keep_alive_handler(self) -> None:
        """The same, if the client requested nothing more."""
        super().timeout_keep_alive_handler()
        self._stalls()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Answer an invalid request, unless an answer has started; ignore what follows."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in _CAN_BE_ANSWERED:
            self._turn_away(HTTPStatus.BAD_REQUEST, "http", "invalid HTTP request")
        else:
            self.transport.close()

    def _turn_away(self, status: HTTPStatus, code: str, text: str) -> None:
        body = json.dumps({"schema": SCHEMA, "error": {"code": code, "text": text}})
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n{body}".encode())
        self.transport.close()

    def _expect_more(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(self._bounds.request_within_s, self._missing)

    def _expect_nothing(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _owes(self) -> bool:
        """Whether the client must continue: with a head, or with a body whose request has its answer."""
        answered = self.cycle is not None and self.cycle.response_complete
        return self.conn.their_state is h11.IDLE or (answered and self.conn.their_state is h11.SEND_BODY)

    def _missing(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self.transport.close()
            return
        text = f"the request's head must be sent within {self._bounds.request_within_s:g} s"
        self._turn_away(HTTPStatus.REQUEST_TIMEOUT, "usage", text)

    def _stalls(self) -> None:
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._bounds.stalled_s, self.transport.abort)

    def _goes_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
