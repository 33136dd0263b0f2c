"""Background work with one owner, who hears of every failure and can end it all."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

Failed: TypeAlias = Callable[[str, BaseException], None]
"""Hears the name of a chore and what it failed with."""


class Chores:
    """Tasks of one owner: none is forgotten, none fails in silence, none outlives `close`."""

    def __init__(self, failed: Failed) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs the work in the background."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Asks all of it to end, the caller's own task excepted, and waits for none."""
        for task in self._tasks - {_current()}:
            task.cancel()

    async def close(self, within: float) -> None:
        """Ends all of it, the caller's own task excepted.

        Args:
            within: seconds; what ignores its cancellation for longer is left to itself.
        """
        self.cancel()
        rest = self._tasks - {_current()}
        if rest:
            await asyncio.wait(rest, timeout=within)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(task.get_name(), error)


def _current() -> asyncio.Task[Any] | None:
    return asyncio.current_task()
