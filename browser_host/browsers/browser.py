"""A browser and the driver that runs it: started or connected to, watched, and reliably ended."""

import asyncio
import contextlib
import os
from collections.abc import Callable

from playwright.async_api import (
    Browser,
    Playwright,
)
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError
from browser_host.browsers import isolation
from browser_host.browsers.cdp_targets import CdpTargets
from browser_host.browsers.endpoints.browser_source import BrowserSource
from browser_host.browsers.endpoints.lease import Lease
from browser_host.browsers.endpoints.local_browser import START_WITHIN_S, LocalBrowser
from browser_host.browsers.endpoints.tied_contexts import TiedContexts
from browser_host.browsers.isolation import IsolationReport, SharedState
from browser_host.browsers.launch.driver import start_driver
from browser_host.browsers.log import Log
from browser_host.browsers.process import processes
from browser_host.browsers.process.pidfile import BrowserRecord
from browser_host.browsers.process.processes import Process
from browser_host.errors import BrowserUnavailable
from browser_host.sessions.browser_state import LOCAL
from browser_host.tasks import BackgroundTasks

_PING_EVERY_S = 2.0
_PING_WITHIN_S = 5.0
_LATE_AFTER_S = 1.0
"""A question to a page waits in the browser twice, there and back; a ping waits once."""
_DISCARD_WITHIN_S = 3.0
_CANT_OPEN = "the browser can open no more pages"
_MOST_ENDED = 2
"""Processes that are ended, one after the other, before a browser that does not answer is given up."""
_LOOK_FOR_S = 1.0
_RELIEF_WITHIN_S = 15.0
"""Browser and driver work off the backlog of a flood at some megabytes per second."""


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
        self.driver: Process | None = None
        self.started_at = 0.0
        self._log = log
        self._lost = lost
        self._lease = Lease(endpoint, log, self._report_lost, leaves)
        self._record = record
        self._gone = False
        self._asked_at: float | None = None
        self._answered_after = 0.0
        self._relieved_at = -_RELIEF_WITHIN_S
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._targets: CdpTargets | None = None
        self._tasks = BackgroundTasks(self._task_failed)
        self._pidfd: int | None = None
        self._source: BrowserSource | None = None
        self._groups: frozenset[int] = frozenset()

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
                self._playwright = await self._start_driver(alone)
                self._note()  # before its browser: descendants of a recorded driver can be found
                self._browser = await source.open(self._playwright)
                self._targets = await self._connect(self._browser, source)
                self.isolation = await isolation.probe(self._targets, self._tasks)
        except BaseException as error:
            await self.close(_PING_WITHIN_S)
            if isinstance(error, PlaywrightError | TimeoutError | OSError):
                raise BrowserUnavailable(source.explain(error)) from error
            raise
        self.started_at = asyncio.get_running_loop().time()
        self.version = self._browser.version
        self.sandbox = source.sandbox
        self.sessions_per_process = sessions_per_process if self.isolation.isolated else 1
        self.name = source.program
        self._browser.on("disconnected", lambda _: self._report_lost("the browser ended"))
        self._watch_driver()
        self._note()
        self._tasks.start("ping", self._ping())
        self._tasks.start("keep its lease", self._lease.keep(source))

    async def _connect(self, browser: Browser, source: BrowserSource) -> CdpTargets:
        root = await browser.new_browser_cdp_session()
        if source.keeps_contexts:
            tied = await TiedContexts.open(browser, root, lambda: self._report_lost(_CANT_OPEN))
            return CdpTargets(root, tied.create)
        return CdpTargets(root)

    async def _start_driver(self, alone: asyncio.Lock) -> Playwright:
        async with alone:
            before = processes.drivers_of(os.getpid())
            try:
                return await start_driver()
            finally:
                # The new driver is ours even if its start was interrupted.
                self.driver = next(iter(processes.drivers_of(os.getpid()) - before), None)

    @property
    def late(self) -> bool:
        """Whether the browser itself is slow to answer, so that no page can be blamed for its silence."""
        waited = 0.0 if self._asked_at is None else asyncio.get_running_loop().time() - self._asked_at
        return max(waited, self._answered_after) > _LATE_AFTER_S

    @property
    def leaving(self) -> bool:
        """Whether its endpoint is about to end it: it takes no sessions, and those that it has move."""
        return self._lease.leaving

    @property
    def round_trip_s(self) -> float:
        """Seconds that the last answer took; 0 before the first."""
        return self._answered_after

    def resident(self) -> int:
        """Bytes of memory held by its processes, without those of the pages; 0 if they can't be seen."""
        if self.driver is None:
            return 0
        own = (one for one in processes.descendants(self.driver.pid) if not processes.is_renderer(one))
        return sum(processes.resident(process) for process in own)

    @property
    def is_local(self) -> bool:
        """Whether its processes run on this machine, as children of its driver."""
        return isinstance(self._source, LocalBrowser)

    def relieves(self) -> None:
        """Note that the process of a group is about to be ended, because it keeps the browser busy."""
        self._relieved_at = asyncio.get_running_loop().time()

    @property
    def relieved(self) -> bool:
        """Whether the process of a group was ended just now, because it kept the browser busy."""
        return asyncio.get_running_loop().time() - self._relieved_at < _RELIEF_WITHIN_S

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
        own = self._own()
        self._unwatch_driver()
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        try:
            async with asyncio.timeout(within):
                await self._tasks.close(0.5)
                # A dead driver never answers: don't wait for it.
                if browser is not None and (self.driver is None or processes.still_run([self.driver])):
                    await browser.close()
                if playwright is not None:
                    await playwright.stop()
                    playwright = None
        except (PlaywrightError, TimeoutError) as error:
            self._log.warning("browser.close_failed", browser=self.number, error=type(error).__name__)
        finally:
            # Even if this was cancelled: no process outlives its browser.
            if left := processes.still_run({*own, *self._own()}):
                self._log.warning("browser.killed", browser=self.number, processes=len(left))
                processes.kill(left)
            if self._record is not None:
                self._record.remove(self.number)
            if playwright is not None:
                await _discard(playwright)
            if self._source is not None:
                source, self._source = self._source, None
                await self._lease.end(source)

    def _note(self) -> None:
        if self._record is not None:
            self._record.note(self.number, self._own())

    def _own(self) -> frozenset[Process]:
        """The driver, its descendants, and the orphans in the browser's process group."""
        if self.driver is None:
            return frozenset()
        if not processes.still_run([self.driver]):
            return frozenset(p for p in processes.everything() if p.group in self._groups)
        started = processes.descendants(self.driver.pid)
        # Playwright starts the browser as the leader of its own process group. The kernel does not reuse the
        # number while the group has a member, so its members are ours.
        self._groups |= {p.group for p in started if p.group != self.driver.group}
        return frozenset(
            {self.driver, *started, *(p for p in processes.everything() if p.group in self._groups)}
        )

    def _watch_driver(self) -> None:
        """Watch for the driver's end, which Playwright does not report; without pidfd the ping finds it."""
        self._own()
        if self.driver is None or not hasattr(os, "pidfd_open"):
            return
        try:
            self._pidfd = os.pidfd_open(self.driver.pid)
        except OSError:
            self._report_lost("the browser's driver ended")
            return
        asyncio.get_running_loop().add_reader(self._pidfd, self._driver_ended)

    def _driver_ended(self) -> None:
        self._unwatch_driver()
        self._report_lost("the browser's driver ended")

    def _unwatch_driver(self) -> None:
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(_PING_EVERY_S)
            asked_at = self._asked_at = asyncio.get_running_loop().time()
            if not await self._answers(_PING_WITHIN_S) and not await self._relieved():
                self._report_lost("the browser does not answer")
                return
            self._asked_at, self._answered_after = None, asyncio.get_running_loop().time() - asked_at

    async def _relieved(self) -> bool:
        """Whether it answers again after the busiest process of a group was ended.

        All pages share one pipe to the host, and a page can fill it with events that the driver always
        subscribes to: console lines, uncaught errors. Losing one group is better than losing the browser.
        """
        for _ in range(_MOST_ENDED):
            if self.driver is None:
                return False
            before = processes.renderers_of(self.driver)
            if await self._answers(_LOOK_FOR_S):
                return True
            busiest = processes.busiest(before, processes.renderers_of(self.driver), _LOOK_FOR_S)
            if busiest is None:
                return False
            self._log.warning("browser.page_ended", browser=self.number, why="its page kept the browser busy")
            self.relieves()
            processes.kill([busiest])
            if await self._answers(_RELIEF_WITHIN_S):
                return True
        return False

    async def _answers(self, within: float) -> bool:
        if self._targets is None:
            return False
        try:
            async with asyncio.timeout(within):
                await self._targets.call("Browser.getVersion")
        except (CdpError, TimeoutError):
            return False
        return True

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
