"""The client of the REST service: requests with deadlines, and retries where they are safe."""

import asyncio
import logging
import os
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel

from browser_host.config import addresses
from browser_host.config.choices import Auth
from browser_host.errors import UsageError, WatchdeckError
from browser_host.secrets import ApiKey, WatchLink
from browser_host.text_files import trimmed
from browser_host.upscope import calls, retries
from browser_host.upscope.calls import Fact, ServiceCall
from browser_host.upscope.errors import (
    AnswerUnreadable,
    EnvironmentUnusable,
    LinkLost,
    UnknownVisitor,
    Unreachable,
)
from browser_host.upscope.exchange import exchange
from browser_host.upscope.outcomes import Broken, ServiceAnswer, Stage
from browser_host.upscope.proxies import route
from browser_host.upscope.response_errors import error_of, unreadable
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings
from browser_host.upscope.shapes import LinkAnswer, UsageAnswer, VisitorAnswer, VisitorsAnswer, parsed
from browser_host.upscope.visitor import Usage, Visitor

TIMEOUT = httpx.Timeout(10.0, connect=5.0, pool=5.0)
LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=15.0)
PATIENCE = Patience()

S = TypeVar("S", bound=BaseModel)

_log = logging.getLogger(__name__)


def _always() -> bool:
    """The default condition: the request is always wanted."""
    return True


class UpscopeClient:
    """Talks to one service, through the environment's proxy unless the service is on this machine.

    Every call raises a `ServiceError` with advice, without key or link.

    Args:
        patience: the deadlines of a call.
        chance: a number from 0 to 1, for the pauses between attempts.
        clock: monotonic seconds.
        sleep: waits that many seconds.

    Invalid proxies or certificates in the environment are raised by each call, not here: a host continues
    with the sessions whose links it has.

    Raises:
        UsageError: `ca_file` can't be used.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        patience: Patience = PATIENCE,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._patience = patience
        self._chance = chance
        self._clock = clock
        self._sleep = sleep
        self._fault = ""
        self._http: httpx.AsyncClient | None = None
        try:
            self._http = _http(settings)
        except EnvironmentUnusable as error:
            self._fault = str(error)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; safe to call more than once."""
        if self._http is not None:
            await self._http.aclose()

    async def usage(self) -> Usage:
        """How much of the plan is used; it opens no link, so it also serves to check the key."""
        return (await self._read(calls.usage(self._settings), UsageAnswer)).told()

    async def visitors(self, search: str, max_results: int) -> tuple[Visitor, ...]:
        """Visitors, in the service's order.

        Args:
            search: in the service's own syntax; empty for the latest.
            max_results: most visitors returned; if as many are returned, there may be more.
        """
        answer = await self._read(calls.visitors(self._settings, search, max_results), VisitorsAnswer)
        return answer.found()[:max_results]

    async def visitor(self, visitor_id: str) -> Visitor:
        """One visitor.

        Raises:
            UnknownVisitor: the service has no visitor with that short id.
        """
        call = calls.visitor(self._settings, visitor_id)
        found = (await self._read(call, VisitorAnswer)).visitor.visitor()
        if found is None:
            raise UnknownVisitor(
                f"the REST service at {self._settings.host} returned a visitor without an id"
            )
        return found

    async def watch_link(
        self,
        visitor_id: str,
        metadata: Mapping[str, Fact] | None = None,
        is_wanted: Callable[[], bool] = _always,
    ) -> WatchLink:
        """Create a watch link; a call never creates more than one.

        Args:
            metadata: stored with the session by the service, besides this tool's and the agent's name.
            is_wanted: checked right before each attempt is sent.

        Raises:
            LinkLost: a link was created, or may have been, and can't be used.
            Withdrawn: it was no longer wanted.
        """
        call = calls.watch_link(self._settings, visitor_id, metadata or {})
        link = _link(await self._read(call, LinkAnswer, is_wanted))
        if isinstance(link, WatchLink):
            return link
        raise LinkLost(f"the REST service at {self._settings.host} returned a link that is refused: {link}")

    async def end_session(self, visitor_id: str, is_wanted: Callable[[], bool] = _always) -> None:
        """End the visitor's session; no error if there is none.

        Args:
            is_wanted: checked right before each attempt is sent.

        Raises:
            Withdrawn: it was no longer wanted.
        """
        await self._ask(calls.end_session(self._settings, visitor_id), is_wanted)

    async def _read(self, call: ServiceCall, shape: type[S], is_wanted: Callable[[], bool] = _always) -> S:
        answer = await self._ask(call, is_wanted)
        found = None if answer.unreadable else parsed(shape, answer.body)
        if found is None:
            raise unreadable(self._settings, call, answer)
        return found

    async def _ask(self, call: ServiceCall, is_wanted: Callable[[], bool]) -> ServiceAnswer:
        deadline = self._clock() + self._patience.total_s
        attempt = 0
        while True:
            attempt += 1
            outcome = await self._attempt(call, deadline - self._clock(), is_wanted)
            error = error_of(self._settings, call, outcome)
            if error is None and isinstance(outcome, ServiceAnswer):
                return outcome
            left_s = deadline - self._clock()
            wait_s = retries.pause(
                call,
                outcome,
                attempt=attempt,
                left_s=left_s,
                patience=self._patience,
                chance=self._chance,
            )
            if wait_s is None:
                raise error or AnswerUnreadable("the REST service's answer was lost")
            await self._sleep(wait_s)

    async def _attempt(
        self, call: ServiceCall, left_s: float, is_wanted: Callable[[], bool]
    ) -> ServiceAnswer | Broken:
        if self._http is None:
            raise EnvironmentUnusable(self._fault)
        if self._http.is_closed:
            raise Unreachable("the REST service is not available: its client was closed")
        try:
            async with asyncio.timeout(max(left_s, 0.0)):
                return await exchange(self._http, call, is_wanted)
        except TimeoutError:
            # It may have been sent by then.
            return Broken(Stage.UNDER_WAY, f"no complete answer within {self._patience.total_s:g} s")


