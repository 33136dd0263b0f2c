"""The database on disk: rows are added in durable transactions, and only retention removes any.

WAL, so that readers never block the writer. `synchronous=FULL` and not NORMAL: in WAL mode NORMAL does not
sync at a commit, and a power cut could remove an intent whose effect has happened. All entries of a commit
share the cost of its sync (`writer`).
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from browser_host.journal import place, schema
from browser_host.journal.chain import Mark, linked
from browser_host.journal.entries import COLUMNS, Columns, JournalEntry
from browser_host.journal.errors import JournalUnavailable, unavailable

BUSY_S = 1.0
"""Seconds to wait for another program's lock; less than the deadline of a durable write."""

WAL_BYTES = 8 << 20
"""Bytes to which the write-ahead log is truncated after a checkpoint."""

_INSERT = f"INSERT INTO entries VALUES (?, {', '.join('?' * len(COLUMNS))}, ?, ?)"  # noqa: S608 - constants


class Store:
    """The journal's one writing connection; belongs to the thread that opened it.

    Args:
        path: the database; created if missing.

    Raises:
        JournalUnavailable: it can't be opened, is not a journal, or is in a place that others can write to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._errors_in_words():
            self._file = place.secure(path)
            self._database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            with self._errors_in_words():
                self._configure()
                schema.prepare(self._database)
        except BaseException:
            self.close()
            raise

    def append(self, entries: Sequence[JournalEntry]) -> tuple[int, ...]:
        """Write entries in one transaction, all or none, and return their numbers when they are on disk.

        Raises:
            JournalUnavailable: nothing was written.
        """
        with self.transaction():
            return self.follow([entry.columns() for entry in entries])

    def follow(self, rows: Sequence[Columns]) -> tuple[int, ...]:
        """Add rows after the last one; within a `transaction`."""
        made = list(linked(self.head(), rows))
        self._database.executemany(_INSERT, ((row.seq, *row.columns, row.previous, row.hash) for row in made))
        return tuple(row.seq for row in made)

    def head(self) -> Mark:
        """The last row's mark, always read from the database: another host may write to the same journal."""
        found = self._database.execute("SELECT seq, hash FROM head").fetchone()
        if found is None:
            raise JournalUnavailable(f"the journal {self.path} has lost its head record; move it away")
        return Mark(*found)

    def newest_at(self) -> float | None:
        """The time of the last row in epoch seconds, or None if there is none."""
        with self._errors_in_words():
            found = self._database.execute("SELECT at_ms FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        return None if found is None else found[0] / 1000

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: durable on exit, rolled back on an error.

        Raises:
            JournalUnavailable: it could not be made durable; nothing of it was written.
        """
        with self._errors_in_words():
            if place.present(self.path) != self._file:
                # SQLite would keep writing to the renamed file, where nobody reads it.
                raise JournalUnavailable(f"the journal {self.path} was moved away or replaced")
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # SQLite has rolled back already, or will on closing
                    self._database.execute("ROLLBACK")
                raise

    def tidy(self) -> None:
        """Move the write-ahead log into the database, so that removed rows are really gone."""
        with self._errors_in_words():
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the database; everything committed is on disk already."""
        with contextlib.suppress(sqlite3.Error):  # the next one to open it repeats a failed checkpoint
            self._database.close()

    def _configure(self) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
            f"journal_size_limit={WAL_BYTES}",
        ):
            self._database.execute(f"PRAGMA {pragma}")

    @contextlib.contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise unavailable(error, self.path) from error
