"""The bounded queue between the event loop and the writer's thread; jobs are taken in groups."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeAlias

from browser_host.journal.entries import JournalEntry


@dataclass(frozen=True, slots=True)
class Write:
    """Entries to be written together.

    Args:
        done: gets their numbers once they are on disk, or the error; None if nobody waits.
        patient: may wait to be written together with others.
    """

    entries: tuple[JournalEntry, ...]
    done: Future[tuple[int, ...]] | None = None
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A read of the journal, between two writes."""

    look: Callable[[], Any]
    done: Future[Any]


Job: TypeAlias = Write | Ask


class Full(Exception):  # noqa: N818 - as in the queue module
    """The queue has no room; the job was not accepted."""


class Inbox:
    """Passes jobs from one thread to another.

    Args:
        limit: entries that may wait; a read counts as one.
        patience: most seconds that a patient job waits for others.
    """

    def __init__(self, limit: int, patience: float = 0.0) -> None:
        self._limit = limit
        self._patience = patience
        self._jobs: deque[Job] = deque()
        self._due: float | None = None  # monotonic seconds; None where nothing waits
        self._weight = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, job: Job) -> None:
        """Add a job without waiting.

        Raises:
            Full: the queue is full or closed.
        """
        with self._changed:
            if self._closed or self._weight + _weight(job) > self._limit:
                raise Full
            self._jobs.append(job)
            self._weight += _weight(job)
            due = time.monotonic() + (self._patience if _patient(job) else 0.0)
            if self._due is None or due < self._due:
                self._due = due
                self._changed.notify()

    def take(self, at_most: int, within: float) -> Sequence[Job]:
        """The waiting jobs in order, as soon as one is due: at least one job, up to so many entries.

        Args:
            within: seconds to wait for a job that is due.
        """
        until = time.monotonic() + within
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if self._due is not None and self._due <= now:
                    break
                if until <= now:
                    return ()
                self._changed.wait(min(until, self._due or until) - now)
            taken: list[Job] = []
            weight = 0
            while self._jobs and (not taken or weight + _weight(self._jobs[0]) <= at_most):
                job = self._jobs.popleft()
                weight += _weight(job)
                taken.append(job)
            self._weight -= weight
            self._due = time.monotonic() if self._jobs else None  # the rest have waited as long as these
            return taken

    def close(self) -> None:
        """Accept no more jobs; those waiting can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    @property
    def drained(self) -> bool:
        """Closed, and empty."""
        with self._changed:
            return self._closed and not self._jobs


def _patient(job: Job) -> bool:
    return isinstance(job, Write) and job.patient


def _weight(job: Job) -> int:
    return max(1, len(job.entries)) if isinstance(job, Write) else 1
