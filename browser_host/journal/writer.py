"""The journal's one thread: takes what waits, writes it as a group, and keeps trying after a failure."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from browser_host.journal.entries import HostAction, JournalEntry, Outcome, by_host
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.inbox import Ask, Inbox, Job, Write
from browser_host.journal.retention import BATCH, trim
from browser_host.journal.standing import JournalState, Standing
from browser_host.journal.store import Store, lost_rows

GROUP = 512
"""Entries in one transaction: enough to make the sync cheap, few enough to keep its latency."""

BACKLOG = 4096
"""Entries that nobody waits for, kept while the journal can't be written; what comes after is counted."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the thread does what nobody asks for, in seconds.

    Args:
        probe: between two attempts to write again after a failure.
        trim: between two looks for rows that are too old.
    """

    probe: float = 1.0
    trim: float = 6 * 3600.0


class Writer(threading.Thread):
    """Owns the store from its opening to its closing; nothing else touches it.

    Args:
        keep_s: seconds that rows stay, or None for ever.
        clock: epoch seconds.
        changed: called from this thread whenever the standing changes.
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
    ) -> None:
        # A daemon: a disk that hangs in a sync must not keep the host from ending.
        super().__init__(name="watchdeck-journal", daemon=True)
        self.tried: Future[None] = Future()
        """Done when the first attempt to open the journal is over, however it went."""
        self.ended: Future[bool] = Future()
        """Done when the thread is; False where something could not be written any more."""
        self.standing = Standing(JournalState.UNAVAILABLE, clock(), "the journal is not open yet")
        self.busy_since: float | None = None
        """Monotonic seconds since when the thread is within one group, or None while it waits."""
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

    def run(self) -> None:
        """Works until the inbox is closed and empty."""
        for mine in (self.tried, self.ended):
            mine.set_running_or_notify_cancel()  # who gives up waiting for it must not cancel it
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
        """Opens the journal anew and writes what waited: writing is the only proof that it can be written."""
        try:
            store = Store(self._path)
        except JournalUnavailable as error:
            self._fail(error)
            return
        self._store = store
        try:
            first = (
                [] if store.remembered is None else [lost_rows(store.remembered, store.head(), self._clock())]
            )
            if self._down_since is not None:
                first.append(self._interruption(self._down_since))
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
        return by_host(self._clock(), HostAction.INTERRUPTED, Outcome.FAILED, text)

    def _fail(self, error: JournalUnavailable) -> None:
        """Closes the store, as nothing is certain of it any more, and says so until a probe succeeds."""
        if self._store is not None:
            self._store.close()
            self._store = None
        self._next_probe = time.monotonic() + self._pace.probe
        if self._down_since is None:
            self._down_since = self._clock()
        if self.standing.reason != str(error):
            self._stand(Standing(JournalState.UNAVAILABLE, self._down_since, str(error)))

    def _trim(self, store: Store, keep_s: float) -> None:
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
        """Leaves nobody waiting, whatever ended the thread."""
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
    """False where whoever asked has given up before it began: then it is not written at all."""
    return done is None or done.set_running_or_notify_cancel()


def _answer(ask: Ask) -> None:
    try:
        ask.done.set_result(ask.look())
    except Exception as error:  # noqa: BLE001 - whatever it is, who asked hears of it, and the thread goes on
        ask.done.set_exception(error)
