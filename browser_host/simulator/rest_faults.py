"""What goes wrong with the REST service on demand: refusals, broken connections, answers that are none."""

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

HUGE_BYTES = 50_000_000
MEGABYTE = b" " * 1_000_000
MOST_ORDERS = 1_000

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class RestFault(StrEnum):
    """How a call goes wrong."""

    NO_SUBSCRIPTION = "no_subscription"
    SUBSCRIPTION_EXPIRED = "subscription_expired"
    API_NOT_ENABLED = "api_not_enabled"
    CONTACT_TEAM = "please_contact_team"
    UNKNOWN_CODE = "unknown_code"
    """A refusal that no documentation knows, and that repeats the key."""

    OVER_PLAN = "over_plan"
    RATE_LIMITED = "rate_limited"
    FAILS = "fails"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    BAD_GATEWAY_AFTER = "bad_gateway_after"
    """What was asked is done, and 502 is said."""

    DROPPED = "dropped"
    DROPPED_AFTER = "dropped_after"
    """What was asked is done, and no answer comes."""

    HALF = "half"
    """What was asked is done, and the answer breaks off."""

    HTML = "html"
    OTHER_SHAPE = "other_shape"
    PACKED = "packed"
    HUGE = "huge"
    REDIRECT = "redirect"
    ODD_LINK = "odd_link"
    """A link is made, and what is given out is no https address."""

    SLOW = "slow"


@dataclass(slots=True)
class FaultOrder:
    """A fault that is wanted.

    Args:
        call: `usage`, `list`, `visitor`, `watch_url` or `session`; None is whichever comes first.
        times: how many calls it befalls.
        seconds: of `Retry-After` with a refusal for the time being, or None; of waiting with `SLOW`.
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
_DONE_FIRST = {RestFault.BAD_GATEWAY_AFTER, RestFault.DROPPED_AFTER, RestFault.HALF, RestFault.ODD_LINK}


class RestFaults:
    """The faults that were ordered, and how they are played.

    Args:
        elsewhere: scheme, host and port that redirects lead to.
        key: what a refusal that repeats it says.
        closing: set when the simulator ends, so that nothing slow holds it up.
    """

    def __init__(self, elsewhere: str, key: str, closing: asyncio.Event) -> None:
        self._elsewhere = elsewhere
        self._key = key
        self._closing = closing
        self._orders: deque[FaultOrder] = deque(maxlen=MOST_ORDERS)

    def order(self, order: FaultOrder) -> None:
        """Wants a fault of the calls to come."""
        self._orders.append(order)

    def clear(self) -> None:
        """Lets everything go well again."""
        self._orders.clear()

    async def answer(self, name: str, request: Request, call: Endpoint) -> Response:
        """Answers a call, with the fault that is wanted of it if there is one."""
        order = self._take(name)
        if order is None:
            return await call(request)
        fault = order.fault
        if fault in _DONE_FIRST:
            await call(request)
        if fault in _REFUSALS:
            return JSONResponse({"status": "error", "error": fault.value}, HTTPStatus.UNAUTHORIZED)
        if fault in _STATUS:
            headers = {} if order.seconds is None else {"Retry-After": f"{order.seconds:.0f}"}
            return PlainTextResponse(_STATUS[fault].phrase, _STATUS[fault], headers=headers)
        if fault is RestFault.SLOW:
            await self._wait(order.seconds or 0)
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
                answer = RedirectResponse(f"{self._elsewhere}{request.url.path}", 307)
            case RestFault.ODD_LINK:
                answer = JSONResponse({"watch_url": f"javascript:alert('{self._key}')"})
            case _:
                answer = _cut(request, half=fault is RestFault.HALF)
        return answer

    def _take(self, name: str) -> FaultOrder | None:
        order = next((one for one in self._orders if one.call in (None, name)), None)
        if order is not None:
            order.times -= 1
            if order.times <= 0:
                self._orders.remove(order)
        return order

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return


async def _huge() -> AsyncIterator[bytes]:
    for _ in range(HUGE_BYTES // len(MEGABYTE)):
        yield MEGABYTE


def _cut(request: Request, *, half: bool) -> Response:
    """Ends the connection under the answer; the server's protocol put it into the request's state."""
    transport: asyncio.Transport = request.state.transport
    if half:
        transport.write(
            b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"status": "ok", "watch_url": "https'
        )
        transport.close()
    else:
        transport.abort()
    return Response()
