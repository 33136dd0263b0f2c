"""The one client of the service: asks, waits, tries again where that is safe, and answers or says why not."""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel

from browser_host.config import addresses
from browser_host.config.choices import Auth
from browser_host.errors import UsageError
from browser_host.secrets import ApiKey, WatchLink
from browser_host.upscope import calls, retries
from browser_host.upscope.calls import Call, Fact
from browser_host.upscope.errors import AnswerUnreadable, LinkLost, UnknownVisitor, Unreachable
from browser_host.upscope.exchange import exchange
from browser_host.upscope.outcomes import Answer, Broken, Stage
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings
from browser_host.upscope.shapes import LinkAnswer, UsageAnswer, VisitorAnswer, VisitorsAnswer, parsed
from browser_host.upscope.verdicts import unreadable, verdict
from browser_host.upscope.visitors import Usage, Visitor

TIMEOUT = httpx.Timeout(10.0, connect=5.0, pool=5.0)
LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=15.0)
PATIENCE = Patience()

S = TypeVar("S", bound=BaseModel)


class UpscopeClient:
    """Speaks to one service; proxies come from the environment, except to this machine itself.

    Every call raises a `ServiceError` that says what to do, and nothing of the key or a link.

    Args:
        patience: how long each call may take in all.
        chance: a number from 0 to 1, for the pauses between attempts.
        clock: seconds that only ever grow.
        sleep: waits that many seconds.

    Raises:
        UsageError: `ca_file` or the environment's proxy can't be used.
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
        self._http = _http(settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes every connection; safe to call more than once."""
        await self._http.aclose()

    async def usage(self) -> Usage:
        """How much of the plan is used; it opens no link, so it shows whether the key works."""
        return (await self._read(calls.usage(self._settings), UsageAnswer)).told()

    async def visitors(self, search: str, max_results: int) -> tuple[Visitor, ...]:
        """Who is there, in the service's order.

        Args:
            search: in the service's own syntax; empty for the latest.
            max_results: no more than these come back; as many mean that there may be more.
        """
        answer = await self._read(calls.visitors(self._settings, search, max_results), VisitorsAnswer)
        return answer.found()[:max_results]

    async def visitor(self, visitor_id: str) -> Visitor:
        """One visitor.

        Raises:
            UnknownVisitor: the service knows none with that short id.
        """
        call = calls.visitor(self._settings, visitor_id)
        found = (await self._read(call, VisitorAnswer)).visitor.visitor()
        if found is None:
            raise UnknownVisitor(f"the REST service at {self._settings.host} gave a visitor without an id")
        return found

    async def watch_link(self, visitor_id: str, metadata: Mapping[str, Fact] | None = None) -> WatchLink:
        """A new watch link; never more than one is made for a call.

        Args:
            metadata: what the service keeps with the session, beside this tool's and the agent's name.

        Raises:
            LinkLost: a link was made, or may have been, and can't be used.
        """
        call = calls.watch_link(self._settings, visitor_id, metadata or {})
        link = _link(await self._read(call, LinkAnswer))
        if isinstance(link, WatchLink):
            return link
        raise LinkLost(f"the REST service at {self._settings.host} gave a link that is not opened: {link}")

    async def end_session(self, visitor_id: str) -> None:
        """Ends whatever session runs with a visitor; it is no error where none does."""
        await self._ask(calls.end_session(self._settings, visitor_id))

    async def _read(self, call: Call, shape: type[S]) -> S:
        answer = await self._ask(call)
        found = None if answer.unreadable else parsed(shape, answer.body)
        if found is None:
            raise unreadable(self._settings, call, answer)
        return found

    async def _ask(self, call: Call) -> Answer:
        deadline = self._clock() + self._patience.total_s
        attempt = 0
        while True:
            attempt += 1
            outcome = await self._attempt(call, deadline - self._clock())
            error = verdict(self._settings, call, outcome)
            if error is None and isinstance(outcome, Answer):
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

    async def _attempt(self, call: Call, left_s: float) -> Answer | Broken:
        if self._http.is_closed:
            raise Unreachable("the REST service is no longer asked: its client was closed")
        try:
            async with asyncio.timeout(max(left_s, 0.0)):
                return await exchange(self._http, call)
        except TimeoutError:
            # It may have been sent by then.
            return Broken(Stage.UNDER_WAY, f"no whole answer within {self._patience.total_s:g} s")


def _link(answer: LinkAnswer) -> WatchLink | str:
    """The link, or what is wrong with it; the frame that raises must not hold its text."""
    try:
        return addresses.watch_link(answer.watch_url.get_secret_value())
    except ValueError as error:
        return str(error)


class _KeyAuth(httpx.Auth):
    """Puts the key on each request as it goes, so that it stands in no client's headers."""

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
    try:
        return httpx.AsyncClient(
            auth=_KeyAuth(settings.auth, settings.key),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "watchdeck"},
            timeout=TIMEOUT,
            limits=LIMITS,
            verify=_trust(settings),
            follow_redirects=False,
            trust_env=not addresses.is_loopback(settings.host),
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        problem = "the environment's proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is none that can be used"
    raise UsageError(f"{problem}: expected http:// or https:// with a host")


def _trust(settings: ServiceSettings) -> ssl.SSLContext:
    if settings.ca_file is None:
        return httpx.create_ssl_context()
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        # ssl.SSLError is one of them.
        problem = error.strerror if not isinstance(error, ssl.SSLError) else "it holds no PEM certificate"
    raise UsageError(f"upscope.ca_file {settings.ca_file} can't be used: {problem}")
