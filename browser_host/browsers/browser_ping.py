"""Whether a browser answers, and the ending of its busiest group's process when it does not."""

import asyncio

from browser_host.bridge.cdp import CdpError
from browser_host.browsers.cdp_targets import CdpTargets
from browser_host.browsers.log import Log
from browser_host.browsers.process import processes
from browser_host.browsers.process.browser_processes import BrowserProcesses

_PING_EVERY_S = 2.0
_PING_WITHIN_S = 5.0
_LATE_AFTER_S = 1.0
"""A question to a group waits in the browser twice, there and back; a ping waits once."""
_MOST_ENDED = 2
"""Processes that are ended, one after the other, before a browser that does not answer is given up."""
_LOOK_FOR_S = 1.0
_RELIEF_WITHIN_S = 15.0
"""Browser and driver work off the backlog of a flood at some megabytes per second."""


class BrowserPing:
    """Asks a browser regularly for an answer, and relieves it when none comes.

    Args:
        number: of the browser.
    """

    def __init__(self, number: int, owned: BrowserProcesses, log: Log) -> None:
        self._number = number
        self._owned = owned
        self._log = log
        self._asked_at: float | None = None
        self._answered_after = 0.0
        self._relieved_at = -_RELIEF_WITHIN_S

    @property
    def late(self) -> bool:
        """Whether the browser itself is slow to answer, so that no group can be blamed for its silence."""
        waited = 0.0 if self._asked_at is None else asyncio.get_running_loop().time() - self._asked_at
        return max(waited, self._answered_after) > _LATE_AFTER_S

    @property
    def round_trip_s(self) -> float:
        """Seconds that the last answer took; 0 before the first."""
        return self._answered_after

    @property
    def relieved(self) -> bool:
        """Whether the process of a group was ended just now, because it kept the browser busy."""
        return asyncio.get_running_loop().time() - self._relieved_at < _RELIEF_WITHIN_S

    def relieves(self) -> None:
        """Note that the process of a group is about to be ended, because it keeps the browser busy."""
        self._relieved_at = asyncio.get_running_loop().time()

    async def run(self, targets: CdpTargets) -> None:
        """Ask until the browser no longer answers, whatever was ended for it."""
        while True:
            await asyncio.sleep(_PING_EVERY_S)
            asked_at = self._asked_at = asyncio.get_running_loop().time()
            if not await _answers(targets, _PING_WITHIN_S) and not await self._relieve(targets):
                return
            self._asked_at, self._answered_after = None, asyncio.get_running_loop().time() - asked_at

    async def _relieve(self, targets: CdpTargets) -> bool:
        """Whether it answers again after the busiest process of a group was ended.

        All pages share one pipe to the host, and a page can fill it with events that the driver always
        subscribes to: console lines, uncaught errors. Losing one group is better than losing the browser.
        """
        for _ in range(_MOST_ENDED):
            if (driver := self._owned.driver) is None:
                return False
            before = processes.renderers_of(driver)
            if await _answers(targets, _LOOK_FOR_S):
                return True
            busiest = processes.busiest(before, processes.renderers_of(driver), _LOOK_FOR_S)
            if busiest is None:
                return False
            self._log.warning(
                "browser.page_ended", browser=self._number, why="its page kept the browser busy"
            )
            self.relieves()
            processes.kill([busiest])
            if await _answers(targets, _RELIEF_WITHIN_S):
                return True
        return False


async def _answers(targets: CdpTargets, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await targets.call("Browser.getVersion")
    except (CdpError, TimeoutError):
        return False
    return True
