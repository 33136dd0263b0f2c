"""The journal's tables, the triggers that keep them append-only, and the check of their version."""

import contextlib
import sqlite3
from collections.abc import Sequence

from browser_host.journal.chain import BEGINNING
from browser_host.journal.entries import COLUMNS
from browser_host.journal.errors import JournalUnavailable

VERSION = 1
"""The value of `user_version`; a change of a table or of the hash's encoding increments it."""

APPLICATION = 0x57444A31
"""`WDJ1` in `application_id`, to recognise databases of other programs."""

_TYPES = {"at_ms": "INTEGER NOT NULL", "session": "TEXT", "instruction": "TEXT", "peer": "TEXT"}
_COLUMNS = ",\n    ".join(f"{name} {_TYPES.get(name, 'TEXT NOT NULL')}" for name in COLUMNS)

# No STRICT: it needs SQLite 3.37, and distributions build Python 3.11 against 3.34.
# The insert trigger stops INSERT OR REPLACE, whose deletes fire no delete trigger (sqlite.org/lang_conflict).
_TABLES = f"""
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    {_COLUMNS},
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX entries_at ON entries (at_ms);
CREATE INDEX entries_session ON entries (session, seq) WHERE session IS NOT NULL;
CREATE INDEX entries_instruction ON entries (session, instruction, seq) WHERE instruction IS NOT NULL;
CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL);
INSERT INTO head VALUES (1, {BEGINNING.seq}, x'{BEGINNING.hash.hex()}');
CREATE TABLE checkpoints (
    through INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    removed INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    announcement TEXT NOT NULL
);

CREATE TRIGGER entries_only_follow BEFORE INSERT ON entries
WHEN NOT EXISTS (SELECT 1 FROM head WHERE seq = NEW.seq - 1 AND hash = NEW.previous)
BEGIN SELECT RAISE(ABORT, 'a row of the journal must follow the last one'); END;
CREATE TRIGGER entries_move_head AFTER INSERT ON entries
BEGIN UPDATE head SET seq = NEW.seq, hash = NEW.hash; END;
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'rows of the journal are never changed'); END;
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
WHEN OLD.seq > (SELECT coalesce(max(through), 0) FROM checkpoints)
BEGIN SELECT RAISE(ABORT, 'rows of the journal go by retention alone'); END;

CREATE TRIGGER head_names_the_last BEFORE UPDATE ON head
WHEN NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the head of the journal is its last row'); END;
CREATE TRIGGER head_is_one BEFORE INSERT ON head
BEGIN SELECT RAISE(ABORT, 'the journal has one head'); END;
CREATE TRIGGER head_never_goes BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head of the journal stays'); END;

CREATE TRIGGER checkpoints_only_advance BEFORE INSERT ON checkpoints
WHEN NEW.through <= (SELECT coalesce(max(through), 0) FROM checkpoints)
    OR NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.through AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'a checkpoint names the last row that goes'); END;
CREATE TRIGGER checkpoints_never_change BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints of the journal are never changed'); END;
CREATE TRIGGER checkpoints_never_go BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints of the journal stay'); END;

PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""  # noqa: S608 - constants


def prepare(database: sqlite3.Connection) -> None:
    """Create the tables of a new journal, in one transaction.

    Raises:
        JournalUnavailable: the database is another program's, or a newer Watchdeck's.
    """
    if _is_new(database):
        database.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
    check(database)


def check(database: sqlite3.Connection) -> None:
    """Check that the database is a journal of this version.

    Raises:
        JournalUnavailable: it is not, or a newer Watchdeck's.
    """
    application, version = _pragma(database, "application_id"), _pragma(database, "user_version")
    if application != APPLICATION:
        raise JournalUnavailable("the file at journal.path is another program's database, not a journal")
    if version > VERSION:
        raise JournalUnavailable(
            f"the journal was written by a newer Watchdeck (version {version}; this one knows {VERSION})"
        )
    if version < VERSION:
        raise JournalUnavailable(f"the journal has the version {version}, which no Watchdeck uses")


def alterations(database: sqlite3.Connection) -> Sequence[str]:
    """Names of tables and triggers that differ from what `prepare` creates."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        prepare(fresh)
        expected, found = _objects(fresh), _objects(database)
    return sorted(name for name in expected | found if expected.get(name) != found.get(name))


def _objects(database: sqlite3.Connection) -> dict[str, str]:
    rows = database.execute(
        "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'"
    )
    return {str(name): str(sql) for name, sql in rows}


def _is_new(database: sqlite3.Connection) -> bool:
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables and not _pragma(database, "application_id") and not _pragma(database, "user_version")


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
