"""A browser and the driver that runs it: started or connected to, and reliably ended."""

import asyncio
import contextlib
from collections.abc import Callable

from playwright.async_api import Browser, Playwright
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError
from browser_host.browsers import isolation
from browser_host.browsers.browser_ping import BrowserPing
from browser_host.browsers.cdp_targets import CdpTargets
from browser_host.browsers.endpoints.browser_source import BrowserSource
from browser_host.browsers.endpoints.lease import Lease
from browser_host.browsers.endpoints.local_browser import START_WITHIN_S, LocalBrowser
from browser_host.browsers.endpoints.tied_contexts import TiedContexts
from browser_host.browsers.isolation import IsolationReport, SharedState
from browser_host.browsers.log import Log
from browser_host.browsers.process.browser_processes import BrowserProcesses
from browser_host.browsers.process.pidfile import BrowserRecord
from browser_host.browsers.process.processes import Process
from browser_host.errors import BrowserUnavailable
from browser_host.sessions.browser_state import LOCAL
from browser_host.tasks import BackgroundTasks

_CLOSE_WITHIN_S = 5.0
_DISCARD_WITHIN_S = 3.0
_CANT_OPEN = "the browser can open no more pages"


class HostBrowser:
    """One driver and one browser. `lost` is called once, from the loop, when either is gone.

    Args:
        number: increases with every browser that this host starts.
        record: where its processes are recorded for the next host, or None.
        endpoint: name of its endpoint.
        leaves: called when its endpoint is about to end it, and with False if it is not after all.
    """

    def __init__(
        self,
        number: int,
        log: Log,
        lost: Callable[["HostBrowser", str], None],
        record: BrowserRecord | None = None,
        endpoint: str = LOCAL,
        *,
        leaves: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self.number = number
        self.endpoint = endpoint
        self.name = "chromium"
        self.version = ""
        self.sandbox: bool | None = False
        self.isolation = IsolationReport(frozenset({SharedState.UNKNOWN}))
        self.sessions_per_process = 1
        self.started_at = 0.0
        self._log = log
        self._lost = lost
        self._lease = Lease(endpoint, log, self._report_lost, leaves)
        self._processes = BrowserProcesses(
            number, record, lambda: self._report_lost("the browser's driver ended")
        )
        self.ping = BrowserPing(number, self._processes, log)
        self._gone = False
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._targets: CdpTargets | None = None
        self._tasks = BackgroundTasks(self._task_failed)
        self._source: BrowserSource | None = None

    async def start(
        self,
        source: BrowserSource,
        sessions_per_process: int,
        alone: asyncio.Lock,
        *,
        within: float = START_WITHIN_S,
    ) -> None:
        """Start the driver, get the browser, and test whether it isolates sessions.

        Args:
            alone: held while a driver starts, which is recognised as the only new one.
            within: seconds for all of it.

        Raises:
            BrowserUnavailable: the driver or the browser could not be started or reached in time.
        """
        self._source = source
        try:
            async with asyncio.timeout(within):
                self._playwright = await self._processes.start_driver(alone)
                self._processes.note()  # before its browser: descendants of a recorded driver can be found
                self._browser = await source.open(self._playwright)
                self._targets = await self._connect(self._browser, source)
                self.isolation = await isolation.probe(self._targets, self._tasks)
        except BaseException as error:
            await self.close(_CLOSE_WITHIN_S)
            if isinstance(error, PlaywrightError | TimeoutError | OSError):
                raise BrowserUnavailable(source.explain(error)) from error
            raise
        self.started_at = asyncio.get_running_loop().time()
        self.version = self._browser.version
        self.sandbox = source.sandbox
        self.sessions_per_process = sessions_per_process if self.isolation.isolated else 1
        self.name = source.program
        self._browser.on("disconnected", lambda _: self._report_lost("the browser ended"))
        self._processes.watch_driver()
        self._processes.note()
        self._tasks.start("ping", self._ask(self._targets))
        self._tasks.start("keep its lease", self._lease.keep(source))

    async def _connect(self, browser: Browser, source: BrowserSource) -> CdpTargets:
        root = await browser.new_browser_cdp_session()
        if source.keeps_contexts:
            tied = await TiedContexts.open(browser, root, lambda: self._report_lost(_CANT_OPEN))
            return CdpTargets(root, tied.create)
        return CdpTargets(root)

    @property
    def driver(self) -> Process | None:
        """The process of its driver; None before its start, or if it could not be told."""
        return self._processes.driver

    @property
    def leaving(self) -> bool:
        """Whether its endpoint is about to end it: it takes no sessions, and those that it has move."""
        return self._lease.leaving

    def resident(self) -> int:
        """Bytes of memory held by its processes, without those of the groups; 0 if they can't be seen."""
        return self._processes.resident()

    @property
    def is_local(self) -> bool:
        """Whether its processes run on this machine, as children of its driver."""
        return isinstance(self._source, LocalBrowser)

    @property
    def runs(self) -> bool:
        """Whether it was started, and has been neither closed nor lost since."""
        return self._browser is not None and not self._gone

    @property
    def targets(self) -> CdpTargets:
        """Its pages.

        Raises:
            CdpError: the browser is closed or was never started.
        """
        if self._targets is None or self._browser is None:
            raise CdpError("the browser is closed")
        return self._targets

    async def close(self, within: float) -> None:
        """Close the browser, then the driver; processes that still run after that are killed.

        Args:
            within: seconds for all of it.
        """
        self._gone = True
        own = self._processes.all()
        self._processes.unwatch_driver()
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        try:
            async with asyncio.timeout(within):
                await self._tasks.close(0.5)
                # A dead driver never answers: don't wait for it.
                if browser is not None and not self._processes.driver_is_dead:
                    await browser.close()
                if playwright is not None:
                    await playwright.stop()
                    playwright = None
        except (PlaywrightError, TimeoutError) as error:
            self._log.warning("browser.close_failed", browser=self.number, error=type(error).__name__)
        finally:
            # Even if this was cancelled: no process outlives its browser.
            if killed := self._processes.kill(own):
                self._log.warning("browser.killed", browser=self.number, processes=killed)
            if playwright is not None:
                await _discard(playwright)
            if self._source is not None:
                source, self._source = self._source, None
                await self._lease.end(source)

    async def _ask(self, targets: CdpTargets) -> None:
        await self.ping.run(targets)
        self._report_lost("the browser does not answer")

    def _report_lost(self, text: str) -> None:
        if not self._gone:
            self._gone = True
            self._lost(self, text)

    def _task_failed(self, name: str, error: BaseException) -> None:
        self._log.warning("browser.task_failed", browser=self.number, task=name, error=repr(error))
        self._report_lost("the browser can't be watched")


async def _discard(playwright: Playwright) -> None:
    """Free what this process holds of a driver that was killed: its pipes and the zombie."""
    with contextlib.suppress(PlaywrightError, TimeoutError):  # it can't answer, and need not
        async with asyncio.timeout(_DISCARD_WITHIN_S):
            await playwright.stop()
