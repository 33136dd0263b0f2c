"""The journal as the host uses it: what must be on disk is awaited, everything else is handed over."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from browser_host.journal.entries import HostAction, JournalEntry, Outcome, by_host
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.inbox import Ask, Full, Inbox, Write
from browser_host.journal.reader import Reader
from browser_host.journal.standing import JournalState, Standing
from browser_host.journal.writer import Pace, Writer

WAITING = 20_000
"""Entries that may wait for the thread: 20 s of 1,000 a second, and some megabytes."""

PATIENCE_S = 0.5
"""Seconds that what pages said waits to be written together: 100 words a second made 30 commits, and each
wakes a thread and syncs the disk. Intents and outcomes never wait, and take along what does."""

STALL_S = 2.0
"""Seconds within one group after which the disk counts as not answering."""

LOOK_S = 10.0
"""Seconds for a look into the journal."""

_T = TypeVar("_T")


class Journal:
    """The journal of one host; made, used and closed on its event loop.

    Opening it never fails: where it can't be written, its standing says why, it tries again by itself, and
    everything that does not have to be written down first goes on.

    Args:
        path: the database (`journal.path`).
        keep_s: seconds that rows stay (`journal.keep`), or None for ever.
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
        self._dropped = 0
        self._unsaid = 0
        self._inbox = Inbox(WAITING, PATIENCE_S)
        self._clock = clock
        self._writer = Writer(
            path, self._inbox, keep_s=keep_s, clock=clock, changed=self._changed, pace=pace or Pace()
        )

    async def start(self, within: float = 5.0) -> Standing:
        """Opens the journal, and returns how it stands after the first attempt or so many seconds."""
        self._writer.start()
        with contextlib.suppress(TimeoutError):  # a disk that hangs: the standing says so
            await _result(self._writer.tried, within)
        return self.standing

    @property
    def standing(self) -> Standing:
        """Whether it can be written now, and why not; that the disk hangs is seen here alone."""
        since = self._writer.busy_since
        if since is not None and (stalled := time.monotonic() - since) > STALL_S:
            reason = (
                f"the journal {self._path} can't be written: the disk does not answer for {stalled:.0f} s"
            )
            return Standing(JournalState.UNAVAILABLE, self._writer.standing.since, reason)
        return self._writer.standing

    @property
    def state(self) -> JournalState:
        """Whether what changes anything may be done now."""
        return self.standing.state

    @property
    def dropped(self) -> int:
        """Entries handed over with `note` that found no place, since the start."""
        return self._dropped

    async def write(
        self,
        entries: Sequence[JournalEntry],
        within: float = 2.0,
        late: Callable[[], None] | None = None,
    ) -> tuple[int, ...]:
        """Returns the entries' numbers once they are on disk: all of them, or none and an error.

        What was not begun when time runs out is not written.

        Args:
            within: seconds.
            late: called on the event loop where they were written after all, once nobody waited any more:
                the disk was at work on them. Whoever wrote an intent says then that nothing came of it.

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
        """Hands entries over and waits for nothing: outcomes, and what pages said.

        While the journal can't be written they are kept for later, up to a bound; what is lost is counted,
        and the journal says so itself as soon as it can.

        Args:
            patient: they may be written some time later (`PATIENCE_S`), with others.
        """
        if not entries:
            return
        told = (self._overflow(), *entries) if self._unsaid else tuple(entries)
        try:
            self._inbox.put(Write(told, patient=patient))
        except Full:
            self._dropped += len(entries)
            self._unsaid += len(entries)
        else:
            self._unsaid = 0

    def _overflow(self) -> JournalEntry:
        text = f"{self._unsaid} entries lost: too many waited for the disk"
        return by_host(self._clock(), HostAction.INTERRUPTED, Outcome.FAILED, text)

    async def unfinished(self) -> Sequence[JournalEntry]:
        """The last entry of each instruction that has no outcome: after a crash, what is not known.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.unfinished())

    async def newest(self, action: str, sessions: Collection[str]) -> Mapping[str, JournalEntry]:
        """The newest entry of an action for each of the sessions that has one.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.newest(action, sessions))

    async def since(
        self,
        before: Callable[[JournalEntry], bool],
        actions: Collection[str],
        most: int,
        newest_of: Collection[str] = (),
    ) -> Sequence[JournalEntry]:
        """What was done after the newest entry of which `before` is true, oldest first.

        Args:
            before: asked on the journal's thread.
            actions: entries of these are looked at, and those of all instructions.
            most: the newest so many are looked at, and no more.
            newest_of: of each session only the newest entry among these actions is looked at.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.since(before, actions, most, newest_of))

    async def history(
        self, *, since: float | None = None, session: str | None = None, limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        """The newest entries in the contract's JSON, newest last, with all that was written before the call.

        Raises:
            JournalUnreadable: there is no journal, or it can't be read.
            JournalUnavailable: there was no answer in time.
        """
        return await self._look(lambda reader: reader.history(since=since, session=session, limit=limit))

    async def close(self, within: float = 5.0) -> bool:
        """Writes what waits and closes the database; False where not all of it is known to be on disk.

        Args:
            within: seconds; after them the thread is left to the process's end.
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
        """Called by the writer's thread."""
        if self._tell is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to tell
                self._loop.call_soon_threadsafe(self._tell, standing)


def _tell_later(done: Future[Any], late: Callable[[], None] | None) -> None:
    """Has the loop call `late` if what was given up is done in the end."""
    if late is None or done.cancelled():
        return
    loop = asyncio.get_running_loop()

    def tell(future: Future[Any]) -> None:
        if not future.cancelled() and future.exception() is None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the next host tells it as unknown
                loop.call_soon_threadsafe(late)

    done.add_done_callback(tell)


async def _result(done: Future[_T], within: float) -> _T:
    """The result of another thread's work; giving up cancels it, where it was not begun."""
    async with asyncio.timeout(within):
        return await asyncio.wrap_future(done)
