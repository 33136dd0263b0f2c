"""The journal's two errors, and SQLite's error codes as sentences for operators."""

import errno
import sqlite3
from pathlib import Path

from browser_host.errors import Refused, WatchdeckError


class JournalUnavailable(Refused):
    """The journal can't be written, so whatever must be journalled first is refused."""

    code = "journal"


class JournalUnreadable(WatchdeckError):  # noqa: N818 - says what it is
    """The journal is missing, is not a journal, or can't be read."""

    code = "journal_unreadable"


_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk refused the write (full, over a size limit, or failing)",
    sqlite3.SQLITE_BUSY: "another program has locked it",
    sqlite3.SQLITE_LOCKED: "another program has locked it",
    sqlite3.SQLITE_READONLY: "it is not writable (permissions, or a read-only disk)",
    sqlite3.SQLITE_PERM: "it is not writable (permissions)",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened (permissions, or its folder is gone)",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; move it away and a new one is created",
    sqlite3.SQLITE_NOTADB: "it is not a database; move it away and a new one is created",
    sqlite3.SQLITE_CONSTRAINT: "it refused a row that does not follow the last one",
}
_PRIMARY = 0xFF
"""The low byte of SQLite's extended result codes is the primary code (sqlite.org/rescode.html)."""


def in_words(error: sqlite3.Error | OSError) -> str:
    """Why the journal can't be used, and what to check."""
    if isinstance(error, OSError):
        return f"{(error.strerror or str(error)).lower()} ({errno.errorcode.get(error.errno or 0, '?')})"
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return _WORDS.get(code, str(error))


def unavailable(error: sqlite3.Error | OSError, path: Path) -> JournalUnavailable:
    """The error for a refused instruction."""
    return JournalUnavailable(f"the journal {path} can't be written: {in_words(error)}")


def unreadable(error: sqlite3.Error | OSError, path: Path) -> JournalUnreadable:
    """The error for a command that reads the journal."""
    return JournalUnreadable(f"the journal {path} can't be read: {in_words(error)}")
