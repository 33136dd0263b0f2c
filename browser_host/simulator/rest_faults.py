"""Fault injection for the REST service: refusals, broken connections, invalid answers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from browser_host.tasks import is_set_within

HUGE_BYTES = 50_000_000
MEGABYTE = b" " * 1_000_000
MAX_FAULTS = 1_000

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class RestFault(StrEnum):
    """How a call fails."""

    NO_SUBSCRIPTION = "no_subscription"
    SUBSCRIPTION_EXPIRED = "subscription_expired"
    API_NOT_ENABLED = "api_not_enabled"
    CONTACT_TEAM = "please_contact_team"
    UNKNOWN_CODE = "unknown_code"
    """An undocumented refusal whose text repeats the key."""

    OVER_PLAN = "over_plan"
    RATE_LIMITED = "rate_limited"
    FAILS = "fails"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    BAD_GATEWAY_AFTER = "bad_gateway_after"
    """The call takes effect, and the answer is 502."""

    DROPPED = "dropped"
    DROPPED_AFTER = "dropped_after"
    """The call takes effect, and no answer comes."""

    HALF = "half"
    """The call takes effect, and the answer breaks off."""

    HTML = "html"
    OTHER_SHAPE = "other_shape"
    PACKED = "packed"
    HUGE = "huge"
    REDIRECT = "redirect"
    ODD_LINK = "odd_link"
    """A link is issued, but the answer holds no https address."""

    SLOW = "slow"


@dataclass(slots=True)
class InjectedFault:
    """A fault to be played for calls to come.

    Args:
        call: `usage`, `list`, `visitor`, `watch_url` or `session`; None means whichever comes first.
        times: number of calls that it affects.
        seconds: `Retry-After` of a temporary refusal, or None for no such header; with `SLOW`, the delay.
    """

    fault: RestFault
    call: str | None = None
    times: int = 1
    seconds: float | None = None


_REFUSALS = {
    RestFault.NO_SUBSCRIPTION,
    RestFault.SUBSCRIPTION_EXPIRED,
    RestFault.API_NOT_ENABLED,
    RestFault.CONTACT_TEAM,
}
_STATUS = {
    RestFault.OVER_PLAN: HTTPStatus.PAYMENT_REQUIRED,
    RestFault.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    RestFault.FAILS: HTTPStatus.INTERNAL_SERVER_ERROR,
    RestFault.BAD_GATEWAY: HTTPStatus.BAD_GATEWAY,
    RestFault.BAD_GATEWAY_AFTER: HTTPStatus.BAD_GATEWAY,
    RestFault.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    RestFault.GATEWAY_TIMEOUT: HTTPStatus.GATEWAY_TIMEOUT,
}
_AFTER_EFFECT = {RestFault.BAD_GATEWAY_AFTER, RestFault.DROPPED_AFTER, RestFault.HALF, RestFault.ODD_LINK}


class RestFaults:
    """The injected faults of one service.

    Args:
        second_origin: scheme, host and port that redirects lead to.
        key: the API key, for the refusal that repeats it.
        closing: set when the simulator stops, so that no slow answer delays it.
    """

    def __init__(self, second_origin: str, key: str, closing: asyncio.Event) -> None:
        self._second_origin = second_origin
        self._key = key
        self._closing = closing
        self._pending: deque[InjectedFault] = deque(maxlen=MAX_FAULTS)

    def inject(self, fault: InjectedFault) -> None:
        """Add a fault for calls to come."""
        self._pending.append(fault)

    def clear(self) -> None:
        """Drop all faults that are left."""
        self._pending.clear()

    async def answer(self, name: str, request: Request, call: Endpoint) -> Response:
        """Answer a call, with the next fault injected for it if there is one."""
        injected = self._take(name)
        if injected is None:
            return await call(request)
        fault = injected.fault
        if fault in _AFTER_EFFECT:
            await call(request)
        if fault in _REFUSALS:
            return JSONResponse({"status": "error", "error": fault.value}, HTTPStatus.UNAUTHORIZED)
        if fault in _STATUS:
            headers = {} if injected.seconds is None else {"Retry-After": f"{injected.seconds:.0f}"}
            return PlainTextResponse(_STATUS[fault].phrase, _STATUS[fault], headers=headers)
        if fault is RestFault.SLOW:
            await is_set_within(self._closing, injected.seconds or 0)
            return await call(request)
        return self._odd(fault, request)

    def _odd(self, fault: RestFault, request: Request) -> Response:
        answer: Response
        match fault:
            case RestFault.UNKNOWN_CODE:
                error = f"the key {self._key} may not, see https://internal.example/w/{self._key}\x1b[31m"
                answer = JSONResponse({"status": "error", "error": error}, HTTPStatus.UNAUTHORIZED)
            case RestFault.HTML:
                answer = HTMLResponse("<!doctype html><title>Sign in</title><h1>Sign in</h1>")
            case RestFault.OTHER_SHAPE:
                answer = JSONResponse({"data": [None, {"watch_url": 7}], "visitors": 3, "usage": []})
            case RestFault.PACKED:
                answer = Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
            case RestFault.HUGE:
                answer = StreamingResponse(_huge(), media_type="application/json")
            case RestFault.REDIRECT:
                answer = RedirectResponse(f"{self._second_origin}{request.url.path}", 307)
            case RestFault.ODD_LINK:
                answer = JSONResponse({"watch_url": f"javascript:alert('{self._key}')"})
            case _:
                answer = _cut(request, half=fault is RestFault.HALF)
        return answer

    def _take(self, name: str) -> InjectedFault | None:
        injected = next((one for one in self._pending if one.call in (None, name)), None)
        if injected is not None:
            injected.times -= 1
            if injected.times <= 0:
                self._pending.remove(injected)
        return injected


async def _huge() -> AsyncIterator[bytes]:
    for _ in range(HUGE_BYTES // len(MEGABYTE)):
        yield MEGABYTE


def _cut(request: Request, *, half: bool) -> Response:
    """Close the connection during the answer; `_ClosableProtocol` put it into the request's state."""
    transport: asyncio.Transport = request.state.transport
    if half:
        transport.write(
            b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"status": "ok", "watch_url": "https'
        )
        transport.close()
    else:
        transport.abort()
    return Response()
