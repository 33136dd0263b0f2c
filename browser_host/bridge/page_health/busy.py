"""How busy a process's main thread is and how much its scripts hold, as the browser measures it."""

from browser_host.bridge.cdp import Cdp

_CLOCK = "Timestamp"
_WORKED = "TaskDuration"
"""Seconds that the thread has worked since the page was opened."""
_PROCESSOR = "ProcessTime"
"""Seconds of processor time of all its threads."""
_HEAP = "JSHeapUsedSize"
"""Bytes of its scripts' objects in all frames."""


class BusyMonitor:
    """Measures the share of time that the thread worked between the last two samples."""

    def __init__(self, cdp: Cdp) -> None:
        self._cdp = cdp
        self._enabled = False
        self._at: float | None = None
        self._worked = 0.0
        self.share = 0.0
        """0 to 1; 0 before the second sample."""
        self.heap = 0
        """Bytes; 0 before the first sample."""

    async def sample(self) -> None:
        """Take a sample; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        found = await self._metrics()
        self.heap = int(found.get(_HEAP, 0.0))
        at, worked = found.get(_CLOCK, 0.0), found.get(_WORKED, 0.0)
        if self._at is not None and at > self._at:
            self.share = min(max((worked - self._worked) / (at - self._at), 0.0), 1.0)
        self._at, self._worked = at, worked

    async def processor_s(self) -> float:
        """Seconds of processor time that the page's process has used; the caller sets the deadline.

        The browser interrupts a looping script to answer.

        Raises:
            CdpError: the page or the browser is gone.
        """
        return (await self._metrics()).get(_PROCESSOR, 0.0)

    async def _metrics(self) -> dict[str, float]:
        if not self._enabled:
            # Thread time would cost a reading of a second clock for every task; wall time is good enough.
            await self._cdp.send("Performance.enable", {"timeDomain": "timeTicks"})
            self._enabled = True
        answer = await self._cdp.send("Performance.getMetrics")
        return {metric["name"]: float(metric["value"]) for metric in answer["metrics"]}
