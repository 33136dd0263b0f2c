"""Retention: old rows are removed from the start, and the rest is a chain that can still be verified.

A checkpoint keeps the hash of the last removed row, which the oldest remaining row must follow; and a
row at the end records, in the same transaction, how many rows were removed and up to which hash. A checkpoint
without such a row is a forgery (`verify.Flaw.UNANNOUNCED`).
"""

import sqlite3

from browser_host.journal.chain import Mark
from browser_host.journal.entries import HostAction, by_host
from browser_host.journal.store import Store

BATCH = 2000
"""Rows removed in one transaction, so that a write waits at most about 0.1 s for retention."""


FAR_S = 86400.0
"""Seconds that the clock may be ahead of the newest row, or jump, before it is distrusted; and how long it
must then run evenly to be trusted again. A wrong clock is usually corrected sooner."""

UNEVEN_S = 3600.0
"""Seconds that the wall clock may gain on the steady one between two checks; NTP steps are smaller."""


class ClockWatch:
    """Whether to trust the wall clock for retention: one that is far ahead once would remove all rows.

    Args:
        newest: epoch seconds of the newest row before this run, None if there was none.
        wall: epoch seconds.
        steady: monotonic seconds that include the machine's sleep.
    """

    def __init__(self, newest: float | None, wall: float, steady: float) -> None:
        self._wall = wall
        self._since = steady
        self._proven = newest is None or wall - newest <= FAR_S

    def believes(self, wall: float, steady: float) -> bool:
        """Whether rows may be removed now by this clock.

        Args:
            wall: epoch seconds.
            steady: seconds on the clock of the constructor.
        """
        gained = wall - self._wall - (steady - self._since)
        if abs(gained) > UNEVEN_S:
            self._wall, self._since, self._proven = wall, steady, False
        self._proven = self._proven or steady - self._since >= FAR_S
        return self._proven


def trim(store: Store, keep_s: float, now: float, batch: int = BATCH) -> int:
    """Remove rows older than `journal.keep`, at most a batch, and journal it.

    Rows are removed in order, never from the middle: up to the last row that is too old
    before the first one to keep. A row from the future (the clock was wrong once) does not keep older ones.

    Args:
        keep_s: seconds that a row is kept.
        now: epoch seconds.

    Returns:
        The number of removed rows; equal to `batch` if there may be more.

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
