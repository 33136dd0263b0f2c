"""The journal's two errors, and SQLite's answers in words for the operator."""

import errno
import sqlite3
from pathlib import Path

from browser_host.errors import Refused, WatchdeckError


class JournalUnavailable(Refused):
    """Nothing can be written down, so nothing that must be written down first may be done."""

    code = "journal"


class JournalUnreadable(WatchdeckError):  # noqa: N818 - says what it is
    """The journal is not there, is no journal, or can't be read."""

    code = "journal_unreadable"


_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk refused the write (full, over a size limit, or failing)",
    sqlite3.SQLITE_BUSY: "another program holds it locked",
    sqlite3.SQLITE_LOCKED: "another program holds it locked",
    sqlite3.SQLITE_READONLY: "it may not be written (permissions, or a read-only disk)",
    sqlite3.SQLITE_PERM: "it may not be written (permissions)",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened (permissions, or its folder is gone)",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; move it away, a new one is made by itself",
    sqlite3.SQLITE_NOTADB: "it is not a database; move it away, a new one is made by itself",
    sqlite3.SQLITE_CONSTRAINT: "it refused the row, as one that does not follow the last",
}
_PRIMARY = 0xFF
"""The low byte of SQLite's extended result codes is the primary code (sqlite.org/rescode.html)."""


def in_words(error: sqlite3.Error | OSError) -> str:
    """Why the journal can't be used, in words that say what to look at."""
    if isinstance(error, OSError):
        return f"{(error.strerror or str(error)).lower()} ({errno.errorcode.get(error.errno or 0, '?')})"
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return _WORDS.get(code, str(error))


def unavailable(error: sqlite3.Error | OSError, path: Path) -> JournalUnavailable:
    """The error that a refused instruction carries."""
    return JournalUnavailable(f"the journal {path} can't be written: {in_words(error)}")


def unreadable(error: sqlite3.Error | OSError, path: Path) -> JournalUnreadable:
    """The error that a command carries which reads the journal."""
    return JournalUnreadable(f"the journal {path} can't be read: {in_words(error)}")
