"""A browser and the driver that runs it: started, watched, and surely gone in the end."""

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from playwright.async_api import (
    Browser,
    Playwright,
    async_playwright,
)
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError
from browser_host.bridge.chores import Chores
from browser_host.browsers import burden, processes
from browser_host.browsers.find import Found, Origin
from browser_host.browsers.log import Log
from browser_host.browsers.processes import Process
from browser_host.browsers.record import BrowserRecord
from browser_host.browsers.sandbox import Sandbox
from browser_host.browsers.targets import Targets
from browser_host.errors import BrowserUnavailable

START_WITHIN_S = 30.0
_NODE_OPTIONS = "NODE_OPTIONS"
_SECRETS = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)
_PING_EVERY_S = 2.0
_PING_WITHIN_S = 5.0
_LATE_AFTER_S = 1.0
"""What a page is asked waits in the browser twice, on its way there and back, a ping once."""
_LET_GO_WITHIN_S = 3.0
_CULPRITS = 2
"""Pages that are given up, one after the other, before a browser that does not answer is."""
_LOOK_FOR_S = 1.0
_RELIEF_WITHIN_S = 15.0
"""What a flood left between browser and driver is worked off at some megabytes a second."""


class Engine:
    """One driver and one browser. `lost` is called once, from the loop, when either is gone.

    Args:
        number: rises with every start of this host.
        record: takes what it starts, for the host after this one, or None.
    """

    def __init__(
        self,
        number: int,
        log: Log,
        lost: Callable[["Engine", str], None],
        record: BrowserRecord | None = None,
    ) -> None:
        self.number = number
        self.name = "chromium"
        self.version = ""
        self.sandbox = False
        self.driver: Process | None = None
        self.started_at = 0.0
        self._log = log
        self._lost = lost
        self._record = record
        self._gone = False
        self._asked_at: float | None = None
        self._answered_after = 0.0
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._targets: Targets | None = None
        self._chores = Chores(self._chore_failed)
        self._pidfd: int | None = None
        self._groups: frozenset[int] = frozenset()

    async def start(self, executable: Path | None, sandbox: Sandbox) -> None:
        """Starts the driver, then the browser.

        Raises:
            BrowserUnavailable: one of them could not be started in time.
        """
        found = Found(executable, Origin.CONFIGURED) if executable else None
        before = processes.drivers_of(os.getpid())
        try:
            async with asyncio.timeout(START_WITHIN_S):
                with _thrifty_node():
                    self._playwright = await async_playwright().start()
                self.driver = next(iter(processes.drivers_of(os.getpid()) - before), None)
                self._note()  # before its browser: what a recorded driver starts is found by descent
                self._browser = await self._playwright.chromium.launch(
                    executable_path=executable,
                    env=_without_secrets(os.environ),
                    chromium_sandbox=sandbox.on,
                    # One process a page; never `--disable-features`, which replaces Playwright's own list.
                    # With it a page may change its history without end, which floods the driver.
                    ignore_default_args=["--disable-ipc-flooding-protection"],
                    args=["--disable-site-isolation-trials"] if found and found.full_chrome else [],
                    # Signals are the host's: the driver would close the browser before the host is done.
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                    timeout=START_WITHIN_S * 1000,
                )
                self._targets = Targets(await self._browser.new_browser_cdp_session())
        except BaseException as error:
            # The newest driver is ours even where starting it was broken off.
            self.driver = self.driver or next(iter(processes.drivers_of(os.getpid()) - before), None)
            await self.close(_PING_WITHIN_S)
            if isinstance(error, PlaywrightError | TimeoutError | OSError):
                raise BrowserUnavailable(_why(error, executable, sandbox)) from error
            raise
        self.started_at = asyncio.get_running_loop().time()
        self.version = self._browser.version
        self.sandbox = sandbox.on
        self.name = executable.name if executable else "chromium"
        self._browser.on("disconnected", lambda _: self._say_lost("the browser ended"))
        self._watch_driver()
        self._note()
        self._chores.start("ping", self._ping())

    @property
    def late(self) -> bool:
        """Whether the browser itself answers late: then no page's silence is its own."""
        waited = 0.0 if self._asked_at is None else asyncio.get_running_loop().time() - self._asked_at
        return max(waited, self._answered_after) > _LATE_AFTER_S

    @property
    def runs(self) -> bool:
        """Whether it was started, and neither closed nor lost since."""
        return self._browser is not None and not self._gone

    @property
    def targets(self) -> Targets:
        """Its pages.

        Raises:
            CdpError: the browser is closed, or was never started.
        """
        if self._targets is None or self._browser is None:
            raise CdpError("the browser is closed")
        return self._targets

    async def close(self, within: float) -> None:
        """Closes the browser, then the driver; what still runs after that is ended by the kernel.

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
                await self._chores.close(0.5)
                # A dead driver answers nobody: don't wait for it.
                if browser is not None and (self.driver is None or processes.still_run([self.driver])):
                    await browser.close()
                if playwright is not None:
                    await playwright.stop()
                    playwright = None
        except (PlaywrightError, TimeoutError) as error:
            self._log.warning("browser.close_failed", browser=self.number, error=type(error).__name__)
        finally:
            # Also where this was cancelled: no process outlives its engine.
            if left := processes.still_run({*own, *self._own()}):
                self._log.warning("browser.killed", browser=self.number, processes=len(left))
                processes.kill(left)
            if self._record is not None:
                self._record.strike(self.number)
        if playwright is not None:
            await _let_go(playwright)

    def _note(self) -> None:
        if self._record is not None:
            self._record.note(self.number, self._own())

    def _own(self) -> frozenset[Process]:
        """The driver, what it started, and what stays in the browser's group when its parent is gone."""
        if self.driver is None:
            return frozenset()
        if not processes.still_run([self.driver]):
            return frozenset(p for p in processes.everything() if p.group in self._groups)
        started = processes.descendants(self.driver.pid)
        # Playwright starts the browser as the leader of a group of its own; a number stays taken while any
        # process of the group lives, so what bears it is ours.
        self._groups |= {p.group for p in started if p.group != self.driver.group}
        return frozenset(
            {self.driver, *started, *(p for p in processes.everything() if p.group in self._groups)}
        )

    def _watch_driver(self) -> None:
        """The driver's death is not told by Playwright: the kernel tells (Linux); elsewhere the ping does."""
        self._own()
        if self.driver is None or not hasattr(os, "pidfd_open"):
            return
        try:
            self._pidfd = os.pidfd_open(self.driver.pid)
        except OSError:
            self._say_lost("the browser's driver ended")
            return
        asyncio.get_running_loop().add_reader(self._pidfd, self._driver_ended)

    def _driver_ended(self) -> None:
        self._unwatch_driver()
        self._say_lost("the browser's driver ended")

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
                self._say_lost("the browser does not answer")
                return
            self._asked_at, self._answered_after = None, asyncio.get_running_loop().time() - asked_at

    async def _relieved(self) -> bool:
        """Whether it answers again once the page that works hardest is ended.

        All pages share one pipe to the host, and a page can fill it with what the driver listens to of its
        own accord: lines for the console, errors that nobody catches. Better one page than the browser.
        """
        for _ in range(_CULPRITS):
            if self.driver is None:
                return False
            before = burden.renderers_of(self.driver)
            if await self._answers(_LOOK_FOR_S):
                return True
            culprit = burden.busiest(before, burden.renderers_of(self.driver), _LOOK_FOR_S)
            if culprit is None:
                return False
            self._log.warning("browser.page_ended", browser=self.number, why="its page kept the browser busy")
            processes.kill([culprit])
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

    def _say_lost(self, text: str) -> None:
        if not self._gone:
            self._gone = True
            self._lost(self, text)

    def _chore_failed(self, name: str, error: BaseException) -> None:
        self._log.warning("browser.chore_failed", browser=self.number, chore=name, error=repr(error))
        self._say_lost("the browser can't be watched")


