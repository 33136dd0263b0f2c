"""Whether a page answers, and the steps that are taken, one after the other, where it does not."""

import asyncio
from collections import deque
from collections.abc import Callable

from browser_host.bridge.bridge import Bridge
from browser_host.bridge.busy import Busy
from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.browsers.log import Log
from browser_host.browsers.settings import Heart

_PATIENCE_WHILE_LOADING = 3
"""Ten watch pages that load at once keep their one thread busy for seconds on a machine with other work."""
_CHANCES_WHILE_STRAINED = 5
_LOOK_EVERY_S = 10.0
"""Seconds over which a page's work is taken together: what a watch page does comes in waves of seconds."""
_STEP_WITHIN_S = 1.0
"""For what the browser answers in the page's stead, at once or never."""
LOOPS_FORGIVEN = 1
"""Loops of a page that are broken before it is given up; a page of suspects has none to spare."""
_LOOPS_FORGOTTEN_AFTER_S = 600.0


class Pulse:
    """Asks a page whether it answers; breaks a loop that keeps it from answering, and tells when it is lost.

    Args:
        page: its number.
        forgives: how many loops are broken and forgotten, within `_LOOPS_FORGOTTEN_AFTER_S`.
        late: called when the page is late with its answer.
        back: called when it answers again.
        strained: whether the whole machine or browser is late; a page is not given up for that alone.
    """

    def __init__(
        self,
        page: int,
        bridge: Bridge,
        cdp: Cdp,
        heart: Heart,
        *,
        forgives: int,
        late: Callable[[], None],
        back: Callable[[], None],
        strained: Callable[[], bool],
        log: Log,
    ) -> None:
        self._page = page
        self._bridge = bridge
        self._cdp = cdp
        self._heart = heart
        self._late = late
        self._back = back
        self._strained = strained
        self._log = log
        self._busy = Busy(cdp)
        self._looked_at = 0.0
        self._broken: deque[float] = deque(maxlen=forgives + 1)
        self._loop = asyncio.get_running_loop()
        self._answers_since = self._loop.time()

    @property
    def busy(self) -> float:
        """The share of time, 0 to 1, that the page's thread worked of late."""
        return self._busy.share

    @property
    def heap(self) -> int:
        """Bytes that its scripts held when it was last looked at."""
        return self._busy.heap

    @property
    def steady_s(self) -> float:
        """Seconds for which it has answered all along."""
        return self._loop.time() - self._answers_since

    async def beat(self) -> str:
        """Asks until the page has to be given up, and says why.

        Raises:
            CdpError: the page or the browser is gone.
        """
        every, within = self._heart.every, self._heart.within
        while True:
            # In step with all other pages: an idle host wakes once for all of them, and so does the driver.
            await asyncio.sleep(every - self._loop.time() % every)
            if await self._answers(within * (_PATIENCE_WHILE_LOADING if self._bridge.loading else 1)):
                continue
            self._late()
            if (why := await self._revived()) is not None:
                return why
            self._answers_since = self._loop.time()
            self._back()

    async def _answers(self, within: float) -> bool:
        """Whether it answers: now and then to how busy it is besides."""
        now = self._loop.time()
        if now - self._looked_at >= _LOOK_EVERY_S:
            self._looked_at = now
            try:
                async with asyncio.timeout(within):
                    await self._busy.look()
            except TimeoutError:
                return False
        return await self._bridge.answer(within - (self._loop.time() - now), self._heart.every)

    async def _revived(self) -> str | None:
        """Waits, breaks the loop that keeps the page from answering, waits again; None when it answers."""
        chances = _CHANCES_WHILE_STRAINED
        while not await self._bridge.answer(self._heart.breaks_after):
            if not self._strained() and await self._break_loop():
                return self._forgiven()
            if await self._bridge.answer(self._heart.hung_after - self._heart.breaks_after):
                break
            chances -= 1
            if chances == 0 or not self._strained():
                return "the page stopped answering"
        return None

    def _forgiven(self) -> str | None:
        now = self._loop.time()
        self._broken.append(now)
        if len(self._broken) == self._broken.maxlen and now - self._broken[0] < _LOOPS_FORGOTTEN_AFTER_S:
            return "a script in the page looped"
        return None

    async def _break_loop(self) -> bool:
        """Whether the page answers once the script that runs in it is stopped.

        A page that loops still tells its figures, for the browser interrupts the script for that; one whose
        process does not run at all tells nothing, and there is nothing to stop.
        """
        try:
            async with asyncio.timeout(_STEP_WITHIN_S):
                await self._cdp.send("Performance.getMetrics")
            async with asyncio.timeout(_STEP_WITHIN_S):
                await self._cdp.send("Runtime.terminateExecution")
        except (TimeoutError, CdpError):
            return False
        answers = await self._bridge.answer(_STEP_WITHIN_S)
        self._log.warning("page.loop_broken", page=self._page, answers=answers)
        return answers
