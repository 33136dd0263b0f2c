"""What a host recovers at its start from the previous one, and what it leaves: its journal and its key."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from browser_host.api.peer import Peer
from browser_host.browsers.log import Log
from browser_host.errors import WatchdeckError
from browser_host.journal.entries import HOST, EntryOutcome, JournalEntry, by_host
from browser_host.journal.errors import JournalUnavailable, JournalUnreadable
from browser_host.journal.journal import Journal
from browser_host.journal.reader import Most
from browser_host.journal.status import JournalState
from browser_host.sessions.alerts.alert import AlertStanding
from browser_host.sessions.clock import Clock, system_clock
from browser_host.sessions.session import Source
from browser_host.supervisor.audit import records
from browser_host.supervisor.audit.alert_replay import ALERT_ACTIONS, recover_alerts
from browser_host.supervisor.audit.alert_replay import MOST_ROWS as MOST_ALERT_ROWS
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.audit.replay import Hosted, Recovery, left_open, recover
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.session_ids import KEY_BYTES, SessionIds, load_key
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.upscope_worker import UpscopeWorker

CLOSE_JOURNAL_S = 1.5
"""Seconds to write what is queued when the host stops."""

MOST_ROWS = 50_000
"""Rows that are read about a dead host's sessions, the newest ones."""

MOST_INSTRUCTIONS = 20_000
"""Rows that are read about its instructions, the newest ones: 0.3 s, and six instructions to each of 1,000
sessions. They fill the ledgers; what has no outcome is closed without them."""

PIECE = 1000
"""Instructions without an outcome that are read and closed together: about 0.1 s, so that the queue of the
journal never overflows and each write meets its deadline, however many there are."""

MOST_LOGGED = 100
"""Ids of instructions in a line of the log."""

Say: TypeAlias = Callable[[str], None]
"""Prints a line for the user on stderr."""


async def open_journal(journal: Journal, place: str, log: Log, say: Say) -> Recovery:
    """Open the journal; report what an earlier host left open as unknown, and do not repeat it.

    Args:
        place: of this host (`traces.place_of`).

    Returns:
        The state of the previous host in the same place when it died; empty if it stopped gracefully,
        but for the number after which this host numbers its instructions, above all in the journal.
    """
    standing = await journal.start()
    now = system_clock()
    recovery = recover(await _rows_since_stop(journal, place, log), place, now)
    if standing.state is JournalState.UNAVAILABLE:
        say(f"{standing.reason}; until then, changes are refused")
        return replace(recovery, last_number=max(recovery.last_number, int(now.wall)))
    unknown = await _close_unfinished(journal, place, now.wall)
    if unknown:
        log.warning("journal.left_open", count=len(unknown), instructions=unknown[:MOST_LOGGED])
    started = by_host(now.wall, records.HOST_STARTED, text=records.host_text(place))
    (number,) = await journal.write([started])
    # Each instruction has its own row; only a host that can't write uses higher numbers, by the clock.
    return replace(recovery, last_number=max(recovery.last_number, number))


async def recovered_alerts(journal: Journal, place: str, log: Log) -> Mapping[str, AlertStanding]:
    """How the alerts of the previous host in this place stood, however it stopped."""
    try:
        rows = await journal.read(lambda reader: reader.newest_of(ALERT_ACTIONS, MOST_ALERT_ROWS))
    except (JournalUnreadable, JournalUnavailable) as error:
        log.warning("journal.no_alerts_recovered", why=str(error))
        return {}
    return recover_alerts(rows, place, system_clock())


async def _close_unfinished(journal: Journal, place: str, at: float) -> Sequence[str | None]:
    """Journal as unknown what has no outcome, except of hosts in other places, which may be running.

    A host that dies meanwhile leaves the rest to the next one.

    Returns:
        The ids of these instructions.
    """
    left = await journal.unfinished()
    if not left:
        return ()
    added = await journal.newest(records.ADDED, {one.session for one in left if one.session})
    homes = {session: records.place_in(row) for session, row in added.items()}
    here = [one.seq for one in left if homes.get(one.session or "") in {None, place}]
    closed: list[str | None] = []
    for start in range(0, len(here), PIECE):
        piece = [_unknown(entry, at) for entry in await journal.entries(here[start : start + PIECE])]
        await journal.write(piece)
        closed += (entry.instruction for entry in piece)
    return closed