async def _let_go(playwright: Playwright) -> None:
    """Closes what this process holds of a driver that was killed: pipes, and a child to be waited for."""
    with contextlib.suppress(PlaywrightError, TimeoutError):  # it can't answer, and need not
        async with asyncio.timeout(_LET_GO_WITHIN_S):
            await playwright.stop()


@contextlib.contextmanager
def _thrifty_node() -> Iterator[None]:
    """Lets the driver's Node keep little garbage: it inherits our environment, and there is no other way.

    With 100 sessions it held 141 MB by its own default, and 118 MB so; it took no more of the processor.
    """
    before = os.environ.get(_NODE_OPTIONS)
    os.environ[_NODE_OPTIONS] = f"{before or ''} --max-semi-space-size=1".strip()
    try:
        yield
    finally:
        if before is None:
            del os.environ[_NODE_OPTIONS]
        else:
            os.environ[_NODE_OPTIONS] = before


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str | float | bool]:
    """What the browser needs of the host's environment: a page that breaks into it must find no key there."""
    return {name: value for name, value in environment.items() if not _SECRETS.search(name)}


def _why(error: Exception, executable: Path | None, sandbox: Sandbox) -> str:
    program = executable or "Playwright's own browser"
    if isinstance(error, TimeoutError):
        return f"{program} did not start within {START_WITHIN_S:.0f} s"
    said = str(error)
    if sandbox.on and "sandbox" in said.lower():
        return (
            f"{program} could not start with its sandbox on: this machine forbids user namespaces. "
            'Allow them, or set browser.sandbox = "off".'
        )
    first = next((line.strip() for line in said.splitlines() if line.strip()), type(error).__name__)
    return f"{program} could not be started: {first[:200]}. `watchdeck doctor` looks for the cause."
