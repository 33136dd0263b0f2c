"""One request over httpx; its exceptions contain key and address, and must not escape."""

import math
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from browser_host.protocol.text import printable
from browser_host.upscope.calls import ServiceCall
from browser_host.upscope.outcomes import Broken, ServiceAnswer, Stage

MOST_BODY_BYTES = 1_000_000
"""Largest body read; a thousand visitors take about 600 kB."""

CODINGS = frozenset(
    {"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "x-compress"}
    | {"x-gzip", "zstd"}
)
"""IANA's content codings except identity; servers also write `utf-8` or `none` into the header."""

WHY_LIMIT = 100
HEADER_LIMIT = 120
LONGEST_WAIT_S = 86_400.0


_GOES_OUT = "http11.send_request_headers.started"
"""The event of httpcore's `trace` extension between connecting and sending the request."""


class _UnwantedError(Exception):
    """The caller no longer wants the request."""


async def exchange(
    http: httpx.AsyncClient, call: ServiceCall, is_wanted: Callable[[], bool]
) -> ServiceAnswer | Broken:
    """Send a request once; the client's timeouts bound every wait.

    Failures are returned, not raised: even an exception raised `from None` would carry httpx's along.

    Args:
        is_wanted: checked right before the request is written; connecting may take seconds.
    """

    async def trace(event: str, info: Mapping[str, Any]) -> None:
        # Requesting a tunnel through a proxy causes the same event, but is not the request.
        if event == _GOES_OUT and info["request"].method != b"CONNECT" and not is_wanted():
            raise _UnwantedError

    extensions = {"trace": trace}
    try:
        async with http.stream(call.method, call.url, json=call.body, extensions=extensions) as response:
            return await _answer(response)
    except _UnwantedError:
        return Broken(Stage.WITHDRAWN, "it was no longer wanted")
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return _not_sent(error)
    except httpx.HTTPError as error:
        return Broken(Stage.UNDER_WAY, _why(error))
    finally:
        # A hostile service could make each request longer with another cookie.
        http.cookies.clear()


async def _answer(response: httpx.Response) -> ServiceAnswer:
    headers = response.headers
    body, unreadable = await _body(response)
    return ServiceAnswer(
        status=response.status_code,
        body=body,
        content_type=printable(headers.get("content-type", "").partition(";")[0], HEADER_LIMIT),
        retry_after_s=retry_after(headers.get("retry-after"), headers.get("date"), time.time()),
        redirect_host=_host(headers.get("location")) if response.is_redirect else None,
        unreadable=unreadable,
    )


async def _body(response: httpx.Response) -> tuple[bytes, str]:
    """The raw body: a few kB could unpack to fill the memory, and compression was not requested."""
    named = {one.strip().lower() for one in response.headers.get("content-encoding", "").split(",")}
    if packed := sorted(named & CODINGS):
        return b"", f"compressed ({', '.join(packed)}), which was not requested"
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            return b"", f"longer than {MOST_BODY_BYTES:,} bytes"
    return bytes(body), ""


def retry_after(value: str | None, date: str | None, now: float) -> float | None:
    """The seconds of a `Retry-After` (RFC 9110, 10.2.3), or None if it is not valid.

    Args:
        date: the answer's `Date`, from which a time in `value` is measured, so that our clock need not be
            right; if it is missing or invalid, our clock is used.
        now: our own clock, in epoch seconds.
    """
    text = (value or "").strip()
    if text.isdecimal() and text.isascii():
        seconds = float(text)
    else:
        until = _moment(text)
        if until is None:
            return None
        seconds = until - (_moment(date or "") or now)
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else None


def _moment(text: str) -> float | None:
    """Epoch seconds of a date in one of the three forms of RFC 9110, 5.6.7, all in UTC."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _host(location: str | None) -> str:
    try:
        host = urlsplit(location or "").hostname
    except ValueError:
        host = None
    return printable(host, HEADER_LIMIT) if host else "another path of the same host"


def _not_sent(error: httpx.TransportError) -> Broken:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Broken(Stage.DISTRUSTED, printable(cause.verify_message, WHY_LIMIT))
        if isinstance(cause, ssl.SSLError):
            reason = (cause.reason or "no reason given").replace("_", " ").lower()
            return Broken(Stage.NOT_SENT, f"no TLS connection ({printable(reason, WHY_LIMIT)})")
    return Broken(Stage.NOT_SENT, _why(error))


def _why(error: httpx.HTTPError) -> str:
    match error:
        case httpx.PoolTimeout():
            why = "too many requests are under way"
        case httpx.ConnectTimeout():
            why = "no connection in time"
        case httpx.TimeoutException():
            why = "no answer in time"
        case httpx.ProxyError():
            why = f"the proxy refused: {printable(str(error), WHY_LIMIT)}"
        case httpx.RemoteProtocolError():
            why = "the connection was closed, or the answer is not HTTP"
        case _:
            why = next(filter(None, map(_said_by_system, _causes(error))), "the connection failed")
    return why


def _said_by_system(cause: BaseException) -> str:
    match cause:
        case socket.gaierror():
            return "unknown host name"
        case ConnectionRefusedError():
            return "connection refused"
        case OSError(strerror=str(text)):
            return printable(text, WHY_LIMIT).lower()
        case _:
            return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The underlying error; of several attempts, the first one's."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        else:
            cause = cause.__cause__ or cause.__context__
