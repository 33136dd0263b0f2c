"""What a host finds at its start from the one before it, and what it leaves: its journal and its key."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from browser_host.browsers.log import Log
from browser_host.journal.entries import HOST, JournalEntry, Outcome, by_host
from browser_host.journal.journal import Journal
from browser_host.journal.standing import JournalState
from browser_host.sessions.instant import system_clock
from browser_host.supervisor.identity import KEY_BYTES, load_key
from browser_host.supervisor.scribe import Scribe

CLOSE_JOURNAL_S = 1.5
"""Seconds for what waits to be written at the end."""

Say: TypeAlias = Callable[[str], None]
"""Tells the user a line, on stderr."""


async def open_journal(journal: Journal, log: Log, say: Say) -> int:
    """Opens the journal; what an earlier host left open is told as unknown, and not repeated.

    Returns:
        The number after which this host numbers its instructions, above all that the journal holds.
    """
    standing = await journal.start()
    if standing.state is JournalState.UNAVAILABLE:
        say(f"{standing.reason}; until it can be, nothing is changed")
        return int(system_clock().wall)
    at = system_clock().wall
    left = await journal.unfinished()
    unknown = [
        replace(entry, at=at, by=HOST, client="host", outcome=Outcome.UNCONFIRMED, text=_left_open(entry))
        for entry in left
    ]
    started = by_host(at, "host.started")
    numbers = await journal.write([*unknown, started])
    if unknown:
        log.warning("journal.left_open", instructions=[entry.instruction for entry in unknown])
    return numbers[-1]  # above every instruction's: each has a row of its own


def _left_open(entry: JournalEntry) -> str:
    known = "was sent" if entry.outcome is Outcome.SENT else "may have been sent"
    return f"the host ended before its outcome was known: it {known}; it is not repeated"


async def close_journal(journal: Journal, scribe: Scribe, log: Log) -> None:
    """Writes what waits, and says so where not all of it could be."""
    scribe.noted("host.stopped")
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
