"""What a host finds at its start from the one before it, and what it leaves: its journal and its key."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from browser_host.browsers.log import Log
from browser_host.journal.entries import HOST, JournalEntry, Outcome, by_host
from browser_host.journal.errors import JournalUnavailable, JournalUnreadable
from browser_host.journal.journal import Journal
from browser_host.journal.standing import JournalState
from browser_host.sessions.instant import system_clock
from browser_host.supervisor import traces
from browser_host.supervisor.identity import KEY_BYTES, load_key
from browser_host.supervisor.recovery import Recovery, left_open, recover
from browser_host.supervisor.scribe import Scribe

CLOSE_JOURNAL_S = 1.5
"""Seconds for what waits to be written at the end."""

MOST_ROWS = 50_000
"""Rows that are looked at for what a dead host had: some 3 s of work where there are so many."""

Say: TypeAlias = Callable[[str], None]
"""Tells the user a line, on stderr."""


async def open_journal(journal: Journal, place: str, log: Log, say: Say) -> Recovery:
    """Opens the journal; what an earlier host left open is told as unknown, and not repeated.

    Args:
        place: of this host (`traces.place_of`).

    Returns:
        What the host before this one on the same place had when it died; nothing where it stopped in order,
        but for the number after which this host numbers its instructions, above all of the journal's.
    """
    standing = await journal.start()
    now = system_clock()
    recovery = recover(await _rows_since_stop(journal, place, log), place, now)
    if standing.state is JournalState.UNAVAILABLE:
        say(f"{standing.reason}; until it can be, nothing is changed")
        return replace(recovery, last_number=max(recovery.last_number, int(now.wall)))
    at = now.wall
    left = await _left_here(journal, place)
    unknown = [
        replace(
            entry,
            at=at,
            by=HOST,
            client="host",
            outcome=Outcome.UNCONFIRMED,
            text=left_open(entry.outcome),
        )
        for entry in left
    ]
    started = by_host(at, traces.HOST_STARTED, text=traces.host_text(place))
    numbers = await journal.write([*unknown, started])
    if unknown:
        log.warning("journal.left_open", instructions=[entry.instruction for entry in unknown])
    # Each instruction has a row of its own; only a host that can't write numbers higher, by the clock.
    return replace(recovery, last_number=max(recovery.last_number, numbers[-1]))


async def _left_here(journal: Journal, place: str) -> Sequence[JournalEntry]:
    """What has no outcome, but for what hosts on other places are doing: they may well run."""
    left = await journal.unfinished()
    added = await journal.newest(traces.ADDED, {entry.session for entry in left if entry.session})
    homes = {session: traces.place_in(row) for session, row in added.items()}
    return [entry for entry in left if homes.get(entry.session or "") in {None, place}]


async def _rows_since_stop(journal: Journal, place: str, log: Log) -> Sequence[JournalEntry]:
    def stopped(entry: JournalEntry) -> bool:
        return entry.action == traces.HOST_STOPPED and traces.place_in(entry) == place

    try:
        return await journal.since(stopped, traces.ACTIONS, MOST_ROWS, traces.PAGES_OWN)
    except (JournalUnreadable, JournalUnavailable) as error:
        log.warning("journal.nothing_recovered", why=str(error))
        return ()


@contextlib.asynccontextmanager
async def closing_journal(
    journal: Journal, scribe: Scribe, terminated: Callable[[], bool], log: Log
) -> AsyncIterator[None]:
    """Writes at the end how the host ended and what waits, and says so where not all of it could be.

    Args:
        terminated: whether it was SIGTERM that ended the host.
    """
    how = traces.HOST_FAILED
    try:
        yield
        how = traces.HOST_TERMINATED if terminated() else traces.HOST_STOPPED
    finally:
        scribe.host_ended(how)
        if not await journal.close(CLOSE_JOURNAL_S):
            log.warning("journal.not_all_written")


def identity_key(path: Path, log: Log, say: Say) -> bytes:
    """The host's secret for ids; one for this run alone where it can't be kept."""
    try:
        return load_key(path)
    except OSError as error:
        log.warning("ids.key_unavailable", path=str(path), why=error.strerror)
        say(f"{path} can't be used ({error.strerror}): the sessions' ids will differ after a restart")
        return os.urandom(KEY_BYTES)
