"""Whether a group's process answers, and the steps taken one after the other when it does not."""

import asyncio
from collections import deque
from collections.abc import Callable

from browser_host.bridge.bridge import Bridge
from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.page_health.busy import BusyMonitor
from browser_host.browsers.log import Log
from browser_host.browsers.settings import HeartbeatSettings

_PATIENCE_WHILE_LOADING = 3
"""Ten watch pages that load together keep their one thread busy for seconds on a busy machine."""
_PATIENCE_WHILE_STRAINED = 5
"""Factor by which the limits are longer in wall time than in processor time, or if the browser is late."""
_LOOK_EVERY_S = 10.0
"""Seconds between two samples of its work: the load of a watch page varies over seconds."""
_STEP_WITHIN_S = 1.0
"""For commands that the browser answers in place of the page, at once or never."""
LOOPS_FORGIVEN = 1
"""Loops that are stopped before a group is given up; a group under bisection is given up at its first."""
_FORGIVEN_WITHIN_S = 600.0


class Heartbeat:
    """Asks a group's process whether it answers; stops a loop that blocks it, and says when it is lost.

    Args:
        group: number of the group.
        forgives: how many loops are stopped within `_FORGIVEN_WITHIN_S` before the group is given up.
        loading: whether a page of the group is opening or loading, which gives it more time.
        late: called when the answer is late.
        back: called when the process answers again.
        strained: whether the whole machine or browser is slow; that alone is no reason to give up a group.
    """

    def __init__(
        self,
        group: int,
        bridge: Bridge,
        cdp: Cdp,
        heartbeat: HeartbeatSettings,
        *,
        forgives: int,
        loading: Callable[[], bool],
        late: Callable[[], None],
        back: Callable[[], None],
        strained: Callable[[], bool],
        log: Log,
    ) -> None:
        self._group = group
        self._bridge = bridge
        self._cdp = cdp
        self._settings = heartbeat
        self._loading = loading
        self._late = late
        self._back = back
        self._strained = strained
        self._log = log
        self._busy = BusyMonitor(cdp)
        self._sampled_at = 0.0
        self._broken: deque[float] = deque(maxlen=forgives + 1)
        self._loop = asyncio.get_running_loop()
        self._answers_since = self._loop.time()

    @property
    def busy(self) -> float:
        """The share of recent time, 0 to 1, that the process's main thread worked."""
        return self._busy.share

    @property
    def heap(self) -> int:
        """Bytes held by the scripts of its pages at the last sample."""
        return self._busy.heap

    @property
    def steady_s(self) -> float:
        """Seconds since it last failed to answer, or was opened."""
        return self._loop.time() - self._answers_since

    async def beat(self) -> str:
        """Ask until the group must be given up, and return the reason.

        Raises:
            CdpError: the page or the browser is gone.
        """
        every, within = self._settings.every, self._settings.within
        while True:
            # In step with all other groups: an idle host wakes once for all of them, and so does the driver.
            await asyncio.sleep(every - self._loop.time() % every)
            if await self._answers(within * (_PATIENCE_WHILE_LOADING if self._loading() else 1)):
                continue
            self._late()
            if (why := await self._revived()) is not None:
                return why
            self._answers_since = self._loop.time()
            self._back()

    async def _answers(self, within: float) -> bool:
        """Whether it answers in time; every `_LOOK_EVERY_S` its work is sampled too."""
        now = self._loop.time()
        if now - self._sampled_at >= _LOOK_EVERY_S:
            self._sampled_at = now
            try:
                async with asyncio.timeout(within):
                    await self._busy.sample()
            except TimeoutError:
                return False
        return await self._bridge.answer(within - (self._loop.time() - now), self._settings.every)

    async def _revived(self) -> str | None:
        """Wait, stop the loop that blocks it, wait again; None if it answers, else why it is given up.

        Limits are in processor time, of which a busy machine may give a process little. If the process does
        not report its time, it does not run at all, and wall time counts.
        """
        settings, began, used = self._settings, self._loop.time(), await self._used()
        limit, broken = settings.breaks_after, False
        while not await self._bridge.answer(limit):
            waited = self._loop.time() - began
            now = await self._used()
            had = waited if now is None or used is None else now - used
            if (had < limit or self._strained()) and waited < _PATIENCE_WHILE_STRAINED * limit:
                continue
            if broken or self._strained():
                return "the page stopped answering"
            if await self._break_loop():
                return self._forgiven()
            limit, broken = settings.hung_after, True
        return None

    async def _used(self) -> float | None:
        """Seconds of processor time that the process has used; None if it does not report them."""
        try:
            async with asyncio.timeout(_STEP_WITHIN_S):
                return await self._busy.processor_s()
        except TimeoutError:
            return None

    def _forgiven(self) -> str | None:
        now = self._loop.time()
        self._broken.append(now)
        if len(self._broken) == self._broken.maxlen and now - self._broken[0] < _FORGIVEN_WITHIN_S:
            return "a script in the page looped"
        return None

    async def _break_loop(self) -> bool:
        """Whether the process answers after the running script was stopped.

        A process that loops still reports its metrics, because the browser interrupts the script for that.
        If it reports nothing, it does not run at all, and there is no script to stop.
        """
        try:
            async with asyncio.timeout(_STEP_WITHIN_S):
                await self._cdp.send("Performance.getMetrics")
            async with asyncio.timeout(_STEP_WITHIN_S):
                await self._cdp.send("Runtime.terminateExecution")
        except (TimeoutError, CdpError):
            return False
        answers = await self._bridge.answer(_STEP_WITHIN_S)
        self._log.warning("group.loop_broken", group=self._group, answers=answers)
        return answers