def _unknown(entry: JournalEntry, at: float) -> JournalEntry:
    return replace(
        entry,
        at=at,
        by=HOST,
        client="host",
        outcome=EntryOutcome.UNCONFIRMED,
        text=left_open(entry.outcome),
    )


async def _rows_since_stop(journal: Journal, place: str, log: Log) -> Sequence[JournalEntry]:
    def stopped(entry: JournalEntry) -> bool:
        return records.place_in(entry) == place

    try:
        return await journal.since(
            records.HOST_STOPPED,
            stopped,
            records.ACTIONS,
            Most(MOST_ROWS, MOST_INSTRUCTIONS),
            records.PAGES_OWN,
        )
    except (JournalUnreadable, JournalUnavailable) as error:
        log.warning("journal.nothing_recovered", why=str(error))
        return ()


@contextlib.asynccontextmanager
async def closing_journal(
    journal: Journal, recorder: AuditRecorder, terminated: Callable[[], bool], log: Log
) -> AsyncIterator[None]:
    """Write how the host stopped and what was pending, and report if some could not be written.

    Args:
        terminated: whether SIGTERM stopped the host.
    """
    how = records.HOST_FAILED
    try:
        yield
        how = records.HOST_TERMINATED if terminated() else records.HOST_STOPPED
    finally:
        recorder.host_ended(how)
        if not await journal.close(CLOSE_JOURNAL_S):
            log.warning("journal.not_all_written")


def identity_key(path: Path, log: Log, say: Say) -> bytes:
    """The host's secret for ids; one for this run only if it can't be stored."""
    try:
        return load_key(path)
    except OSError as error:
        log.warning("ids.key_unavailable", path=str(path), why=error.strerror)
        say(f"{path} can't be used ({error.strerror}): the sessions' ids will differ after a restart")
        return os.urandom(KEY_BYTES)


BY_HOST = Peer(uid=-1, name=HOST, client="host")
"""The `by` of a recovered session."""


def remember(recovery: Recovery, supervisor: Supervisor, rest: UpscopeWorker | None, clock: Clock) -> None:
    """Restore what must be known before a session is hosted: numbers, instructions sent, links created."""
    supervisor.instructions.number_from(recovery.last_number)
    supervisor.admission.recall(recovery.pasts)
    if rest is not None:
        now = clock()
        rest.remember([(one, now.mono - max(0.0, now.wall - at)) for one, at in recovery.links])


def bring_back(
    recovery: Recovery, supervisor: Supervisor, session_ids: SessionIds, recorder: AuditRecorder, log: Log
) -> None:
    """Host the sessions again that were added by command, after those of the configuration."""
    for one in recovery.sessions:
        if one.id in supervisor.store:
            continue  # now in the configuration
        if (why := _host_again(one, supervisor, session_ids)) is None:
            log.info("session.recovered", id=one.id, label=one.label)
        else:
            log.warning("session.not_recovered", id=one.id, label=one.label, why=why)
            recorder.not_recovered(one, why)


def _host_again(one: Hosted, supervisor: Supervisor, session_ids: SessionIds) -> str | None:
    """Why it can't be recovered, or None."""
    if one.visitor is None:
        return f"it was added by its link ({one.link}), and links are never stored; add it again"
    if session_ids.identify(one.visitor, ()) != one.id:
        return "its id was made with another key (ids.key), or its visitor's id was not stored unchanged"
    try:
        supervisor.require_writable(BY_HOST)
        supervisor.add(NewSession(None, Source.COMMAND, one.label, one.visitor), BY_HOST)
    except WatchdeckError as error:
        return str(error)
    return None