def _link(answer: LinkAnswer) -> WatchLink | str:
    """The link, or what is wrong with it; a frame in a traceback must not hold its text."""
    try:
        return addresses.watch_link(answer.watch_url.get_secret_value())
    except ValueError as error:
        return str(error)


class _KeyAuth(httpx.Auth):
    """Add the key to each request as it is sent, so that no client's headers contain it."""

    def __init__(self, auth: Auth, key: ApiKey) -> None:
        self._auth = auth
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        match self._auth:
            case Auth.X_API_KEY:
                request.headers["X-Api-Key"] = self._key.reveal()
            case Auth.BEARER:
                request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
            case Auth.RAW:
                request.headers["Authorization"] = self._key.reveal()
        yield request


def _http(settings: ServiceSettings) -> httpx.AsyncClient:
    way = route(settings.base_url, os.environ)
    for entry in way.unread:
        _log.warning("NO_PROXY has an invalid entry, which is ignored: %s", entry)
    trust = _trust(settings)
    try:
        return httpx.AsyncClient(
            auth=_KeyAuth(settings.auth, settings.key),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "watchdeck"},
            timeout=TIMEOUT,
            limits=LIMITS,
            verify=trust,
            follow_redirects=False,
            proxy=way.address(),
            trust_env=False,
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        problem = f"the proxy in the environment's {way.variable} can't be used"
    raise EnvironmentUnusable(f"{problem}; set it to http:// or https:// with a host, or unset it")


def _trust(settings: ServiceSettings) -> ssl.SSLContext:
    if settings.ca_file is not None:
        context = _context(settings.ca_file, UsageError, "upscope.ca_file")
    elif file := trimmed(os.environ.get("SSL_CERT_FILE", "")):
        context = _context(Path(file), EnvironmentUnusable, "the environment's SSL_CERT_FILE")
    elif folder := trimmed(os.environ.get("SSL_CERT_DIR", "")):
        context = _context(Path(folder), EnvironmentUnusable, "the environment's SSL_CERT_DIR")
    else:
        context = _usual_context()
    return context


def _context(place: Path, error: type[WatchdeckError], name: str) -> ssl.SSLContext:
    """Trust only the authorities in a file or folder."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if place.is_dir():
            context.load_verify_locations(capath=place)
        else:
            context.load_verify_locations(cafile=place)
    except OSError as caught:
        # ssl.SSLError is one of them.
        problem = "it contains no PEM certificate" if isinstance(caught, ssl.SSLError) else caught.strerror
    else:
        return context
    raise error(f"{name} {place} can't be used: {problem}; name a file with PEM certificates, or unset it")


def _usual_context() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context(trust_env=False)
    except OSError as error:
        problem = error.strerror
    # The one file that Python opens here because of a variable.
    raise EnvironmentUnusable(f"the environment's SSLKEYLOGFILE can't be written: {problem}; unset it")
