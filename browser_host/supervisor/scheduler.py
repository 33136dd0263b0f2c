"""Calls that are due at a given time: one heap, one timer of the event loop, one way to close."""

import asyncio
import heapq
import itertools
from collections.abc import Callable


class Scheduler:
    """Calls functions when they are due.

    Calls are never cancelled: each function checks whether it still has something to do, so there are no
    timers to keep track of. Their number is bounded by what the supervisor holds.

    Args:
        loop: its clock is the `mono` of every `Instant`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def at(self, mono: float, act: Callable[[], object]) -> None:
        """Schedule a call of `act` at `mono` seconds of the steady clock, or soon after."""
        if self._closed:
            return
        heapq.heappush(self._heap, (mono, next(self._order), act))
        self._set_timer()

    def after(self, delay: float, act: Callable[[], object]) -> None:
        """Schedule a call of `act` in `delay` seconds."""
        self.at(self._loop.time() + delay, act)

    def close(self) -> None:
        """Forget all calls; nothing is called after this."""
        self._closed = True
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _set_timer(self) -> None:
        if self._timer is not None and not self._timer.cancelled():
            if self._timer.when() <= self._heap[0][0]:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(self._heap[0][0], self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = self._loop.time()
        try:
            while self._heap and self._heap[0][0] <= now:
                heapq.heappop(self._heap)[2]()
        finally:
            if self._heap:
                self._set_timer()
