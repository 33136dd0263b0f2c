"""How busy a page's one thread is, and how much its scripts hold, by the browser's own account of it."""

from browser_host.bridge.cdp import Cdp

_CLOCK = "Timestamp"
_WORKED = "TaskDuration"
"""Seconds that the thread worked since the page was opened."""
_HEAP = "JSHeapUsedSize"
"""Bytes of its scripts' objects, all frames together."""


class Busy:
    """Looks now and then, and keeps the share of time worked between the last two looks."""

    def __init__(self, cdp: Cdp) -> None:
        self._cdp = cdp
        self._at: float | None = None
        self._worked = 0.0
        self.share = 0.0
        """0 to 1; 0 before the second look."""
        self.heap = 0
        """Bytes; 0 before the first look."""

    async def look(self) -> None:
        """Takes one look; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        if self._at is None:
            # The thread's own time costs it a reading of a second clock at every task; the wall's is enough.
            await self._cdp.send("Performance.enable", {"timeDomain": "timeTicks"})
        answer = await self._cdp.send("Performance.getMetrics")
        found = {metric["name"]: float(metric["value"]) for metric in answer["metrics"]}
        self.heap = int(found.get(_HEAP, 0.0))
        at, worked = found.get(_CLOCK, 0.0), found.get(_WORKED, 0.0)
        if self._at is not None and at > self._at:
            self.share = min(max((worked - self._worked) / (at - self._at), 0.0), 1.0)
        self._at, self._worked = at, worked
