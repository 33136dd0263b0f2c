"""The journal's thread: writes waiting entries in groups, and retries after a failure."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from browser_host.journal.entries import EntryOutcome, HostAction, JournalEntry, by_host
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.inbox import Ask, Inbox, Job, Write
from browser_host.journal.retention import BATCH, ClockWatch, trim
from browser_host.journal.status import JournalState, Standing
from browser_host.journal.store import Store

GROUP = 512
"""Entries in one transaction: enough to make the sync cheap, few enough to keep its latency."""

BACKLOG = 4096
"""Queued entries kept while the journal can't be written; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Intervals of the thread's own work, in seconds.

    Args:
        probe: between two attempts to write again after a failure.
        trim: between two searches for rows that are too old.
    """

    probe: float = 1.0
    trim: float = 6 * 3600.0


def _since_boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Writer(threading.Thread):
    """Owns the store from opening to closing; nothing else uses it.

    Args:
        keep_s: seconds that rows are kept, or None for ever.
        clock: epoch seconds.
        changed: called from this thread whenever the standing changes.
        steady: monotonic seconds that include the machine's sleep.
    """

    def __init__(
        self,
        path: Path,
        inbox: Inbox,
        *,
        keep_s: float | None,
        clock: Callable[[], float],
        changed: Callable[[Standing], None],
        pace: Pace,
        steady: Callable[[], float] = _since_boot,
    ) -> None:
        # A daemon: a disk that hangs in a sync must not keep the host from ending.
        super().__init__(name="watchdeck-journal", daemon=True)
        self.tried: Future[None] = Future()
        """Done when the first attempt to open the journal is over, successful or not."""
        self.ended: Future[bool] = Future()
        """Done when the thread ends; False if something could not be written."""
        self.standing = Standing(JournalState.UNAVAILABLE, clock(), "the journal is not open yet")
        self.busy_since: float | None = None
        """Monotonic seconds at which the thread started on its group, or None while it waits."""
        self._path = path
        self._inbox = inbox
        self._keep_s = keep_s
        self._clock = clock
        self._changed = changed
        self._pace = pace
        self._store: Store | None = None
        self._backlog: deque[JournalEntry] = deque()
        self._missed = 0
        self._down_since: float | None = None
        self._next_probe = 0.0
        self._next_trim = 0.0
        self._steady = steady
        self._watch: ClockWatch | None = None

    def run(self) -> None:
        """Work until the inbox is closed and empty."""
        for mine in (self.tried, self.ended):
            mine.set_running_or_notify_cancel()  # a caller that stops waiting must not cancel it
        try:
            with self._timed():
                self._probe()
            self.tried.set_result(None)
            while not self._inbox.drained:
                jobs = self._inbox.take(GROUP, self._pace.probe)
                with self._timed():
                    self._work(jobs)
            if self._store is None:
                with self._timed():
                    self._probe()
        finally:
            self._stop()

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        self.busy_since = time.monotonic()
        try:
            yield
        finally:
            self.busy_since = None

    def _work(self, jobs: Sequence[Job]) -> None:
        writes = [job for job in jobs if isinstance(job, Write) and _wanted(job.done)]
        if self._store is None and time.monotonic() >= self._next_probe:
            self._probe()
        if writes:
            self._write(writes)
        for job in jobs:
            if isinstance(job, Ask) and _wanted(job.done):
                _answer(job)
        if self._store is not None and self._keep_s is not None and time.monotonic() >= self._next_trim:
            self._trim(self._store, self._keep_s)

    def _write(self, writes: Sequence[Write]) -> None:
        if self._store is None:
            self._refuse(writes, JournalUnavailable(self.standing.reason))
            return
        try:
            numbers = self._store.append([entry for write in writes for entry in write.entries])
        except JournalUnavailable as error:
            self._fail(error)
            self._refuse(writes, error)
            return
        begin = 0
        for write in writes:
            end = begin + len(write.entries)
            if write.done is not None:
                write.done.set_result(numbers[begin:end])
            begin = end

    def _refuse(self, writes: Sequence[Write], error: JournalUnavailable) -> None:
        for write in writes:
            if write.done is not None:
                write.done.set_exception(error)
                continue
            room = BACKLOG - len(self._backlog)
            self._backlog.extend(write.entries[:room])
            self._missed += len(write.entries[room:])

    def _probe(self) -> None:
        """Reopen the journal and write what waited: only writing proves that it is writable."""
        try:
            store = Store(self._path)
        except JournalUnavailable as error:
            self._fail(error)
            return
        self._store = store
        try:
            if self._watch is None:
                self._watch = ClockWatch(store.newest_at(), self._clock(), self._steady())
            first = [] if self._down_since is None else [self._interruption(self._down_since)]
            store.append([*first, *self._backlog])
        except JournalUnavailable as error:
            self._fail(error)
            return
        self._backlog.clear()
        self._missed = 0
        self._down_since = None
        self._stand(Standing(JournalState.WRITABLE, self._clock()))

    def _interruption(self, since: float) -> JournalEntry:
        seconds = max(0.0, self._clock() - since)
        text = f"not writable for {seconds:.1f} s: {self.standing.reason}"
        if self._missed:
            text = f"{self._missed} entries lost; {text}"
        return by_host(self._clock(), HostAction.INTERRUPTED, EntryOutcome.FAILED, text)

    def _fail(self, error: JournalUnavailable) -> None:
        """Close the store, whose state is unknown, and report that until a probe succeeds."""
        if self._store is not None:
            self._store.close()
            self._store = None
        self._next_probe = time.monotonic() + self._pace.probe
        if self._down_since is None:
            self._down_since = self._clock()
        if self.standing.reason != str(error):
            self._stand(Standing(JournalState.UNAVAILABLE, self._down_since, str(error)))

    def _trim(self, store: Store, keep_s: float) -> None:
        if self._watch is None or not self._watch.believes(self._clock(), self._steady()):
            self._next_trim = time.monotonic() + self._pace.trim
            return
        try:
            more = trim(store, keep_s, self._clock()) >= BATCH
        except JournalUnavailable as error:
            self._fail(error)
            return
        self._next_trim = 0.0 if more else time.monotonic() + self._pace.trim

    def _stand(self, standing: Standing) -> None:
        self.standing = standing
        self._changed(standing)

    def _stop(self) -> None:
        """Release all waiting callers, whatever ended the thread."""
        self._inbox.close()
        error = JournalUnavailable("the journal is closed")
        while jobs := self._inbox.take(GROUP, 0.0):
            for job in jobs:
                if _wanted(job.done) and job.done is not None:
                    job.done.set_exception(error)
        if self._store is not None:
            self._store.close()
        self._stand(Standing(JournalState.UNAVAILABLE, self._clock(), str(error)))
        if not self.tried.done():
            self.tried.set_result(None)
        self.ended.set_result(not self._backlog and not self._missed)


def _wanted(done: Future[tuple[int, ...]] | None) -> bool:
    """False if the caller gave up before it started: then nothing is written."""
    return done is None or done.set_running_or_notify_cancel()


def _answer(ask: Ask) -> None:
    try:
        ask.done.set_result(ask.look())
    except Exception as error:  # noqa: BLE001 - the caller gets the error, and the thread continues
        ask.done.set_exception(error)
