"""The processes of one browser, its driver and what that started: recorded, watched, in the end killed."""

import asyncio
import os
from collections.abc import Callable, Iterable

from playwright.async_api import Playwright

from browser_host.browsers.launch.driver import start_driver
from browser_host.browsers.process import processes
from browser_host.browsers.process.pidfile import BrowserRecord
from browser_host.browsers.process.processes import Process


class BrowserProcesses:
    """A browser's driver, and the processes that descend from it.

    Args:
        number: of the browser.
        record: where they are recorded for the next host, or None.
        driver_ended: called once, from the loop, when the driver has ended.
    """

    def __init__(self, number: int, record: BrowserRecord | None, driver_ended: Callable[[], None]) -> None:
        self.driver: Process | None = None
        self._number = number
        self._record = record
        self._driver_ended = driver_ended
        self._pidfd: int | None = None
        self._groups: frozenset[int] = frozenset()

    async def start_driver(self, alone: asyncio.Lock) -> Playwright:
        """Start the driver.

        Args:
            alone: held meanwhile, so that the only new driver is this browser's.
        """
        async with alone:
            before = processes.drivers_of(os.getpid())
            try:
                return await start_driver()
            finally:
                # The new driver is ours even if its start was interrupted.
                self.driver = next(iter(processes.drivers_of(os.getpid()) - before), None)

    @property
    def driver_is_dead(self) -> bool:
        """Whether there was a driver, and it has ended."""
        return self.driver is not None and not processes.still_run([self.driver])

    def all(self) -> frozenset[Process]:
        """The driver, its descendants, and the orphans in the browser's process group."""
        if self.driver is None:
            return frozenset()
        if self.driver_is_dead:
            return frozenset(p for p in processes.everything() if p.group in self._groups)
        started = processes.descendants(self.driver.pid)
        # Playwright starts the browser as the leader of its own process group. The kernel does not reuse the
        # number while the group has a member, so its members are ours.
        self._groups |= {p.group for p in started if p.group != self.driver.group}
        return frozenset(
            {self.driver, *started, *(p for p in processes.everything() if p.group in self._groups)}
        )

    def resident(self) -> int:
        """Bytes of memory held by them, without those of the groups; 0 if they can't be seen."""
        if self.driver is None:
            return 0
        own = (one for one in processes.descendants(self.driver.pid) if not processes.is_renderer(one))
        return sum(processes.resident(process) for process in own)

    def note(self) -> None:
        """Record them for the next host."""
        if self._record is not None:
            self._record.note(self._number, self.all())

    def watch_driver(self) -> None:
        """Watch for the driver's end, which Playwright does not report; without pidfd the ping finds it."""
        self.all()
        if self.driver is None or not hasattr(os, "pidfd_open"):
            return
        try:
            self._pidfd = os.pidfd_open(self.driver.pid)
        except OSError:
            self._driver_ended()
            return
        asyncio.get_running_loop().add_reader(self._pidfd, self._readable)

    def unwatch_driver(self) -> None:
        """Stop watching for the driver's end."""
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def kill(self, known: Iterable[Process]) -> int:
        """Kill those that still run, and forget them; return how many did.

        Args:
            known: what was seen of them before.
        """
        left = processes.still_run({*known, *self.all()})
        processes.kill(left)
        if self._record is not None:
            self._record.remove(self._number)
        return len(left)

    def _readable(self) -> None:
        self.unwatch_driver()
        self._driver_ended()
