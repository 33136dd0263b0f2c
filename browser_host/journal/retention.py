"""Retention: old rows go from the beginning, and what stays is a chain that can still be verified.

A checkpoint keeps the hash of the last row that went, which is what the oldest row left must follow; and a
row at the end says, in the same transaction, that rows went, how many and up to which hash. A checkpoint
that no row speaks of is a forgery (`verdict.Flaw.UNANNOUNCED`).
"""

import sqlite3

from browser_host.journal.chain import Mark
from browser_host.journal.entries import HostAction, by_host
from browser_host.journal.store import Store

BATCH = 2000
"""Rows that go in one transaction, so that a write waits some 0.1 s for retention at most."""


def trim(store: Store, keep_s: float, now: float, batch: int = BATCH) -> int:
    """Removes rows older than `journal.keep`, at most a batch, and journals that it did.

    Rows go in the order of their numbers and never from the middle: up to the last row that is too old
    before the first one that is to be kept. A row from the future (the clock was wrong once) keeps no
    older one alive.

    Args:
        keep_s: seconds that a row stays.
        now: epoch seconds.

    Returns:
        How many rows went; as many as `batch` where there may be more.

    Raises:
        JournalUnavailable: nothing was removed.
    """
    with store.transaction() as database:
        through, removed = _too_old(database, round((now - keep_s) * 1000), round(now * 1000), batch)
        if through is None:
            return 0
        text = f"{removed} rows older than {keep_s:.0f} s removed, the last of them {through}"
        entry = by_host(now, HostAction.TRIMMED, text=text)
        database.execute(
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)",
            (through.seq, through.hash, removed, round(now * 1000), entry.text),
        )
        database.execute("DELETE FROM entries WHERE seq <= ?", (through.seq,))
        store.follow([entry.columns()])
    store.tidy()
    return removed


def _too_old(
    database: sqlite3.Connection, cutoff_ms: int, now_ms: int, batch: int
) -> tuple[Mark | None, int]:
    through: Mark | None = None
    removed = 0
    rows = database.execute("SELECT seq, hash, at_ms FROM entries ORDER BY seq LIMIT ?", (batch,))
    for count, (seq, digest, at_ms) in enumerate(rows, 1):
        if cutoff_ms <= at_ms <= now_ms:
            break
        if at_ms < cutoff_ms:
            through, removed = Mark(seq, digest), count
    return through, removed
