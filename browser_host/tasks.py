"""Background tasks with one owner that reports failures and ends them; long work in slices."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

SLICE = 25
"""Sessions handled in a row, at up to 0.3 ms each, before everything else on the event loop gets its turn."""

Failed: TypeAlias = Callable[[str, BaseException], None]
"""Called with a task's name and its error."""


class BackgroundTasks:
    """Tasks of one owner: none fails silently, and none outlives `close`."""

    def __init__(self, failed: Failed) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine in the background."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Cancel all tasks except the caller's, without waiting."""
        for task in self._tasks - {_current()}:
            task.cancel()

    async def close(self, within: float) -> None:
        """Cancel all tasks except the caller's, and wait for them.

        Args:
            within: seconds; a task that ignores its cancellation for longer is abandoned.
        """
        self.cancel()
        rest = self._tasks - {_current()}
        if rest:
            await asyncio.wait(rest, timeout=within)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(task.get_name(), error)


async def in_slices(items: Iterable[T], size: int = SLICE) -> AsyncIterator[T]:
    """The items, with a turn for everything else on the event loop after each `size` of them."""
    for place, item in enumerate(items, 1):
        yield item
        if place % size == 0:
            await asyncio.sleep(0)


def _current() -> asyncio.Task[Any] | None:
    return asyncio.current_task()


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event is set, or becomes so while this waits.

    Args:
        seconds: to wait at most.
    """
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
