"""The host's interface to the journal: intents are awaited until they are on disk, the rest is queued."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from browser_host.journal.entries import EntryOutcome, HostAction, JournalEntry, by_host
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.inbox import Ask, Full, Inbox, Write
from browser_host.journal.reader import Most, Reader, Unfinished
from browser_host.journal.status import JournalState, Standing
from browser_host.journal.writer import Pace, Writer

WAITING = 20_000
"""Entries that may wait for the thread: 20 s of 1,000 a second, and some megabytes."""

PATIENCE_S = 0.5
"""Seconds that page events wait to be written together: 100 per second caused 30 commits, each of which
wakes a thread and syncs the disk. Intents and outcomes never wait; waiting entries are written with them."""

STALL_S = 2.0
"""Seconds for one group of entries, after which the disk counts as hanging."""

LOOK_S = 10.0
"""Seconds for a read of the journal."""

_T = TypeVar("_T")


class Journal:
    """The journal of one host; created, used and closed on its event loop.

    Opening never fails: while it can't be written, its standing has the reason, it keeps retrying, and
    everything that need not be journalled first continues.

    Args:
        path: the database (`journal.path`).
        keep_s: seconds that rows are kept (`journal.keep`), or None for ever.
        clock: epoch seconds.
        changed: called on the event loop whenever the standing changes.
    """

    def __init__(
        self,
        path: Path,
        keep_s: float | None,
        *,
        clock: Callable[[], float] = time.time,
        changed: Callable[[Standing], None] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._tell = changed
        self._unsaid = 0
        self._inbox = Inbox(WAITING, PATIENCE_S)
        self._clock = clock
        self._writer = Writer(
            path, self._inbox, keep_s=keep_s, clock=clock, changed=self._changed, pace=pace or Pace()
        )

    async def start(self, within: float = 5.0) -> Standing:
        """Open the journal, and return its standing after the first attempt or `within` seconds."""
        self._writer.start()
        with contextlib.suppress(TimeoutError):  # the disk hangs; the standing has the reason
            await _result(self._writer.tried, within)
        return self.standing

    @property
    def standing(self) -> Standing:
        """Whether it can be written now, and why not; only this detects a disk that hangs."""
        since = self._writer.busy_since
        if since is not None and (stalled := time.monotonic() - since) > STALL_S:
            reason = (
                f"the journal {self._path} can't be written: the disk has not answered for {stalled:.0f} s"
            )
            return Standing(JournalState.UNAVAILABLE, self._writer.standing.since, reason)
        return self._writer.standing

    async def write(
        self,
        entries: Sequence[JournalEntry],
        within: float = 2.0,
        late: Callable[[], None] | None = None,
    ) -> tuple[int, ...]:
        """Write entries and return their numbers once they are on disk: all of them, or none and an error.

        What has not started when time runs out is not written.

        Args:
            within: seconds.
            late: called on the event loop if they were written after the deadline, because the write was in
                progress. The caller then journals that an intent had no effect.

        Raises:
            JournalUnavailable: they are not known to be on disk; nothing may be done that needs them.
        """
        if not entries:
            return ()
        if (standing := self.standing).state is JournalState.UNAVAILABLE:
            raise JournalUnavailable(standing.reason)
        done: Future[tuple[int, ...]] = Future()
        try:
            self._inbox.put(Write(tuple(entries), done))
        except Full:
            raise JournalUnavailable(f"the journal {self._path} can't keep up, or is closed") from None
        try:
            return await _result(done, within)
        except asyncio.CancelledError:
            _tell_later(done, late)
            raise
        except TimeoutError:
            _tell_later(done, late)
            text = f"the journal {self._path} can't be written: the disk took more than {within:g} s"
            raise JournalUnavailable(text) from None

    def note(self, entries: Sequence[JournalEntry], *, patient: bool = False) -> None:
        """Queue entries without waiting: outcomes and page events.

        While the journal can't be written they are kept, up to a bound; lost ones are counted,
        and the journal records the number as soon as it can.

        Args:
            patient: they may be written up to `PATIENCE_S` later, with others.
        """
        if not entries:
            return
        told = (self._overflow(), *entries) if self._unsaid else tuple(entries)
        try:
            self._inbox.put(Write(told, patient=patient))
        except Full:
            self._unsaid += len(entries)
        else:
            self._unsaid = 0

    def _overflow(self) -> JournalEntry:
        text = f"{self._unsaid} entries lost: too many waited for the disk"
        return by_host(self._clock(), HostAction.INTERRUPTED, EntryOutcome.FAILED, text)

    async def unfinished(self) -> Sequence[Unfinished]:
        """Each instruction without an outcome, which a crash leaves unknown; `entries` gives its last row.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.unfinished())

    async def entries(self, numbers: Collection[int]) -> Sequence[JournalEntry]:
        """The entries with these numbers, without those that are gone or tampered with.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.entries(numbers))

    async def newest(self, action: str, sessions: Collection[str]) -> Mapping[str, JournalEntry]:
        """The newest entry of an action for each of the sessions that has one.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.newest(action, sessions))

    async def since(
        self,
        stops: str,
        before: Callable[[JournalEntry], bool],
        actions: Collection[str],
        most: Most,
        newest_of: Collection[str] = (),
    ) -> Sequence[JournalEntry]:
        """The entries after the newest one that `before` accepts, oldest first.

        Args:
            stops: the action of the entries that `before` is called with, on the journal's thread.
            actions: which entries to return, besides those of all instructions.
            most: limits; the newest entries are returned.
            newest_of: actions of which only each session's newest entry is returned.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.since(stops, before, actions, most, newest_of))

    async def history(
        self,
        *,
        since: float | None = None,
        session: str | None = None,
        limit: int = 1000,
        reported: bool = True,
        expression: str = "",
    ) -> Sequence[Mapping[str, Any]]:
        """The newest entries as in `Reader.history`, including everything written before the call.

        Raises:
            UsageError: the expression can't be read.
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(
            lambda reader: reader.history(
                since=since, session=session, limit=limit, reported=reported, expression=expression
            )
        )

    async def read(self, ask: Callable[[Reader], _T]) -> _T:
        """A read that may take long, with all that was written before the call, beside the writer's thread.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """

        def look() -> _T:
            with Reader(self._path) as reader:
                return ask(reader)

        await self._look(lambda _: None)  # what waits is written first
        try:
            async with asyncio.timeout(LOOK_S):
                return await asyncio.to_thread(look)
        except TimeoutError:
            raise JournalUnavailable(f"the journal {self._path} took more than {LOOK_S:.0f} s") from None

    async def close(self, within: float = 5.0) -> bool:
        """Write what waits and close the database; False if some of it may not be on disk.

        Args:
            within: seconds; after that the thread is abandoned.
        """
        self._inbox.close()
        if self._writer.ident is None:
            return True
        try:
            return await _result(self._writer.ended, within)
        except TimeoutError:
            return False

    async def _look(self, ask: Callable[[Reader], _T]) -> _T:
        def look() -> _T:
            with Reader(self._path) as reader:
                return ask(reader)

        done: Future[_T] = Future()
        try:
            self._inbox.put(Ask(look, done))
            return await _result(done, LOOK_S)
        except (Full, TimeoutError):
            raise JournalUnavailable(f"the journal {self._path} is busy, or closed") from None

    def _changed(self, standing: Standing) -> None:
        """Report a change from the writer's thread to the event loop."""
        if self._tell is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens
                self._loop.call_soon_threadsafe(self._tell, standing)


def _tell_later(done: Future[Any], late: Callable[[], None] | None) -> None:
    """Have the loop call `late` if an abandoned write succeeds after all."""
    if late is None or done.cancelled():
        return
    loop = asyncio.get_running_loop()

    def tell(future: Future[Any]) -> None:
        if not future.cancelled() and future.exception() is None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the next host reports it as unknown
                loop.call_soon_threadsafe(late)

    done.add_done_callback(tell)


async def _result(done: Future[_T], within: float) -> _T:
    """The result of another thread's work; abandoning it cancels it unless it has started."""
    async with asyncio.timeout(within):
        return await asyncio.wrap_future(done)
