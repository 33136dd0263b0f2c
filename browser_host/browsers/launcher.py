"""Starts the browsers of an endpoint, after failures with increasing delays, until it is given up."""

import asyncio
import os
from collections.abc import Callable, Iterator

from browser_host.bridge.events import (
    BrowserLost,
    BrowserStarted,
    EndpointDraining,
    EndpointTakesSessions,
    ReportSink,
)
from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.endpoints.browser_source import BrowserSource
from browser_host.browsers.endpoints.local_browser import LocalBrowser
from browser_host.browsers.endpoints.remote_source import remote_source
from browser_host.browsers.entry import BrowserEntry
from browser_host.browsers.install import sandbox
from browser_host.browsers.launch.backoff import Backoff
from browser_host.browsers.log import Log
from browser_host.browsers.process.pidfile import BrowserRecord
from browser_host.browsers.registry import Registry
from browser_host.browsers.settings import EndpointSettings, PoolSettings
from browser_host.errors import BrowserUnavailable
from browser_host.sessions.browser_state import BrowserKind
from browser_host.tasks import BackgroundTasks

CLOSE_WITHIN_S = 5.0
"""For a browser that started while the pool closed, or that does not isolate sessions."""

_ISOLATE = " (start it with the arguments of docs/running.md, or set require_isolation = false for it)"


class Launcher:
    """Starts an endpoint's browsers and adds them to the registry.

    Args:
        numbers: of the browsers of all endpoints.
        alone: held while a driver of any endpoint starts.
        record: where processes are recorded for the next host, or None.
        tasks: of the pool; closing them cancels a start.
        lost: called once for each browser that is lost.
        came: called when a start that `another` began has succeeded or failed, and when a browser leaves.
        gave_up: called by `another` with the number of consecutive failed starts, if there were too many.
    """

    def __init__(
        self,
        registry: Registry,
        settings: PoolSettings,
        endpoint: EndpointSettings,
        *,
        numbers: Iterator[int],
        alone: asyncio.Lock,
        sink: ReportSink,
        log: Log,
        record: BrowserRecord | None,
        tasks: BackgroundTasks,
        lost: Callable[[HostBrowser, str], None],
        came: Callable[[], None],
        gave_up: Callable[[int], None],
    ) -> None:
        self.endpoint = endpoint
        self._registry = registry
        self._settings = settings
        self._numbers = numbers
        self._alone = alone
        self._sink = sink
        self._log = log
        self._record = record
        self._tasks = tasks
        self._lost = lost
        self._came = came
        self._gave_up = gave_up
        self._backoff = Backoff(settings.restarts)
        self._started = 0
        self._starting: asyncio.Task[None] | None = None
        self.tried = False
        """Whether a start that `another` began has ever succeeded or failed."""
        self._closed = False

    @property
    def under_way(self) -> bool:
        """Whether a start that `another` began has neither succeeded nor failed yet."""
        return self._starting is not None

    @property
    def given_up(self) -> bool:
        """Whether no browser is started until `forget`."""
        return self._backoff.wait_s is None

    async def start(self) -> BrowserEntry | None:
        """Start a browser now; None if the pool was closed meanwhile.

        Raises:
            BrowserUnavailable: it could not be started.
        """
        source, why = self._source()
        number = self._started = next(self._numbers)
        name = self.endpoint.name
        browser = HostBrowser(number, self._log, self._lost, self._record, name, leaves=self._leaves)
        await browser.start(source, self._settings.sessions_per_process, self._alone)
        if self.endpoint.require_isolation and not browser.isolation.isolated:
            await browser.close(CLOSE_WITHIN_S)
            raise BrowserUnavailable(f"{self.endpoint.name} is not used: {browser.isolation}{_ISOLATE}")
        if self._closed:
            await browser.close(CLOSE_WITHIN_S)
            return None
        entry = self._registry.browsers[browser.number] = BrowserEntry(browser)
        self._tasks.start("watch storage", entry.watch_storage())
        facts = {"browser": browser.number, "version": browser.version, "sandbox": browser.sandbox}
        self._log.info("browser.started", **facts, why=why, endpoint=self.endpoint.name)
        if not browser.isolation.isolated:
            self._log.warning(
                "browser.not_isolated",
                browser=browser.number,
                why=str(browser.isolation),
                sessions_per_process=1,
            )
        self._sink(BrowserStarted(browser.number, browser.name, browser.version, self.endpoint.name))
        return entry

    def _source(self) -> tuple[BrowserSource, str]:
        """Where the next browser comes from, and why its sandbox is on or off."""
        if self.endpoint.kind is not BrowserKind.LOCAL:
            return remote_source(self.endpoint), "it runs elsewhere"
        decided = sandbox.decide(self._settings.sandbox, os.geteuid())
        return LocalBrowser(self._settings, decided), decided.why

    def another(self) -> None:
        """Start a browser in the background after the delay, or give up after too many failures."""
        if self._starting is not None:
            return
        if (wait_s := self._backoff.wait_s) is None:
            self._gave_up(self._backoff.failures)
        else:
            self._starting = self._tasks.start("start a browser", self._another(wait_s))

    def browser_lost(self, browser: HostBrowser) -> None:
        """Note that a browser was lost, which may delay the next start."""
        self._backoff.failed(asyncio.get_running_loop().time() - browser.started_at)

    def _leaves(self, leaving: bool) -> None:  # noqa: FBT001 - a callback's only argument
        self._sink((EndpointDraining if leaving else EndpointTakesSessions)(self.endpoint.name))
        self._came()

    def forget(self) -> None:
        """Allow starts again, if it had given up."""
        if self.given_up:
            self._backoff.forget()

    def close(self) -> None:
        """Add no more browsers to the registry."""
        self._closed = True

    async def _another(self, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
            await self.start()
        except Exception as error:
            # Any error counts as a failure: otherwise the next start would follow at once, endlessly.
            why = str(error) if isinstance(error, BrowserUnavailable) else repr(error)[:300]
            self._backoff.failed(0.0)
            starts = self._backoff.failures
            self._log.warning("browser.not_started", endpoint=self.endpoint.name, why=why, starts=starts)
            self._sink(BrowserLost(self._started, why, self.endpoint.name))
            if not isinstance(error, BrowserUnavailable):
                raise
        finally:
            self._starting, self.tried = None, True
            self._came()
