"""The database on disk: rows in, in one durable transaction, and nothing out but by retention.

WAL, so that readers never stop the writer. `synchronous=FULL` and not NORMAL: in WAL mode NORMAL does not
sync at a commit, and an intent that a power cut can take back was not written before its effect. What the
sync costs is shared by all that wait for the same commit (`writer`).
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from browser_host.journal import headfile, place, schema
from browser_host.journal.chain import Mark, linked
from browser_host.journal.entries import COLUMNS, Columns, HostAction, JournalEntry, by_host
from browser_host.journal.errors import JournalUnavailable, unavailable

BUSY_S = 1.0
"""Seconds to wait for another program's lock; less than a durable write may take in all."""

WAL_BYTES = 8 << 20
"""What the write-ahead log is cut back to after a checkpoint."""

_INSERT = f"INSERT INTO entries VALUES (?, {', '.join('?' * len(COLUMNS))}, ?, ?)"  # noqa: S608 - constants


class Store:
    """The journal's one writing connection; belongs to the thread that opened it.

    Args:
        path: the database; made where it is missing.

    Raises:
        JournalUnavailable: it can't be opened, is no journal, or lies where others can reach it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.remembered: Mark | None = None
        """What the head file said when the journal was opened, where the rows for it are gone."""
        with self._errors_in_words():
            self._file = place.secure(path)
            self._database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            with self._errors_in_words():
                self._configure()
                schema.prepare(self._database)
                self.remembered = self._lost()
        except BaseException:
            self.close()
            raise

    def append(self, entries: Sequence[JournalEntry]) -> tuple[int, ...]:
        """Writes entries in one transaction and returns their numbers when they are on disk: all or none.

        Raises:
            JournalUnavailable: nothing was written.
        """
        with self.transaction():
            return self.follow([entry.columns() for entry in entries])

    def follow(self, rows: Sequence[Columns]) -> tuple[int, ...]:
        """Adds rows after the last one; within a `transaction`."""
        made = list(linked(self.head(), rows))
        self._database.executemany(_INSERT, ((row.seq, *row.columns, row.previous, row.hash) for row in made))
        return tuple(row.seq for row in made)

    def head(self) -> Mark:
        """The last row's mark, read anew: another host may write to the same journal."""
        found = self._database.execute("SELECT seq, hash FROM head").fetchone()
        if found is None:
            raise JournalUnavailable(f"the journal {self.path} has lost its head record; move it away")
        return Mark(*found)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction that is durable when it is left, and undone when it is left by an error.

        Raises:
            JournalUnavailable: it could not be made durable; nothing of it was written.
        """
        with self._errors_in_words():
            if place.present(self.path) != self._file:
                # SQLite would go on writing into the file that has lost its name, and nobody would read it.
                raise JournalUnavailable(f"the journal {self.path} was moved away or replaced")
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                head = self.head()
                self._database.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(
                    sqlite3.Error
                ):  # SQLite has rolled back by itself, or will on closing
                    self._database.execute("ROLLBACK")
                raise
        with contextlib.suppress(OSError):  # the rows are on disk; a mark that lags proves less, and no lie
            headfile.write(place.head_file(self.path), head)

    def tidy(self) -> None:
        """Moves the write-ahead log into the database, so that what retention removed is nowhere any more."""
        with self._errors_in_words():
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the database; whatever was committed is on disk already."""
        with contextlib.suppress(sqlite3.Error):  # a last checkpoint that fails is made by whoever opens next
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

    def _lost(self) -> Mark | None:
        try:
            mark = headfile.read(place.head_file(self.path))
        except ValueError:
            return None  # damaged by a power cut, and written anew by the next commit
        return mark if mark is not None and mark.seq > self.head().seq else None

    @contextlib.contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise unavailable(error, self.path) from error


def lost_rows(mark: Mark, head: Mark, at: float) -> JournalEntry:
    """What is written down when the journal ends before the row that its head file remembers."""
    text = f"this journal ends at row {head.seq}, and row {mark} was once on disk: the rows between are gone"
    return by_host(at, HostAction.LOST, text=text)
