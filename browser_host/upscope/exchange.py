"""One request over httpx; none of its exceptions, which hold key and address, gets past here."""

import math
import socket
import ssl
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from browser_host.protocol.text import printable
from browser_host.upscope.calls import Call
from browser_host.upscope.outcomes import Answer, Broken, Stage

MOST_BODY_BYTES = 1_000_000
"""A thousand visitors take about 600 kB."""

WHY_LIMIT = 100
HEADER_LIMIT = 120
LONGEST_WAIT_S = 86_400.0


async def exchange(http: httpx.AsyncClient, call: Call) -> Answer | Broken:
    """Sends a request once; every wait is bounded by the client's own timeouts.

    An exception is not raised on but told: even one raised `from None` would carry httpx's along.
    """
    try:
        async with http.stream(call.method, call.url, json=call.body) as response:
            return await _answer(response)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return _not_sent(error)
    except httpx.HTTPError as error:
        return Broken(Stage.UNDER_WAY, _why(error))
    finally:
        # A hostile service could make every request longer by one more cookie.
        http.cookies.clear()


async def _answer(response: httpx.Response) -> Answer:
    headers = response.headers
    body, unreadable = await _body(response)
    return Answer(
        status=response.status_code,
        body=body,
        content_type=printable(headers.get("content-type", "").partition(";")[0], HEADER_LIMIT),
        retry_after_s=retry_after(headers.get("retry-after"), headers.get("date")),
        redirect_host=_host(headers.get("location")) if response.is_redirect else None,
        unreadable=unreadable,
    )


async def _body(response: httpx.Response) -> tuple[bytes, str]:
    """Not decoded: a few kB could unpack into all there is of memory, and none was asked to be packed."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        return b"", f"packed ({printable(encoding, HEADER_LIMIT)}), which was not asked for"
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            return b"", f"longer than {MOST_BODY_BYTES:,} bytes"
    return bytes(body), ""


def retry_after(value: str | None, date: str | None) -> float | None:
    """Seconds that a `Retry-After` asks for (RFC 9110, 10.2.3), or None where it says nothing sensible.

    Args:
        date: the answer's own `Date`, which a moment in `value` is measured from, so that no clock here
            needs to be right.
    """
    if value is None:
        return None
    if value.strip().isdecimal() and value.isascii():
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(date or "")).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else None


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
            why = "the connection was closed, or what came is no HTTP"
        case _:
            why = next(filter(None, map(_said_by_system, _causes(error))), "the connection failed")
    return why


def _said_by_system(cause: BaseException) -> str:
    match cause:
        case socket.gaierror():
            return "its name is not known"
        case ConnectionRefusedError():
            return "the connection was refused"
        case OSError(strerror=str(text)):
            return printable(text, WHY_LIMIT).lower()
        case _:
            return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What lies beneath, the first of several attempts where there were several."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        else:
            cause = cause.__cause__ or cause.__context__
